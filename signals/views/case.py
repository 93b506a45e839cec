"""The case page for whoever handles it, and what one can do there with one button."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guard import guard
from accounts.references import new_reference
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from audit.models import AuditEvent
from escalation.hats import works_as_at
from signals import access, rules, writing
from signals.about import Involved, everybody, involved, say_whom, still_in
from signals.addresses import address
from signals.cards import Card, cards
from signals.casepeople import people_in
from signals.caserows import CaseRows, case_rows
from signals.chronology import had_or_got, story
from signals.closednow import said_once
from signals.errors import RuleError
from signals.events import case_event
from signals.filelist import file_line, held
from signals.forms.about import ask_whom, chosen
from signals.forms.case import TextForm
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.glasses import open_until
from signals.models import Case, CaseChange
from signals.older import record_older, window, without_older
from signals.opened import opened_to
from signals.same import candidates, same_person
from signals.services import cases as services
from signals.shared import shared_with
from signals.shared_lines import with_shares
from signals.timeline import timeline
from signals.trail import TRAIL_LINES, folded, lines, names_in
from signals.views.case_status import MOVES, summary
from signals.views.joined import led_on
from signals.walling import wall_links
from signals.workpage import work_context

UNPROCESSABLE, CONFLICT = 422, 409
HANDLE = access.HANDLE


@guard(*access.READ)
@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a case: to handle it, or to read what somebody shared or what one opened by breaking the glass."""
    user = person(request)
    seen, found = access.sight_and_case(user, reference, to=access.SEE, follow_joined=True)
    if found.reference != reference:
        return redirect("signals:case", found.reference)
    if not seen.may(found, *access.READ):
        return redirect("signals:followup-case", reference)
    return _case_page(request, found, TextForm(label=_("Note")), seen=seen)


@guard(*HANDLE)
@require_POST
def case_take(request: HttpRequest, reference: str) -> HttpResponse:
    """Become the owner of a new case."""
    found = access.case(person(request), reference, to=HANDLE, follow_joined=True)
    if there := led_on(request, found, reference):
        return there
    try:
        services.case_take(by=person(request), case=found)
        messages.success(request, _("The case is yours now."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:case", reference)


@guard(*HANDLE)
@require_POST
def case_join(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a new case with an existing one about the same person."""
    user = person(request)
    found = access.case(user, reference, to=HANDLE, follow_joined=True)
    into = request.POST.get("into", "").replace("\x00", "")
    if found.reference != reference:  # a second click, or a colleague was first
        return redirect("signals:case", found.reference)
    others = candidates(found, access.sight(user).scope(*HANDLE), most=100)
    target = next((other for other in others if other.reference == into), None)
    if target is None:
        messages.warning(request, _("Choose the case to put it with."))
        return redirect("signals:case", reference)
    try:
        services.case_join(by=user, case=found, into=target)
        messages.success(request, _("The report is now part of this case."))
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect("signals:case", reference)
    return redirect("signals:case", target.reference)


@guard(*access.ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def case_note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a note in the case."""
    user = person(request)
    seen, found = access.sight_and_case(user, reference, to=access.ADD, follow_joined=True)
    if request.method != "POST":
        return redirect("signals:case", reference)
    form, people = TextForm(request.POST, label=_("Note")), involved(people_in(found))
    ask_whom(form, people)
    if says_joined(form, found, reference):
        return _case_page(request, found, form, seen=seen, status=CONFLICT)
    if not form.is_valid():
        return _case_page(request, found, form, seen=seen, status=UNPROCESSABLE)
    try:
        data = form.cleaned_data
        about, way = chosen(form, people), _way(seen, found)
        services.case_note(by=user, case=found, text=data["text"], key=data["key"], person=about, to=way)
    except RuleError as error:
        refuse(form, error)
        seen, found = access.sight_and_case(user, found.reference, to=access.ADD)  # it may be theirs no more
        return _case_page(request, found, form, seen=seen, status=CONFLICT)
    return redirect(reverse("signals:case", args=[reference]) + "#chronology")  # the newest line there is the note


def _case_page(
    request: HttpRequest, found: Case, form: TextForm, *, seen: access.Sight, status: int = 200
) -> HttpResponse:
    """The page with the story. Reading is recorded before anything is shown."""
    user, way = person(request), _way(seen, found)
    case_event(Action.CASE_READ, case=found, by=user, to=way)
    handles, part = seen.may(found, *HANDLE), window(request.GET)
    rows, sector = case_rows(found), found.school.sector
    opened = opened_to(found, log=handles, by=user)
    names, people = names_in(opened.log, also=had_or_got(rows.moves)), still_in(everybody(rows, sector))
    entries = with_shares(story(found, rows, opened.glasses, names), opened if handles else None)
    record_older(entries, part, case=found, by=user, to=way)
    context = {
        "case": summary(found),
        "works_as": works_as_at(user, *HANDLE, board=found.board_id, school=found.school_id, walled=found.walled),
        "people": _people(found, people, form),
        **in_order(_cards(found, rows, handles)),
        **timeline(say_whom(entries, people), request.GET, user, opened.looked, part),
        "files": held(file_line(row) for row in rows.files),
        "readers": opened.readers,
        "handles": handles,
        "shares": opened.shares if handles else [],
        "shared_text": None if handles else shared_with(opened.shares, user),
        # A share may run out while somebody writes: the mark keeps the words, see accounts.kept.
        **(_trail(found, opened.log, names) if handles else {"note_words": new_reference()}),
        "wall": wall_links(found, seen, user),
        "glass_until": open_until(found, user) if seen.way(found) == Permission.BREAK_GLASS else None,
        "note_form": form,
        "writing": writing.for_browser(),
        **_actions(found, seen),
        "same": same_person(found, rows.reports, rows.added, seen.scope(*HANDLE)) if handles else None,
        **work_context(found, user, seen, rows.work, _of(found, rows.changes), opened.able),
    }
    context["can"]["note"] |= form.is_bound  # what was typed, and why it was not kept, stay on the screen
    return render(request, "signals/case.html", context | without_older(context, part, found), status=status)


def _of(found: Case, changes: list[CaseChange]) -> list[CaseChange]:
    """Without those of cases that were put with this one."""
    return [row for row in changes if row.case_id == found.pk]


def _way(seen: access.Sight, found: Case) -> tuple[Permission, ...]:
    """By what this person opens the case, for the trail."""
    way = seen.way(found)
    return (way,) if way else access.SEE


def _trail(found: Case, events: list[AuditEvent], names: Mapping[str, str | None]) -> dict[str, Any]:
    """Who did and read what, newest first, and where the rest of it stands."""
    whole = f"{reverse('signals:trail')}?case={found.reference}" if len(events) > TRAIL_LINES else ""
    return {"trail": folded(lines(events[:TRAIL_LINES], found.school.sector, names)), "trail_url": whole}


def _cards(found: Case, rows: CaseRows, handles: bool) -> list[Card]:
    records = handles and found.status in rules.ACTIVE
    return cards(rows.steps, found.school, can_record=records, contacts=rows.contacts)


def in_order(found: list[Card]) -> dict[str, Any]:
    """What is still open first, and of that what is new; what no longer follows after it. And what comes next, and what
    stands above all of them while the school is closed.

    The steps of one report stay in the order of the rules; those of several go together, what must be done first.
    """

    def turn(card: Card) -> tuple[Any, ...]:
        still = card.state == rules.STEP_OPEN
        return not still, bool(card.lapsed), not card.why_now, *(_soonest(card) if still and card.report else ())

    return {"cards": sorted(found, key=turn), "next_card": _next(found), "school_closed": said_once(found)}


def _next(found: list[Card]) -> Card | None:
    """The same as in a list: the must that is due first; without one whatever is open."""
    still = (card for card in found if card.state == rules.STEP_OPEN)
    return min(still, key=lambda card: (bool(card.lapsed), *_soonest(card)), default=None)


def _soonest(card: Card) -> tuple[bool, datetime]:
    return card.obligation != "must", card.due_at


def _people(found: Case, people: list[Involved], form: TextForm) -> list[dict[str, str]]:
    """Everybody in the case, each once; several have a view each, and a note asks whom it is about."""
    ask_whom(form, people)
    several = len(people) > 1
    return [
        {
            "name": one.name,
            "role_label": one.called if several else one.what,
            "url": reverse("signals:case-person", args=[found.reference, one.reference]) if several else "",
        }
        for one in people
    ]


def _move(found: Case, name: str) -> dict[str, Any]:
    return {"label": MOVES[name], "url": reverse("signals:case-move", args=[found.reference, name])}


def _actions(found: Case, seen: access.Sight) -> dict[str, Any]:
    """What can be done now, and where."""
    handles = seen.may(found, *HANDLE)
    new = handles and found.status == rules.NEW
    moves = [name for name in (rules.ESCALATED, rules.MONITORING) if handles and rules.can_move(found.status, name)]

    def url(name: str) -> str:
        return address(f"signals:{name}", found.reference)

    adds = found.status in rules.ACTIVE and seen.may(found, *access.ADD)
    return {
        "can": {
            "take": new,
            "join": new,
            "reports": handles and found.status in rules.OPEN,
            "share": handles and found.status in rules.ACTIVE,
            **dict.fromkeys(("note", "file"), adds),
            "move": bool(moves),
            "close": handles and rules.can_move(found.status, rules.CLOSED),
            **dict.fromkeys(("facts", "person"), handles and found.status in rules.ACTIVE),
            "reopen": handles and rules.can_move(found.status, rules.REOPENED),
        },
        "moves": [_move(found, name) for name in moves],
        "take_url": url("case-take"),
        "join_url": url("case-join"),
        "reports_url": url("case-reports"),
        "note_url": url("case-note"),
        "person_url": url("case-person-add"),
        "share_url": url("case-share"),
        "file_url": url("case-file-add"),
        "facts_url": url("case-facts"),
        "close_url": url("case-close"),
        "reopen_url": url("case-reopen"),
    }
