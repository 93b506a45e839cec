"""A meeting about a case: who was there, what was decided. Written once; what comes later is added to it.

Until it is held it can be moved: when, where and with whom. Who of the school is invited hears of it by mail.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.outbox import queue
from audit.actions import Action
from signals import access, rules
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.models import Case, Meeting, WorkLine
from signals.models.work import LineKind
from signals.services.formkeys import arrived
from signals.services.lines import line_add, locked
from signals.services.status import check_handles
from signals.services.tasks import Wanted, as_made, task_add
from signals.work import invited

PLANNED, CHANGED = "meeting.planned", "meeting.changed"


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
class Planned:
    """When and where a meeting is, and with whom."""

    starts_at: datetime
    present: tuple[User, ...]
    outsiders: tuple[Outsider, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Held(Planned):
    """What was written about a meeting. `person`: the key of whom in the case it is about; empty: the whole case."""

    text: str = ""
    without_name: str = ""
    decisions: tuple[Decision, ...] = ()
    person: str = ""


@transaction.atomic
def meeting_record(*, by: User, case: Case, held: Held, key: str) -> Meeting:
    """Record a meeting that was held or will be. The same key gives the same meeting.

    Raises:
        RuleError: the case is not in hand or no longer theirs to handle, who gets a task can't open it, or another was
            kept under this key.
    """
    found = locked(case)
    if same := Meeting.objects.filter(key=key).first():
        return arrived(same, (same.case_id, same.made_by_id, _as_recorded(same)), (found.pk, by.pk, held))
    check_handles(by, found, seen=case)
    _in_hand(found)
    now = timezone.now()
    row = Meeting(key=key, case=found, starts_at=held.starts_at, made_by=by, created_at=now)
    row.place, row.text, row.without_name, row.person = held.place, held.text, held.without_name, held.person
    row.full_clean()
    row.save()
    line_add(found, LineKind.MEETING, by=by, meeting=row, at=now)
    _invite(row, held, by, now)
    _decide(row, held.decisions, by, now)
    _event(Action.MEETING_RECORDED, row, by, {"decisions": len(held.decisions)})
    if row.starts_at > now:
        _tell(PLANNED, row, by, held.present)
    return row


@transaction.atomic
def meeting_move(*, by: User, meeting: Meeting, planned: Planned, version: int) -> Meeting:
    """Change when, where or with whom a meeting is that has yet to be held. The same twice is once.

    Args:
        version: of the meeting as the form showed it.

    Raises:
        OvertakenError: a colleague changed it meanwhile.
        RuleError: the case is not in hand, the meeting was held or cancelled, or the new moment is over.
    """
    found = locked(meeting.case)
    row, now = _lock(meeting), timezone.now()
    had = plan_of(row)
    if _same(had, planned):
        return row
    check_handles(by, found, seen=meeting.case)
    _in_hand(found)
    if row.cancelled_at or row.starts_at <= now:
        raise RuleError(_("This meeting was held or cancelled already."))
    if row.version != version:
        raise OvertakenError(_("A colleague changed this meeting while you had it open. Look at it once more."))
    if planned.starts_at <= now:
        raise RuleError(_("Choose a moment that has yet to come."))
    line_add(found, LineKind.MOVED, by=by, meeting=row, data=_said(had), at=now)
    row.starts_at, row.place, row.version = planned.starts_at, planned.place, row.version + 1
    row.full_clean()
    row.save(update_fields=["starts_at", "place", "version"])
    _invite(row, planned, by, now)
    _event(Action.MEETING_MOVED, row, by, {"at": row.starts_at.isoformat()})
    _tell(CHANGED, row, by, (*had.present, *planned.present))
    return row


def plan_of(meeting: Meeting) -> Planned:
    """When and where a meeting is, and with whom, as it stands now."""
    present, outsiders = _there(invited(list(meeting.lines.select_related("who").order_by("pk"))))
    return Planned(meeting.starts_at, present, outsiders, meeting.place)


def _there(lines: Iterable[WorkLine]) -> tuple[tuple[User, ...], tuple[Outsider, ...]]:
    """Who of the school is there, and who else."""
    rows = list(lines)
    others = (Outsider(row.text, bool(row.data.get("named"))) for row in rows if row.kind == LineKind.OUTSIDER)
    return tuple(row.who for row in rows if row.kind == LineKind.PRESENT and row.who), tuple(others)


def to_tell(meeting: Meeting, people: Iterable[User]) -> list[User]:
    """Who of these can open the meeting, and so gets mail about it; each once."""
    return [user for user in dict.fromkeys(people) if access.may(user, meeting.case, *access.READ)]


@transaction.atomic
def meeting_add(
    *, by: User, meeting: Meeting, text: str, key: str, decisions: tuple[Decision, ...] = (), cancel: bool = False
) -> WorkLine:
    """Add something to a meeting, or a correction; what was written before stays. The same key gives the same line.

    Args:
        cancel: it will not take place. That can be said of a closed case too.

    Raises:
        RuleError: the case is not in hand, the meeting was held or cancelled already, or something else was kept under
            this key.
    """
    found = locked(meeting.case)
    if same := WorkLine.objects.filter(key=key).first():
        kept = (same.meeting_id, same.by_id, same.text, _decisions(meeting, same.at))
        done = same.kind == LineKind.CANCELLED or not cancel  # once it is cancelled the form asks no more
        return arrived(same, (*kept, done), (meeting.pk, by.pk, text, decisions, True))
    check_handles(by, found, seen=meeting.case)
    if not (cancel and found.status == rules.CLOSED):
        _in_hand(found)
    row, now = _lock(meeting), timezone.now()
    if cancel:
        if row.cancelled_at or row.starts_at <= now:
            raise RuleError(_("This meeting was held or cancelled already."))
        row.cancelled_at = now
        row.save(update_fields=["cancelled_at"])
    kind = LineKind.CANCELLED if cancel else LineKind.ADDED
    line = line_add(found, kind, by=by, meeting=row, text=text, key=key, at=now)
    _decide(row, decisions, by, now)
    _event(Action.MEETING_ADDED, row, by, {"decisions": len(decisions)})
    if cancel:
        _tell(CHANGED, row, by, plan_of(row).present)
    return line


def _lock(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("case__board", "case__school")
    return rows.get(pk=meeting.pk)


def _same(one: Planned, other: Planned) -> bool:
    return (one.starts_at, one.place) == (other.starts_at, other.place) and (
        set(one.present) == set(other.present) and set(one.outsiders) == set(other.outsiders)
    )


def _said(plan: Planned) -> dict[str, Any]:
    """What a meeting was, for the line of the change."""
    names = [*(user.name for user in plan.present), *(other.who for other in plan.outsiders)]
    return {"starts_at": plan.starts_at.isoformat(), "place": plan.place, "present": names}


def _as_recorded(row: Meeting) -> Held:
    """What a meeting said when it was recorded; it may have been moved since."""
    lines = list(row.lines.select_related("who").order_by("pk"))
    present, outsiders = _there([line for line in lines if line.at == row.created_at])
    was = next((line.data for line in lines if line.kind == LineKind.MOVED), None)
    starts_at = datetime.fromisoformat(was["starts_at"]) if was else row.starts_at
    place = was["place"] if was else row.place
    decisions = _decisions(row, row.created_at)
    return Held(starts_at, present, outsiders, place, row.text, row.without_name, decisions, row.person)


def _decisions(meeting: Meeting, at: datetime) -> tuple[Decision, ...]:
    """What was decided with what was written of a meeting at one moment."""
    lines = meeting.lines.filter(kind=LineKind.DECIDED, at=at).select_related("task__assignee").order_by("pk")
    return tuple(_decision(line) for line in lines)


def _decision(line: WorkLine) -> Decision:
    if line.task is None:
        return Decision(line.text)
    made = as_made(line.task)
    return Decision(line.text, made.assignee, made.due_on)


def _invite(row: Meeting, plan: Planned, by: User, now: datetime) -> None:
    for person in plan.present:
        line_add(row.case, LineKind.PRESENT, by=by, meeting=row, who=person, at=now)
    for other in plan.outsiders:
        line_add(row.case, LineKind.OUTSIDER, by=by, meeting=row, text=other.who, data={"named": other.named}, at=now)


def _tell(kind: str, row: Meeting, by: User, people: Iterable[User]) -> None:
    for person in to_tell(row, people):
        if person != by:
            queue(kind, to=person, path=reverse("signals:meeting", args=[row.reference]), reference=row.case.reference)


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


def _event(action: Action, row: Meeting, by: User, details: dict[str, Any]) -> None:
    case_event(action, case=row.case, by=by, to=access.HANDLE, kind="meeting", ref=row.reference, details=details)
