"""One person in a case: what is about them alone, to read or to print, and their role."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from audit.actions import Action
from escalation.texts import recipient_name
from signals import access, rules
from signals.about import Involved, alone, calling, everybody, found_by, gone, heading, involved, keys_of, still_in
from signals.ages import by_when
from signals.cards import is_due, is_due_soon, is_overdue
from signals.casepeople import people_in, went_from, written_about
from signals.caserows import CaseRows, case_rows
from signals.chronology import story
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.about import RoleForm
from signals.models import Case, WorkLine
from signals.models.case import ChangeKind
from signals.models.work import TaskState
from signals.older import record_older, window
from signals.services.persons import person_role
from signals.timeline import timeline
from signals.views.joined import led_on
from signals.work import TaskRow, task_row


@guard(*access.READ)
@require_safe
def case_person(request: HttpRequest, reference: str, who: UUID) -> HttpResponse:
    """The line of time of one person. Nothing of it is of somebody else in the case, by name or otherwise."""
    user = person(request)
    seen, found = access.sight_and_case(user, reference, to=access.READ, follow_joined=True)
    if found.reference != reference:
        return redirect("signals:case-person", found.reference, who)
    rows = case_rows(found)
    people = everybody(rows, found.school.sector)
    one = _one(user, still_in(people), who)
    people += _went(found, rows)
    way = seen.way(found)
    event: dict[str, Any] = {"case": found, "by": user, "to": (way,) if way else access.READ}
    event |= {"kind": "person", "ref": one.reference}
    case_event(Action.CASE_READ, **event)
    part, mine = window(request.GET), alone(story(found, rows, []), one, people)
    record_older(mine.entries, part, **event)
    context = {
        "case_ref": found.reference,
        "case_url": reverse("signals:case", args=[found.reference]),
        "school": found.school.name,
        "one": one,
        "name": heading(one, people),
        "printing": "print" in request.GET,
        **timeline(mine.entries, request.GET, user, None, part),
        "together": _together(mine.together),
        "steps": _steps(found, one, rows),
        "tasks": _tasks(one, people, rows.work),
        **(_changing(found, one) if _may_change(found, seen) else {}),
    }
    return render(request, "signals/case_person.html", context)


@guard(*access.HANDLE)
@require_POST
def case_role(request: HttpRequest, reference: str, who: UUID) -> HttpResponse:
    """Say what somebody is in the case."""
    user = person(request)
    found = access.case(user, reference, to=access.HANDLE, follow_joined=True)
    if there := led_on(request, found, reference):
        return there
    one = _one(user, involved(people_in(found)), who)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choose one of the roles."))
        return redirect("signals:case-person", reference, who)
    try:
        if person_role(by=user, case=found, person=one, role=form.cleaned_data["role"]):
            messages.success(request, _("The role is changed, and that it changed stands in the case."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:case-person", reference, who)


def _one(user: User, people: Sequence[Involved], who: UUID) -> Involved:
    return found_by(str(who), people) or access.not_found(user, "person", str(who))


def _went(found: Case, rows: CaseRows) -> list[Involved]:
    """Who is in another case now, with their report; asked only where a report ever left."""
    left = any(row.kind in (ChangeKind.LEFT, ChangeKind.BACK) for row in rows.changes)
    return gone(went_from(found)) if left else []


def _may_change(found: Case, seen: access.Sight) -> bool:
    return found.status in rules.ACTIVE and seen.may(found, *access.HANDLE)


def _changing(found: Case, one: Involved) -> dict[str, Any]:
    """Another role; and for who was added afterwards the way out."""
    where = [found.reference, one.reference]
    return {
        "role_form": RoleForm(initial={"role": one.role}),
        "role_url": reverse("signals:case-role", args=where),
        "remove_url": "" if one.reported else reverse("signals:case-person-remove", args=where),
        "kept_out": one.staff and not one.reported and written_about(found, one.key),
    }


def _together(count: int) -> str:
    words = ngettext(
        "%(count)d line is also about somebody else. It stands in the whole case.",
        "%(count)d lines are also about somebody else. They stand in the whole case.",
        count,
    )
    return words % {"count": count} if count else ""


def _steps(found: Case, one: Involved, rows: CaseRows) -> list[dict[str, Any]]:
    """What must be done for reports about this person alone: who or whom to call, and by when. No text of anybody."""
    mine, now = {report.pk for report in rows.reports if keys_of(report) == {one.key}}, timezone.now()
    return [
        {
            "who": recipient_name(step.recipient, found.school.sector),
            "due_at": step.due_at,
            "due_text": by_when(step.urgency, step.due_at),
            "late": is_overdue(step, now),
            "soon": is_due_soon(step, now),
        }
        for step in rows.steps
        if step.signal_id in mine and is_due(step)
    ]


def _tasks(one: Involved, people: Sequence[Involved], work: Sequence[WorkLine]) -> list[TaskRow]:
    """The tasks about this person that are open, and that name nobody else."""
    tasks = {row.task.pk: row.task for row in work if row.task and row.task.person == one.key}
    calls = calling([other for other in people if other.key != one.key], one)
    rows = [task_row(task, timezone.localdate()) for task in tasks.values() if task.state == TaskState.OPEN]
    return [row for row in rows if not calls(f"{row.text} {row.assignee}")]
