"""What somebody sees, with what stands around the list of the desk and the calendars by which a week ends there.

All of it in one statement. Which cases are shut to this person is known only when it is answered, so what it found
about those is left out afterwards.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import DateField, QuerySet

from accounts.grants import grants_of
from accounts.marks import Given, keys
from accounts.models import User
from accounts.roles import Permission
from accounts.together import Together
from escalation.selectors import proposals_at
from signals import access
from signals.glasses import waiting_at
from signals.moved import board_rows
from signals.mywork import work_rows
from signals.rows import NO_ROWS, given, row_query, rows_that_hold
from signals.selectors import school_days_near
from signals.week import NEAR

SINCE, UNTIL = Given("today", DateField()), Given("until", DateField())
CASES = {"moved": slice(1, 2), "glasses": slice(0, 2)}  # where the ids of cases stand in the rows of a part


def sight_and_beside(user: User, now: datetime) -> tuple[access.Sight, dict[str, list[Any]]]:
    """What access.sight() gives, and the rows of each part. Who holds no role for a part has nothing in it.

    Returns:
        work: for mywork.my_work(). days: for week.due_before(). moved: for moved.at_board(). glasses: a row for each
        break-glass to look into. proposals: for count_proposals().
    """
    grants, values = grants_of(user), given(user, now)
    looks = grants.allows(Permission.BREAK_REVIEW)
    lists: list[Collection[int]] = [
        access.Sight(grants, NO_ROWS).scope(*access.HANDLE).schools,
        grants.boards(Permission.WALLED_HANDLE),
        grants.schools(Permission.BREAK_SEE) if looks else (),
        grants.boards(Permission.BREAK_SEE) if looks else (),
        grants.boards_of(Permission.PROTOCOL_APPROVE),
        [user.pk],
    ]
    found = _PARTS.rows(*map(sorted, lists), **values, until=values["today"] + NEAR)
    seen = access.Sight(grants, rows_that_hold(found.pop("rows"), grants))
    return seen, found | {part: list(_not_shut(found[part], at, seen.shut)) for part, at in CASES.items()}


def _not_shut(rows: list[tuple[Any, ...]], at: slice, shut: frozenset[int]) -> Iterator[tuple[Any, ...]]:
    return (row for row in rows if shut.isdisjoint(row[at]))


def _days(*lengths: int) -> QuerySet[Any, Any]:
    return school_days_near(_marks(lengths)[0], SINCE, UNTIL)


def _moved(*lengths: int) -> QuerySet[Any, Any]:
    return board_rows(_marks(lengths)[1])


def _glasses(*lengths: int) -> QuerySet[Any, Any]:
    _schools, _boards, schools, boards, _changes, [me] = _marks(lengths)
    return waiting_at(schools, boards, me)


def _proposals(*lengths: int) -> QuerySet[Any, Any]:
    *_others, boards, [me] = _marks(lengths)
    return proposals_at(boards, me).order_by()


def _marks(lengths: tuple[int, ...]) -> list[list[int]]:
    return [keys(place, length) for place, length in enumerate(lengths)]


_PARTS = Together(
    rows=lambda *_lengths: row_query(),
    work=lambda *_lengths: work_rows(),
    days=_days,
    moved=_moved,
    glasses=_glasses,
    proposals=_proposals,
)
