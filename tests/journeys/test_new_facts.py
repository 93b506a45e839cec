"""New facts after sending: the steps are looked at again, nothing disappears, what must be walled is walled."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, OutgoingMail
from audit.models import AuditEvent
from escalation import protocol
from signals.models import Case, FactsChange, Signal, Step
from signals.services.cases import case_take
from signals.services.moving import look_at_due
from signals.services.steps import Done, step_done
from signals.services.transfers import case_merge
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page

WHY = "De wijkagent belde ons vanmorgen."


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.fixture
def case(world: World) -> Case:
    """Somebody may have left to join a terrorist organisation: the police must be told today."""
    signal = send(world.author, typed(world, concern="departure"), {"departure": "suspected"})
    return case_take(by=world.coordinator, case=signal.case)


def change(browser: Browser, case: Case, expect: int = 200, **values: Any) -> Page:
    page = browser.get(reverse("signals:case-facts", args=[case.reference]))
    form = page.form(has="subject_role")
    return browser.send(form, expect=expect, **{"reason": WHY, **values})


def step_of(case: Case, recipient: str) -> Step:
    return case.steps.filter(recipient=recipient).order_by("-pk")[0]


def done(browser: Browser, step: Step, **values: Any) -> Page:
    page = browser.get(reverse("signals:step-done", args=[step.reference]))
    return browser.send(page.form(has="happened_on"), **values)


def test_a_changed_answer_makes_a_stronger_step_and_keeps_the_old_one(world: World, login: Any, case: Case) -> None:
    old = step_of(case, "police_contact")
    before = set(case.steps.values_list("pk", flat=True))
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=False):
        page = change(Browser(login(world.coordinator)), case, departure="under_way")
        now = timezone.now()
    new = step_of(case, "police_contact")
    assert before < set(case.steps.values_list("pk", flat=True))
    assert (old.urgency, Step.objects.get(pk=old.pk).state) == ("same_day", "replaced")
    assert (new.urgency, new.obligation) == ("now", "must")
    assert step_of(case, "emergency_112").due_at == now + timedelta(hours=1), "it counts from the new facts"
    assert "New." in page.text
    assert "because an answer changed" in page.text
    assert "Replaced by a stronger step" in page.text
    assert WHY in page.text
    event = AuditEvent.objects.get(action="facts.changed")
    assert event.details["source"] == "correction"
    assert WHY not in str(event.details)
    followed = Browser(login(world.principal)).get(reverse("signals:followup-case", args=[case.reference]))
    assert "New since" in followed.text
    assert WHY not in followed.text


def test_a_step_that_no_longer_follows_stays_until_it_is_closed_with_a_reason(
    world: World, login: Any, coordinator: Browser
) -> None:
    signal = send(world.author, typed(world, concern="threat"), {"concrete_safety_risk": True})
    case = case_take(by=world.coordinator, case=signal.case)
    step = step_of(case, "municipality_oov")
    assert case.next_due_at
    page = change(coordinator, case, concrete_safety_risk="no")
    assert "no longer follows from the answers" in page.text
    step.refresh_from_db()
    assert (step.state, step.lapsed_by) == ("open", FactsChange.objects.get())
    case.refresh_from_db()
    assert case.next_due_at is None, "what no longer follows is not due"
    followed = Browser(login(world.principal)).get(reverse("signals:followup-case", args=[case.reference]))
    lapsed = case.steps.filter(state="open", lapsed_by__isnull=False)
    assert followed.text.count("This is no longer needed.") == lapsed.count()
    page = coordinator.get(reverse("signals:case-close", args=[case.reference]))
    assert step.reference in page.html, "it has to be closed first"
    page = coordinator.get(reverse("signals:step-decline", args=[step.reference]))
    coordinator.send(page.form(has="reason"), applies="no", reason="De dreiging bleek niet echt.")
    assert Step.objects.get(pk=step.pk).state == "not_applicable"
    change(coordinator, case, concrete_safety_risk="yes")
    assert step_of(case, "municipality_oov").state == "open", "once more it follows, and once more it is asked for"


def test_the_same_change_sent_twice_is_one_and_an_old_form_changes_nothing(coordinator: Browser, case: Case) -> None:
    page = coordinator.get(reverse("signals:case-facts", args=[case.reference]))
    data = page.form(has="subject_role").fill({"immediate_danger": "yes", "reason": WHY})
    coordinator.post(page.path, data)
    coordinator.post(page.path, data)
    assert FactsChange.objects.count() == 1
    other = {**data, "immediate_danger": "no", "advice_wanted": "yes"}
    page = coordinator.post(page.path, other, 422)
    assert "Somebody changed the answers meanwhile." in page.text
    assert FactsChange.objects.count() == 1


def test_a_reason_is_needed(coordinator: Browser, case: Case) -> None:
    page = change(coordinator, case, expect=422, immediate_danger="yes", reason="")
    assert page.form(has="subject_role").data()["immediate_danger"] == "yes", "what was chosen stays"
    assert not FactsChange.objects.exists()


def test_the_writer_adds_that_there_is_danger_now(world: World, login: Any, case: Case) -> None:
    signal = case.signals.get()
    author = Browser(login(world.author))
    page = author.get(reverse("signals:signal", args=[signal.reference]))
    page = author.get(page.hrefs("/aanvullen/")[0])
    page = author.send(page.form(has="answers"), text="Hij staat nu bij de trein.", immediate_danger="yes")
    assert "Hij staat nu bij de trein." in page.text
    assert "because an answer changed" in page.text
    assert "112" in page.text
    signal.refresh_from_db()
    assert signal.facts["immediate_danger"] is False, "the report stays as it was sent"
    assert FactsChange.objects.get().after == {"immediate_danger": True}
    event = AuditEvent.objects.get(action="facts.changed")
    assert (event.actor_ref, event.details["source"]) == (world.author.reference, "addition")


def test_new_answers_open_a_closed_case_again(world: World, login: Any, case: Case) -> None:
    from signals.services.cases import case_close
    from signals.services.steps import step_decline

    for step in case.steps.filter(state="open"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=case, outcome="resolved", reason=WHY)
    author = Browser(login(world.author))
    page = author.get(reverse("signals:signal-add", args=[case.signals.get().reference]))
    author.send(page.form(has="answers"), text="Nu is het ernstig.", immediate_danger="yes")
    case.refresh_from_db()
    assert case.status == "reopened"


def test_what_the_team_finds_out_is_not_for_the_writer(
    world: World, login: Any, coordinator: Browser, case: Case
) -> None:
    page = change(coordinator, case, departure="under_way")
    assert "because an answer changed" in page.text
    page = Browser(login(world.author)).get(reverse("signals:signal", args=[case.signals.get().reference]))
    assert "because an answer changed" not in page.text
    assert WHY not in page.text


def test_what_the_police_tell_brings_new_steps(coordinator: Browser, case: Case) -> None:
    page = done(coordinator, step_of(case, "police_contact"), finding="immediate_danger")
    assert step_of(case, "emergency_112").state == "open"
    assert "There is immediate danger" in page.text
    found = FactsChange.objects.get()
    assert (found.source, found.finding, found.after) == ("outcome", "immediate_danger", {"immediate_danger": True})


def test_a_suspicion_against_staff_puts_the_case_behind_the_wall(
    world: World, login: Any, coordinator: Browser
) -> None:
    """The inspector says so: the board handles it, the coordinator and the colleague no longer see it."""
    whom = {"subject_role": "unknown", "person": "", "subject_description": "Iemand"}
    signal = send(world.author, typed(world, concern="sexual", **whom))
    case = case_take(by=world.coordinator, case=signal.case)
    step = step_of(case, "confidential_inspector")
    page = done(coordinator, step, finding="sexual_offence_by_staff", about=world.subject.reference)
    assert "You no longer see it" in page.text
    coordinator.get(reverse("signals:case", args=[case.reference]), 404)
    case.refresh_from_db()
    assert (case.walled, case.subject_role, case.wall_reason) == (True, "staff", "")
    assert list(case.barred.values_list("user", flat=True)) == [world.subject.pk]
    assert OutgoingMail.objects.filter(kind="case.walled", to=world.board_officer).exists()
    officer = Browser(login(world.board_officer))
    page = officer.get(reverse("signals:case", args=[case.reference]))
    rows = {row.recipient: row for row in case.steps.filter(change__isnull=False)}
    assert {"board", "parents", "police_report"} <= set(rows)
    assert all("R18" in row.rules and row.obligation == "must" for row in rows.values())
    event = AuditEvent.objects.get(action="facts.changed")
    assert event.school_ref == "", "the trail of the school stays silent"
    page = officer.send(page.form(action="/overnemen/"))
    assert "The case is yours now." in page.text


def test_what_was_before_that_wall_leaves_the_log_of_the_school(
    world: World, login: Any, coordinator: Browser, case: Case
) -> None:
    """As of a case that was walled by hand; also of one that was put with it."""
    old = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    case_merge(by=world.coordinator, case=old, into=case, reason=WHY, key=uuid4())
    principal = Browser(login(world.principal))
    for one in (old, case):
        assert one.reference in principal.get("/logboek/").text
    change(coordinator, case, subject_role="staff", about=world.subject.reference)
    for one in (old, case):
        for page in ("/logboek/", f"/logboek/?case={one.reference}"):
            assert one.reference not in {line.reference for _day, lines in days(principal, page) for line in lines}
        assert one.reference not in principal.client.get("/logboek/logboek.csv").content.decode()


def days(browser: Browser, page: str) -> Any:
    return browser.get(page).response.context["days"]


def test_a_second_click_on_what_walled_a_case_is_no_404_and_other_words_are_not_lost(
    world: World, coordinator: Browser, case: Case
) -> None:
    path = reverse("signals:case-facts", args=[case.reference])
    data = coordinator.get(path).form(has="reason").fill({"subject_role": "staff", "reason": WHY})
    data["about"] = world.subject.reference
    first = coordinator.post(path, data)
    assert coordinator.post(path, data).path == first.path
    page = coordinator.post(path, {**data, "reason": "Zijn moeder belde ook nog."})
    assert "Zijn moeder belde ook nog." in page.text
    assert "What you sent now was not recorded." in page.text


def test_a_second_click_on_an_outcome_that_walled_a_case_is_no_404(world: World, coordinator: Browser) -> None:
    whom = {"subject_role": "unknown", "person": "", "subject_description": "Iemand"}
    case = case_take(by=world.coordinator, case=send(world.author, typed(world, concern="sexual", **whom)).case)
    path = reverse("signals:step-done", args=[step_of(case, "confidential_inspector").reference])
    told = {"finding": "sexual_offence_by_staff", "about": world.subject.reference}
    data = coordinator.get(path).form(has="happened_on").fill(told)
    first = coordinator.post(path, data)
    assert "You no longer see it" in first.text
    assert coordinator.post(path, data).path == first.path
    coordinator.get(path, 404)
    assert FactsChange.objects.count() == 1


def test_behind_the_wall_it_no_longer_lies_with_the_principal(world: World, coordinator: Browser) -> None:
    """Also for a step that stays: it begins anew with who handles the case there."""
    case = case_take(by=world.coordinator, case=send(world.author, typed(world, concern="departure")).case)
    with time_machine.travel(timezone.now() + timedelta(days=5)):
        look_at_due()
    moved = case.moves.filter(ended_at=None, step=step_of(case, "police_contact"))
    assert moved.exists()
    change(coordinator, case, subject_role="staff", about=world.subject.reference)
    assert step_of(case, "police_contact").state == "open"
    assert not moved.exists()


def test_who_turns_out_to_be_the_accused_is_kept_out_though_no_answer_changes(world: World, login: Any) -> None:
    """Behind the wall already, for "a member of staff, name unknown"; then it proves to be an officer who reads it."""
    accused = person("tweede_bestuurder")
    join(accused, "board_officer", world.board)
    whom = {"subject_role": "staff", "person": "", "subject_description": "Een medewerker, naam onbekend"}
    case = case_take(by=world.board_officer, case=send(world.author, typed(world, **whom)).case)
    address = reverse("signals:case", args=[case.reference])
    Browser(login(accused)).get(address)
    officer = Browser(login(world.board_officer))
    steps = list(case.steps.values_list("pk", "state"))
    page = officer.get(reverse("signals:case-facts", args=[case.reference]))
    data = page.form(has="subject_role").fill({"about": accused.reference, "reason": "Moeder noemde zijn naam."})
    for _click in range(2):
        told = Page(officer.client.post(page.path, data, follow=True))
        assert "Recorded." in told.text
    Browser(login(accused)).get(address, 404)
    assert list(case.barred.values_list("user", flat=True)) == [accused.pk]
    page = officer.get(address)
    assert page.text.count("Moeder noemde zijn naam.") == 1
    assert "A colleague whom it is about was kept out of the case" in page.text
    assert list(case.steps.values_list("pk", "state")) == steps
    assert AuditEvent.objects.filter(action="case.walled").latest("pk").details["barred"] == 1


def test_the_same_when_an_outcome_tells_the_name(world: World, login: Any) -> None:
    """The form asked whom it is about; by the time it arrives the case is about staff already."""
    accused = person("tweede_bestuurder")
    join(accused, "board_officer", world.board)
    whom = {"subject_role": "staff", "person": "", "subject_description": "Een medewerker, naam onbekend"}
    signal = send(world.author, typed(world, concern="sexual", **whom), {"sexual_offence": True})
    case = case_take(by=world.board_officer, case=signal.case)
    told = Done(timezone.now(), "Ik", finding="sexual_offence_by_staff", keep_out=(accused,))
    step_done(by=world.board_officer, step=step_of(case, "confidential_inspector"), done=told)
    Browser(login(accused)).get(reverse("signals:case", args=[case.reference]), 404)
    assert (FactsChange.objects.get().finding, FactsChange.objects.get().after) == ("sexual_offence_by_staff", {})


@pytest.mark.parametrize("finding", ["", "safety_risk"])
def test_an_outcome_of_a_case_about_staff_asks_which_colleague(world: World, login: Any, finding: str) -> None:
    """Also when the name is all that they told."""
    accused = person("tweede_bestuurder")
    join(accused, "board_officer", world.board)
    whom = {"subject_role": "staff", "person": "", "subject_description": "Een medewerker, naam onbekend"}
    signal = send(world.author, typed(world, concern="sexual", **whom), {"sexual_offence": True})
    case = case_take(by=world.board_officer, case=signal.case)
    officer = Browser(login(world.board_officer))
    page = done(officer, step_of(case, "confidential_inspector"), finding=finding, about=accused.reference)
    assert "Recorded as done: " in page.text
    assert "A colleague whom it is about was kept out of the case" in page.text or finding
    Browser(login(accused)).get(reverse("signals:case", args=[case.reference]), 404)
    assert FactsChange.objects.get().finding == finding


@pytest.mark.parametrize("finding", ["", "safety_risk"])
def test_a_colleague_is_named_only_where_it_is_about_staff(world: World, coordinator: Browser, finding: str) -> None:
    """Or they would be kept out without a wall, or nothing would become of the choice."""
    whom = {"subject_role": "unknown", "person": "", "subject_description": "Iemand"}
    case = case_take(by=world.coordinator, case=send(world.author, typed(world, concern="sexual", **whom)).case)
    step = step_of(case, "confidential_inspector")
    page = done(coordinator, step, finding=finding, about=world.subject.reference, expect=422)
    assert "Choose above that there is a suspicion against a member of staff first." in page.text
    assert page.form(has="happened_on").fill({})["about"] == world.subject.reference
    assert not case.barred.exists()
    assert step_of(case, "confidential_inspector").state == "open"


def test_a_change_that_changes_nothing_is_not_said_to_be_recorded(coordinator: Browser, case: Case) -> None:
    page = change(coordinator, case, expect=422)
    assert "nothing was recorded" in page.text
    assert page.form(has="subject_role").data()["reason"] == WHY, "what was typed stays"
    assert not FactsChange.objects.exists()


def test_a_wall_that_nobody_could_read_behind_is_refused(world: World, coordinator: Browser, case: Case) -> None:
    Membership.objects.filter(user=world.board_officer).delete()
    page = change(coordinator, case, expect=422, subject_role="principal")
    assert "nobody could read it behind that wall" in page.text
    case.refresh_from_db()
    assert (case.walled, case.subject_role, FactsChange.objects.count()) == (False, "pupil", 0)


def test_a_correction_back_leaves_a_wall_that_the_board_can_take_down(
    world: World, login: Any, coordinator: Browser, case: Case
) -> None:
    change(coordinator, case, subject_role="staff", about=world.subject.reference)
    officer = Browser(login(world.board_officer))
    officer.send(officer.get(reverse("signals:case", args=[case.reference])).form(action="/overnemen/"))
    change(officer, case, subject_role="pupil", reason="Het was toch een leerling.")
    case.refresh_from_db()
    assert (case.walled, case.subject_role, case.wall_reason) == (True, "pupil", "Het was toch een leerling.")
    page = officer.get(reverse("signals:case-unwall", args=[case.reference]))
    officer.send(page.form(has="reason"), reason="Het gaat niet over een collega.")
    assert not Case.objects.get(pk=case.pk).walled


def test_refuted_tells_everybody_who_was_told(coordinator: Browser, case: Case) -> None:
    """From the outcomes on record, with what was shared, not from memory."""
    told = "Alleen de naam en de datum."
    consent = {"ground": "safety", "consent": "not_asked", "consent_reason": "Het kon niet wachten."}
    done(coordinator, step_of(case, "police_contact"), shared=told, with_whom="J. de Boer", **consent)
    done(coordinator, step_of(case, "municipality_oov"))
    before = set(case.steps.values_list("pk", flat=True))
    page = change(coordinator, case, refuted="yes")
    rows = {row.recipient: row for row in case.steps.exclude(pk__in=before)}
    assert set(rows) == {"police_contact", "parents", "data_protection_officer"}, "the municipality was told nothing"
    assert all(row.rules == ["R33"] and row.state == "open" for row in rows.values())
    assert page.text.count("Who was told what") == 3
    assert page.text.count("J. de Boer") >= 3
    assert before <= set(case.steps.values_list("pk", flat=True))


def test_the_case_keeps_the_rules_it_was_sent_with(coordinator: Browser, case: Case) -> None:
    Signal.objects.update(protocol="2019-01")
    with pytest.raises(protocol.ProtocolError):
        protocol.protocol_of("2019-01")
    page = change(coordinator, case, expect=422, subject_role="parent")
    assert "not installed any more" in page.text
    assert not FactsChange.objects.exists()


def test_an_earlier_version_that_is_installed_is_used(tmp_path: Any, monkeypatch: Any) -> None:
    text = (protocol.PROTOCOLS / "2026-11.yaml").read_text().replace('version: "2026-11"', 'version: "2025-01"', 1)
    (tmp_path / "2025-01.yaml").write_text(text)
    found = protocol.load_protocols(tmp_path)
    monkeypatch.setattr(protocol, "all_protocols", lambda: found)
    assert protocol.protocol_of("2025-01").version == "2025-01"


def test_who_does_not_handle_the_case_changes_nothing(world: World, login: Any, case: Case) -> None:
    address = reverse("signals:case-facts", args=[case.reference])
    for name, status in (("author", 404), ("principal", 403), ("other_coordinator", 404)):
        data = {"subject_role": "staff", "reason": WHY, "seen": 0, "immediate_danger": "yes"}
        assert login(getattr(world, name)).post(address, data).status_code == status
    assert not FactsChange.objects.exists()
