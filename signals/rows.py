"""The explicit rows about one person: cases about them or closed to them, shares, names on a wall, break-glass."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.grants import Grants, grants_of
from accounts.models import User
from accounts.roles import Permission
from audit.kept_cursor import kept_cursor

READ_CODE, ADD_CODE = "read_shared_case", "add_to_shared_case"


class Row(StrEnum):
    ABOUT = "about"
    BARRED = "barred"
    NAMED = "named"
    READ = READ_CODE  # the code of the permission in guardian's table
    ADD = ADD_CODE
    GLASS = "glass"


# Every page about a case asks this. As querysets it cost 6 ms to build and 0.2 ms to run, so it is written out. One
# statement of index scans; what depends on somebody's roles is decided below, where it can be read.
ROWS = """
    SELECT 'about', signal.case_id, 0, 0
      FROM signals_person person JOIN signals_signal signal ON signal.id = person.signal_id
     WHERE person.user_id = %(user)s
UNION ALL
    SELECT 'about', case_id, 0, 0 FROM signals_caseperson WHERE user_id = %(user)s AND removed_at IS NULL
UNION ALL
    SELECT 'barred', case_id, 0, 0 FROM signals_barred WHERE user_id = %(user)s
UNION ALL
    SELECT 'named', named.case_id, at.school_id, at.board_id
      FROM signals_named named JOIN signals_case at ON at.id = named.case_id
     WHERE named.user_id = %(user)s AND named.ended_at IS NULL AND at.walled
UNION ALL
    SELECT 'glass', glass.case_id, at.school_id, at.board_id
      FROM signals_breakglass glass JOIN signals_case at ON at.id = glass.case_id
     WHERE glass.by_id = %(user)s AND glass.until > %(now)s AND glass.opened_at <= %(now)s
UNION ALL
    SELECT permission.codename, share.case_id, at.school_id, at.board_id
      FROM signals_share share
      JOIN signals_caseuserpermission granted
        ON granted.content_object_id = share.case_id AND granted.user_id = share.colleague_id
      JOIN auth_permission permission ON permission.id = granted.permission_id
      JOIN signals_case at ON at.id = share.case_id
     WHERE share.colleague_id = %(user)s AND share.ended_at IS NULL AND share.ends_on >= %(today)s
"""


def explicit_rows(user: User) -> Mapping[Row, frozenset[int]]:
    """Ids of cases by the kind of row, as they hold at this moment; one query.

    A share holds until its last day, while the grant is in guardian's table and the colleague has a role at that board
    that may read shares; an administrator of the board never does. A name on a wall holds while they have a role at
    the school of the case.
    """
    grants = grants_of(user)
    schools, sharing = grants.schools(Permission.NAMED_HANDLE), share_boards(grants)
    breaking = grants.boards_of(Permission.BREAK_GLASS)
    found: dict[Row, set[int]] = defaultdict(set)
    for kind, case_id, school_id, board_id in _rows(user, timezone.now()):
        row = Row(kind)
        holds = {
            Row.NAMED: school_id in schools,
            Row.GLASS: board_id in breaking,
            Row.READ: board_id in sharing,
            Row.ADD: board_id in sharing,
        }
        if holds.get(row, True):
            found[row].add(case_id)
    return {kind: frozenset(found[kind]) for kind in Row}


def share_boards(grants: Grants) -> frozenset[int]:
    """Ids of the boards whose shares hold for somebody: a role there may read them, and they don't administer it."""
    return grants.boards_of(Permission.SHARED_READ) - grants.boards_of(Permission.TRAIL_ACCOUNTS)


def _rows(user: User, now: datetime) -> Iterator[tuple[str, int, int, int]]:
    adapt = connection.ops
    given: dict[str, Any] = {
        "user": adapt.adapt_integerfield_value(user.pk, "BigIntegerField"),
        "now": adapt.adapt_datetimefield_value(now),
        "today": adapt.adapt_datefield_value(timezone.localdate(now)),
    }
    with kept_cursor() as cursor:
        cursor.execute(ROWS, given)
        yield from cursor.fetchall()
