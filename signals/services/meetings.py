"""A meeting about a case: who was there, what was decided. Written once; what comes later is added to it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, Meeting, WorkLine
from signals.models.work import LineKind
from signals.services.lines import line_add, locked
from signals.services.tasks import Wanted, task_add


@dataclass(frozen=True)
class Outsider:
    """Somebody who has no account: what they are and for whom they work; named: whether they heard whom it is about."""

    who: str
    named: bool


@dataclass(frozen=True)
class Decision:
    """What was decided, and whose task it becomes, if it does."""

    text: str
    assignee: User | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Held:
    """What was written about a meeting. `person`: the key of whom in the case it is about; empty: the whole case."""

    starts_at: datetime
    present: tuple[User, ...]
    outsiders: tuple[Outsider, ...] = ()
    text: str = ""
    without_name: str = ""
    decisions: tuple[Decision, ...] = ()
    person: str = ""


@transaction.atomic
def meeting_record(*, by: User, case: Case, held: Held, key: str) -> Meeting:
    """Record a meeting that was held or will be. The same key gives the same meeting.

    Raises:
        RuleError: the case is not in hand, or who gets a task can't open it.
    """
    found = locked(case)
    if same := Meeting.objects.filter(key=key, case=found).first():
        return same
    _in_hand(found)
    now = timezone.now()
    row = Meeting(key=key, case=found, starts_at=held.starts_at, made_by=by, created_at=now)
    row.text, row.without_name, row.person = held.text, held.without_name, held.person
    row.full_clean()
    row.save()
    line_add(found, LineKind.MEETING, by=by, meeting=row, at=now)
    for person in held.present:
        line_add(found, LineKind.PRESENT, by=by, meeting=row, who=person, at=now)
    for other in held.outsiders:
        line_add(found, LineKind.OUTSIDER, by=by, meeting=row, text=other.who, data={"named": other.named}, at=now)
    _decide(row, held.decisions, by, now)
    _event(Action.MEETING_RECORDED, row, by, len(held.decisions))
    return row


@transaction.atomic
def meeting_add(
    *, by: User, meeting: Meeting, text: str, key: str, decisions: tuple[Decision, ...] = (), cancel: bool = False
) -> WorkLine:
    """Add something to a meeting, or a correction; what was written before stays. The same key gives the same line.

    Args:
        cancel: it will not take place.

    Raises:
        RuleError: the case is not in hand, or the meeting was held or cancelled already.
    """
    found = locked(meeting.case)
    if same := WorkLine.objects.filter(key=key, meeting=meeting).first():
        return same
    _in_hand(found)
    row = (
        Meeting.objects.select_for_update(of=("self",)).select_related("case__board", "case__school").get(pk=meeting.pk)
    )
    now = timezone.now()
    if cancel:
        if row.cancelled_at or row.starts_at <= now:
            raise RuleError(_("This meeting was held or cancelled already."))
        row.cancelled_at = now
        row.save(update_fields=["cancelled_at"])
    kind = LineKind.CANCELLED if cancel else LineKind.ADDED
    line = line_add(found, kind, by=by, meeting=row, text=text, key=key, at=now)
    _decide(row, decisions, by, now)
    _event(Action.MEETING_ADDED, row, by, len(decisions))
    return line


def _decide(meeting: Meeting, decisions: tuple[Decision, ...], by: User, now: datetime) -> None:
    for decision in decisions:
        task = None
        if decision.assignee and decision.due_on:
            wanted = Wanted(decision.text, decision.assignee, decision.due_on)
            key, about = str(uuid.uuid4()), meeting.person
            task = task_add(by=by, case=meeting.case, wanted=wanted, key=key, meeting=meeting, person=about)
        line_add(meeting.case, LineKind.DECIDED, by=by, meeting=meeting, task=task, text=decision.text, at=now)


def _in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can record a meeting."))


def _event(action: Action, row: Meeting, by: User, decisions: int) -> None:
    details = {"decisions": decisions}
    case_event(action, case=row.case, by=by, to=access.HANDLE, kind="meeting", ref=row.reference, details=details)
