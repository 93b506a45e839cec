"""Addresses of reports and cases. References are opaque; the words are Dutch, as on the screen."""

from django.urls import include, path, re_path

from signals.views import (
    case,
    case_status,
    concern,
    desk,
    drafting,
    facts,
    files,
    followup,
    glass,
    leaving,
    own,
    paper,
    readable,
    search,
    shares,
    sheet,
    steps,
    trail,
    trail_check,
    walls,
)

reports = [
    path("mijn-meldingen/", own.mine, name="mine"),
    path("zorg/nieuw/", concern.signal_new, name="signal-new"),
    path("zorg/papier/", paper.paper, name="paper"),
    path("zorg/112-gebeld/", concern.called, name="called"),
    path("zorg/personen/", concern.person_search, name="person-search"),
    path("zorg/concept/bewaren/", drafting.draft_keep, name="draft-keep"),
    path("zorg/concept/<ref:reference>/", concern.draft, name="draft"),
    path("zorg/concept/<ref:reference>/vragen/", concern.draft_check, name="draft-check"),
    path("zorg/concept/<ref:reference>/weggooien/", concern.draft_discarded, name="draft-discard"),
    path("zorg/<ref:reference>/", own.signal, name="signal"),
    path("zorg/<ref:reference>/aanvullen/", own.signal_added, name="signal-add"),
    path("zorg/<ref:reference>/bestand/", files.signal_file_add, name="signal-file-add"),
    path("zorg/<ref:reference>/112-gebeld/", own.signal_call, name="signal-called"),
]
cases = [
    path("werkplek/", desk.desk, name="desk"),
    path("casus/zoeken/", search.case_search, name="case-search"),
    path("casus/<ref:reference>/", case.case, name="case"),
    path("casus/<ref:reference>/oppakken/", case.case_take, name="case-take"),
    path("casus/<ref:reference>/samenvoegen/", case.case_join, name="case-join"),
    path("casus/<ref:reference>/notitie/", case.case_note, name="case-note"),
    re_path(
        r"^casus/(?P<reference>[0-9A-Z-]{12})/status/(?P<status>escalated|monitoring)/$",
        case_status.case_move,
        name="case-move",
    ),
    path("casus/<ref:reference>/antwoorden/", facts.case_facts, name="case-facts"),
    path("casus/<ref:reference>/sluiten/", case_status.case_close, name="case-close"),
    path("casus/<ref:reference>/heropenen/", case_status.case_reopen, name="case-reopen"),
    path("casus/<ref:reference>/delen/", shares.case_share, name="case-share"),
    path("casus/<ref:reference>/delen/collegas/", shares.share_search, name="share-search"),
    path("casus/<ref:reference>/delen/<ref:share>/stoppen/", shares.share_end, name="share-end"),
    path("gedeeld/", shares.shared_with_me, name="shared"),
    path("casus/<ref:reference>/afschermen/", walls.case_wall, name="case-wall"),
    path("casus/<ref:reference>/afscherming-weg/", walls.case_unwall, name="case-unwall"),
    path("casus/<ref:reference>/overnemen/", walls.case_take_over, name="case-take-over"),
    path("casus/<ref:reference>/bestand/", files.case_file_add, name="case-file-add"),
    path("casus/<ref:reference>/bestand/<ref:attachment>/weghalen/", files.file_remove, name="file-remove"),
    path("bestand/<ref:reference>/", files.file, name="file"),
    path("stap/<ref:reference>/gedaan/", steps.step_done, name="step-done"),
    path("stap/<ref:reference>/belblad/", sheet.step_sheet, name="step-sheet"),
    path("stap/<ref:reference>/niet-doen/", steps.step_decline, name="step-decline"),
    path("stap/<ref:reference>/heropenen/", steps.step_reopen, name="step-reopen"),
]
glass_pages = [
    path("noodtoegang/", glass.glass_break, name="glass-break"),
    path("noodtoegang/nakijken/", glass.glass, name="glass"),
    path("noodtoegang/nakijken/<ref:reference>/", glass.glass_review, name="glass-review"),
]
audits = [
    path("opvolging/", followup.followup, name="followup"),
    path("opvolging/<ref:reference>/", followup.followup_case, name="followup-case"),
    path("opvolging/<ref:reference>/verhaal/", followup.story_page, name="story"),
    path("opvolging/<ref:reference>/aangesproken/", followup.case_spoken, name="case-spoken"),
    path("logboek/", trail.trail, name="trail"),
    path("logboek/logboek.csv", trail.trail_csv, name="trail-csv"),
    path("logboek/logboek.xlsx", trail.trail_xlsx, name="trail-xlsx"),
    path("logboek/wie-kon-wat/", readable.readable, name="readable"),
    path("logboek/wie-kon-wat/personen/", readable.readable_people, name="readable-people"),
    path("logboek/controleren/", trail_check.trail_check, name="trail-check"),
    path("logboek/controleren/zegel.txt", trail_check.trail_seal, name="trail-seal"),
    path("logboek/controleren/bewijs.json", trail_check.trail_proof, name="trail-proof"),
    path("logboek/controleren/groei.json", trail_check.trail_growth, name="trail-growth"),
    path("logboek/controleren/verify_log.py", trail_check.trail_verifier, name="trail-verifier"),
]
leavers = [
    path("mensen/<ref:reference>/vertrekken/", leaving.person_leaves, name="person-leaves"),
    path("mensen/<ref:reference>/rol/<ref:role>/stoppen/", leaving.role_end, name="role-end"),
]
urlpatterns = [
    path("", own.start, name="start"),
    path("", include(([*reports, *cases, *glass_pages, *audits, *leavers], "signals"))),
]
