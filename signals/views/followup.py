"""The principal's pages: every case of the school without the story, and the story with a reason."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.hats import works_as, works_as_at
from escalation.selectors import proposals_waiting
from escalation.texts import concern_name, subject_short
from signals import access, follow_filters, moved
from signals import followup as audit_view
from signals.about import everybody, say_whom, still_in
from signals.caserows import case_rows
from signals.chronology import changes, moves, story
from signals.errors import RuleError
from signals.events import case_event, private_event
from signals.forms.case import ReasonForm
from signals.forms.joined import says_joined
from signals.glasses import count_waiting
from signals.lists import FollowRow, Row, follow_row, follow_tabs, listed, row, tab_links, with_steps
from signals.models import Case, StoryOpening
from signals.older import ASKED, older_words, record_older, window
from signals.opened import readers_of
from signals.openings import running
from signals.paging import page_by_due, page_by_id
from signals.rows import Row as ExplicitRow
from signals.scope import Reach
from signals.selectors import glasses_of, steps_of, task_days_of
from signals.services.cases import story_open
from signals.services.moving import case_spoken as record_spoken
from signals.trail import READINGS, SEALED, TrailLine, case_events, folded, lines
from signals.views.joined import led_on
from signals.walling import wall_links

CONFLICT, UNPROCESSABLE = 409, 422
READING_LINES = 50
FOLLOW = (Permission.CASE_FOLLOW,)
LABELS = {
    "open": gettext_lazy("Open"),
    "unreviewed": gettext_lazy("Not reviewed yet"),
    "overdue": gettext_lazy("Too late"),
    "closed": gettext_lazy("Closed"),
}


@guard(Permission.CASE_FOLLOW)
@require_safe
def followup(request: HttpRequest) -> HttpResponse:
    """The table of cases against steps."""
    user, now = person(request), timezone.now()
    seen = access.sight(user)
    scope = seen.scope(*FOLLOW)
    narrowed = follow_filters.read(request.GET, scope)
    tabs = follow_tabs(follow_filters.narrow(scope.reach(), narrowed, now), now)
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else "open"
    counts = follow_filters.counts(scope, user, narrowed, now)
    rows, following = _rows(tabs[tab], tab, request.GET.get("after", ""), now)
    details = {"tab": tab, "cases": [shown.reference for shown in rows]}
    private_event(Action.CASE_LISTED, by=user, kind="list", to=FOLLOW, details=details)
    context = {
        "rows": rows,
        "tabs": tab_links(counts, LABELS, tab, narrowed.query),
        "totals": counts,
        "tab": tab,
        "narrowed": narrowed,
        "works_as": works_as(user, *FOLLOW),
        "page_next": "?" + urlencode({"tab": tab, **narrowed.codes, "after": following}) if following else "",
        "moved": moved.at_principal(seen, now),
        "named": _named(seen, now),
        "glass_waits": count_waiting(seen, user),
        "proposals": proposals_waiting(user),
    }
    return render(request, "signals/followup.html", context)


@guard(Permission.CASE_FOLLOW)
@require_safe
def followup_case(request: HttpRequest, reference: str) -> HttpResponse:
    """One case without the story."""
    user = person(request)
    seen, found = access.sight_and_case(user, reference, to=FOLLOW, follow_joined=True)
    if found.reference != reference:
        return redirect("signals:followup-case", found.reference)
    case_event(Action.CASE_FOLLOWED, case=found, by=user, to=FOLLOW)
    steps = steps_of(found)
    opening = _opening(user, found)
    context = {
        "case": _summary(found),
        "works_as": works_as_at(user, *FOLLOW, board=found.board_id, school=found.school_id),
        "steps": audit_view.follow_steps(found, steps),
        "counts": audit_view.counts(steps),
        "tasks": audit_view.task_times(task_days_of(found)),
        "times": audit_view.times(found),
        "changes": sorted([*changes(found), *moves(found)], key=lambda entry: entry.at),
        "moved": moved.for_principal(found),
        "readings": _readings(found),
        "trail_url": f"{reverse('signals:trail')}?case={reference}",
        "readers": readers_of(found),
        "wall": wall_links(found, seen, user),
        "story_url": reverse("signals:story", args=[reference]),
        "story_open": opening is not None,
        "story_until": opening.until if opening else None,
    }
    return render(request, "signals/followup_case.html", context)


@guard(Permission.CASE_FOLLOW)
@require_http_methods(["GET", "HEAD", "POST"])
def story_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a reason; with one that was given in the last hour, show the story."""
    user = person(request)
    found = access.case(user, reference, to=FOLLOW, follow_joined=True)
    form = ReasonForm(request.POST or None)
    if there := led_on(request, found, reference, form):
        return there
    if says_joined(form, found, reference):
        return _ask(request, found, form, CONFLICT)
    if request.method == "POST" and form.is_valid():
        story_open(by=user, case=found, reason=form.cleaned_data["reason"])
        return redirect("signals:story", reference)
    opening = _opening(user, found)
    if request.method == "POST" or opening is None:
        return _ask(request, found, form, UNPROCESSABLE if form.errors else 200)
    case_event(Action.CASE_READ, case=found, by=user, to=FOLLOW)
    rows, part = case_rows(found), window(request.GET)
    people = still_in(everybody(rows))
    entries = say_whom(story(found, rows, glasses_of(found)), people)
    record_older(entries, part, case=found, by=user, to=FOLLOW)
    context = {
        "case": _summary(found),
        "entries": [entry for entry in entries if part.shows(entry.at)],
        "older": older_words(part.older(entries), 0, part, "" if part.whole else f"?{ASKED}"),
        "until": opening.until,
    }
    return render(request, "signals/story.html", context)


@guard(Permission.CASE_FOLLOW)
@require_POST
def case_spoken(request: HttpRequest, reference: str) -> HttpResponse:
    """The principal spoke to who has the case."""
    user = person(request)
    found = access.case(user, reference, to=FOLLOW, follow_joined=True)
    if there := led_on(request, found, reference):
        return there
    try:
        record_spoken(by=user, case=found)
        messages.success(request, _("Recorded. Who has the case gets one more term."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:followup-case", reference)


def _rows(cases: Reach, tab: str, after: str, now: datetime) -> tuple[list[FollowRow], str]:
    """One page of a tab, and the key of the next."""
    pager = page_by_id if tab == "closed" else page_by_due
    page, following = pager(listed(cases), after)
    return [follow_row(case, now) for case in with_steps(page)], following


def _named(seen: access.Sight, now: datetime) -> list[Row]:
    """The walled cases that this person handles by name; no query for who has none."""
    if not seen.rows[ExplicitRow.NAMED]:
        return []
    cases, _following = page_by_due(listed(seen.scope(Permission.NAMED_HANDLE).reach()), "")
    return [row(case, now) for case in with_steps(cases)]


def _ask(request: HttpRequest, found: Case, form: ReasonForm, status: int) -> HttpResponse:
    context = {
        "title": _("Why do you need to read the story?"),
        "intro": _("Your reason is recorded, and the owner of the case can see it. The story is open for one hour."),
        "form": form,
        "button": _("Open the story"),
        "case_url": reverse("signals:followup-case", args=[found.reference]),
        "goes_to": reverse("signals:story", args=[found.reference]),
    }
    return render(request, "signals/case_reason.html", context, status=status)


def _readings(found: Case) -> list[TrailLine]:
    events = case_events(found).filter(action__in=READINGS).defer(*SEALED).order_by("-id")
    return folded(lines(events[:READING_LINES], found.school.sector))


def _opening(user: User, found: Case) -> StoryOpening | None:
    return found.story_openings.filter(running(timezone.now()), by=user).order_by("-until").first()


def _summary(found: Case) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "concern": concern_name(found.concern),
        "about": subject_short(found.subject_role, found.school.sector),
        "state": found.status,
        "state_label": found.get_status_display(),
        "created_at": found.created_at,
        "owner": found.owner.name if found.owner else "",
        "school": found.school.name,
        "outcome_label": found.get_outcome_display() if found.outcome else "",
    }
