"""Moments for somebody's own calendar. Taking one is recorded: the file leaves this site."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from audit.actions import Action
from signals import access, work_access
from signals.calendarfile import HOUR, QUARTER, calendar_file
from signals.events import case_event
from signals.models import Case


@guard(*access.ADD)
@require_safe
def task_ics(request: HttpRequest, reference: str) -> HttpResponse:
    """The day of a task."""
    task = work_access.task(person(request), reference, to=access.ADD)
    body = calendar_file("task", reference, task.case.reference, task.due_on, changes=task.version - 1)
    return _file(person(request), task.case, "task", reference, body)


@guard(*access.READ)
@require_safe
def meeting_ics(request: HttpRequest, reference: str) -> HttpResponse:
    """The hour of a meeting."""
    found = work_access.meeting(person(request), reference, to=access.READ)
    off = found.cancelled_at is not None
    number, changes = found.case.reference, found.version - 1 + int(off)
    body = calendar_file("meeting", reference, number, found.starts_at, lasts=HOUR, changes=changes, cancelled=off)
    return _file(person(request), found.case, "meeting", reference, body)


@guard(*access.HANDLE)
@require_safe
def step_ics(request: HttpRequest, reference: str) -> HttpResponse:
    """The quarter of an hour before a step must be done."""
    step = access.step(person(request), reference)
    starts = step.due_at - QUARTER
    body = calendar_file("step", reference, step.case.reference, starts, lasts=timedelta(minutes=15))
    return _file(person(request), step.case, "step", reference, body)


def _file(user: User, case: Case, kind: str, reference: str, body: bytes) -> HttpResponse:
    way = access.sight(user).way(case)
    case_event(Action.CALENDAR_FILE, case=case, by=user, to=(way,) if way else access.READ, kind=kind, ref=reference)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="casus-{case.reference}.ics"'
    return response
