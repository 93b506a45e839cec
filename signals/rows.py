"""The explicit rows about one person: cases about them or closed to them, shares, names on a wall, break-glass."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, QuerySet, Value
from django.utils import timezone

from accounts.grants import Grants, grants_of
from accounts.marks import Given
from accounts.models import User
from accounts.prepared import Prepared
from accounts.roles import Permission
from signals.models import Barred, BreakGlass, CasePerson, CaseUserPermission, Named, Person

READ_CODE, ADD_CODE = "read_shared_case", "add_to_shared_case"


class Row(StrEnum):
    ABOUT = "about"
    BARRED = "barred"
    NAMED = "named"
    READ = READ_CODE  # the code of the permission in guardian's table
    ADD = ADD_CODE
    GLASS = "glass"


Rows = Mapping[Row, frozenset[int]]
NO_ROWS: Rows = {kind: frozenset() for kind in Row}
_USER: Any = Given("user", BigIntegerField())
_NOW: Any = Given("now", DateTimeField())
_TODAY: Any = Given("today", DateField())


def explicit_rows(user: User) -> Rows:
    """Ids of cases by the kind of row, as they hold at this moment; one query.

    A share holds until its last day, while the grant is in guardian's table and the colleague has a role at that board
    that may read shares; an administrator of the board never does. A name on a wall holds while they have a role at
    the school of the case.
    """
    return rows_that_hold(_ROWS.rows(**given(user, timezone.now())), grants_of(user))


def given(user: User, now: datetime) -> dict[str, Any]:
    """The values for row_query()."""
    return {"user": user.pk, "now": now, "today": timezone.localdate(now)}


def rows_that_hold(found: Iterable[tuple[str, int, int, int]], grants: Grants) -> Rows:
    """What row_query() found, as far as somebody's roles let it count."""
    schools, sharing = grants.schools(Permission.NAMED_HANDLE), share_boards(grants)
    breaking = grants.boards_of(Permission.BREAK_GLASS)
    held: dict[Row, set[int]] = defaultdict(set)
    for kind, case_id, school_id, board_id in found:
        row = Row(kind)
        holds = {
            Row.NAMED: school_id in schools,
            Row.GLASS: board_id in breaking,
            Row.READ: board_id in sharing,
            Row.ADD: board_id in sharing,
        }
        if holds.get(row, True):
            held[row].add(case_id)
    return {kind: frozenset(held[kind]) for kind in Row}


def share_boards(grants: Grants) -> frozenset[int]:
    """Ids of the boards whose shares hold for somebody: a role there may read them, and they don't administer it."""
    return grants.boards_of(Permission.SHARED_READ) - grants.boards_of(Permission.TRAIL_ACCOUNTS)


def row_query() -> QuerySet[Any, Any]:
    """The rows, with marks for what given() gives: the kind, and the ids of the case, its school and its board.

    Each part is an index scan of its own. What depends on somebody's roles is decided in rows_that_hold().
    """
    reported = Person.objects.filter(user=_USER)
    added = CasePerson.objects.filter(user=_USER, removed_at=None)
    barred = Barred.objects.filter(user=_USER)
    named = Named.objects.filter(user=_USER, ended_at=None, case__walled=True)
    glasses = BreakGlass.objects.filter(by=_USER, until__gt=_NOW, opened_at__lte=_NOW)
    running = {"colleague": _USER, "ended_at": None, "ends_on__gte": _TODAY}
    shares = CaseUserPermission.objects.filter(
        user=_USER, **{f"content_object__shares__{name}": value for name, value in running.items()}
    )
    one, *others = [
        _part(reported, Row.ABOUT, "signal__case_id"),
        _part(added, Row.ABOUT, "case_id"),
        _part(barred, Row.BARRED, "case_id"),
        _part(named, Row.NAMED, "case_id", "case"),
        _part(glasses, Row.GLASS, "case_id", "case"),
        _part(shares, None, "content_object_id", "content_object"),
    ]
    found: QuerySet[Any, Any] = one.union(*others, all=True)
    return found


def _part(rows: QuerySet[Any], kind: Row | None, case_id: str, case: str = "") -> QuerySet[Any, Any]:
    """kind: of shares the permission tells it. case: the relation to it, where its school or board counts."""
    nowhere = Value(0, BigIntegerField())
    columns = {
        "row_kind": Value(kind.value, CharField()) if kind else F("permission__codename"),
        "row_case": F(case_id),
        "row_school": F(f"{case}__school_id") if case else nowhere,
        "row_board": F(f"{case}__board_id") if case else nowhere,
    }
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return found


_ROWS = Prepared(row_query)
