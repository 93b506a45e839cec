"""What stands around the list of the desk, and the calendars by which a week ends there: all of it in one statement."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import DateField, QuerySet
from django.utils import timezone

from accounts.marks import Given, keys
from accounts.models import User
from accounts.roles import Permission
from accounts.together import Together
from escalation.selectors import proposals_at
from signals import access
from signals.glasses import waiting_at
from signals.moved import board_rows
from signals.mywork import work_rows
from signals.selectors import school_days_near
from signals.week import NEAR

SINCE, UNTIL = Given("today", DateField()), Given("until", DateField())


def beside(user: User, seen: access.Sight, now: datetime) -> dict[str, list[Any]]:
    """The rows of each part. Who holds no role for a part has nothing in it.

    Returns:
        work: for mywork.my_work(). days: for week.due_before(). moved: for moved.at_board(). glasses: a row for each
        break-glass to look into. proposals: for count_proposals().
    """
    grants, today = seen.grants, timezone.localdate(now)
    looks = grants.allows(Permission.BREAK_REVIEW)
    lists: list[Collection[int]] = [
        seen.scope(*access.HANDLE).schools,
        grants.boards(Permission.WALLED_HANDLE),
        grants.schools(Permission.BREAK_SEE) if looks else (),
        grants.boards(Permission.BREAK_SEE) if looks else (),
        grants.boards_of(Permission.PROTOCOL_APPROVE),
        seen.shut,
        [user.pk],
    ]
    return _PARTS.rows(*map(sorted, lists), user=user.pk, today=today, until=today + NEAR)


def _days(*lengths: int) -> QuerySet[Any, Any]:
    return school_days_near(_marks(lengths)[0], SINCE, UNTIL)


def _moved(*lengths: int) -> QuerySet[Any, Any]:
    _schools, boards, *_others, shut, _me = _marks(lengths)
    return board_rows(boards, shut)


def _glasses(*lengths: int) -> QuerySet[Any, Any]:
    *_others, schools, boards, _changes, shut, [me] = _marks(lengths)
    return waiting_at(schools, boards, shut, me)


def _proposals(*lengths: int) -> QuerySet[Any, Any]:
    *_others, boards, _shut, [me] = _marks(lengths)
    return proposals_at(boards, me).order_by()


def _marks(lengths: tuple[int, ...]) -> list[list[int]]:
    return [keys(place, length) for place, length in enumerate(lengths)]


_PARTS = Together(work=lambda *_lengths: work_rows(), days=_days, moved=_moved, glasses=_glasses, proposals=_proposals)
