"""What the page of a case shows of hand-overs, tasks and meetings, from rows that are at hand.

A query of its own only while a colleague is asked to take the case over: whether they are away, and who stands in.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from signals import access, rules
from signals.addresses import address
from signals.models import Case, CaseChange, HandOver, WorkLine
from signals.models.work import LineKind, TaskState
from signals.told import deputies_of
from signals.work import MeetingRow, meeting_row, owners, recipient_of, task_rows, waiting


def work_context(
    case: Case,
    user: User,
    seen: access.Sight,
    work: Sequence[WorkLine],
    changed: Sequence[CaseChange],
    able: Collection[int],
) -> dict[str, Any]:
    """For the template of a case. able: see Opened."""
    handles = seen.may(case, *access.HANDLE)
    in_hand = case.status in rules.ACTIVE
    tasks = task_rows(work, timezone.localdate(), user.pk, able)
    still = [task for task in tasks if task.state == TaskState.OPEN]
    return {
        "tasks": still,
        "tasks_over": [task for task in tasks if task.state != TaskState.OPEN],
        "tasks_late": sum(task.late for task in still),
        "meetings": _meetings(work),
        "owners": owners(changed),
        "hand_over": _hand_over(case, user, work) if handles and in_hand else {},
        "may_end_tasks": in_hand and seen.may(case, *access.ADD),
        "may_work": handles and in_hand,
        "dossiers": _dossiers(work) if handles else [],
        "dossier_url": address("signals:dossier-new", case.reference)
        if handles and rules.was_taken(case.status)
        else "",
        "work_urls": {
            name: address(f"signals:{page}", case.reference)
            for name, page in (("task", "task-new"), ("meeting", "meeting-new"), ("hand_over", "hand-over"))
        },
    }


def _dossiers(work: Sequence[WorkLine]) -> list[dict[str, Any]]:
    """Every dossier that was made, the newest first."""
    rows = [row for row in work if row.kind == LineKind.DOSSIER]
    return [
        {"url": address("signals:dossier", row.data["ref"]), "recipient": recipient_of(row), "at": row.at}
        for row in reversed(rows)
    ]


def _meetings(work: Sequence[WorkLine]) -> list[MeetingRow]:
    """Every meeting, the newest first."""
    held = {row.meeting.pk: row.meeting for row in work if row.meeting and row.kind == LineKind.MEETING}
    rows = [meeting_row(meeting, [row for row in work if row.meeting_id == pk]) for pk, meeting in held.items()]
    return sorted(rows, key=lambda row: row.starts_at, reverse=True)


def _stands_in(case: Case, user: User, row: HandOver) -> bool:
    """Whether this person may answer for a colleague who was asked and is away."""
    return user.pk not in (row.to_id, row.by_id) and user in deputies_of(case, [row.to])


def _hand_over(case: Case, user: User, work: Sequence[WorkLine]) -> dict[str, Any]:
    """Who was asked by whom, and what this person can do about it."""
    row = waiting(work)
    mine = case.owner_id == user.pk
    if row is None:
        return {"can_ask": mine}
    return {
        "reference": row.reference,
        "by": row.by.name,
        "to": row.to.name,
        "at": row.created_at,
        "text": row.text,
        "of_me": row.to_id == user.pk,
        "stead": _stands_in(case, user, row),
        "by_me": row.by_id == user.pk,
        "answer_url": address("signals:hand-over-answer", case.reference),
        "withdraw_url": address("signals:hand-over-withdraw", case.reference),
    }
