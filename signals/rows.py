"""The explicit rows about one person: cases about them or closed to them, shares, names on a wall, break-glass."""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from django.db.models import CharField, F, QuerySet, Value
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from accounts.grants import Grants, grants_of
from accounts.models import User
from accounts.roles import Permission
from signals.models import Barred, BreakGlass, Case, Named, Person, Share

READ_CODE, ADD_CODE = "read_shared_case", "add_to_shared_case"


class Row(StrEnum):
    ABOUT = "about"
    BARRED = "barred"
    NAMED = "named"
    READ = "read"
    ADD = "add"
    GLASS = "glass"


def explicit_rows(user: User) -> Mapping[Row, frozenset[int]]:
    """Ids of cases by the kind of row, as they hold at this moment; one query.

    A share holds until its last day, while the grant is in guardian's table and the colleague has a role at that board
    that may read shares; an administrator of the board never does. A name on a wall holds while they have a role at
    the school of the case.
    """
    grants = grants_of(user)
    found: dict[Row, set[int]] = defaultdict(set)
    first, *others = _queries(user, grants)
    for case_id, kind in first.union(*others, all=True) if others else first:
        found[Row(kind)].add(case_id)
    return {kind: frozenset(found[kind]) for kind in Row}


def share_boards(grants: Grants) -> frozenset[int]:
    """Ids of the boards whose shares hold for somebody: a role there may read them, and they don't administer it."""
    return grants.boards_of(Permission.SHARED_READ) - grants.boards_of(Permission.TRAIL_ACCOUNTS)


def _queries(user: User, grants: Grants) -> list[QuerySet[Person, tuple[int, str]]]:
    about = Person.objects.filter(user=user).annotate(of=F("signal__case_id"))
    found = [_as(Row.ABOUT, about), _as(Row.BARRED, Barred.objects.filter(user=user).annotate(of=F("case_id")))]
    schools = grants.schools(Permission.NAMED_HANDLE)
    if schools:
        named = Named.objects.filter(user=user, ended_at=None, case__walled=True, case__school_id__in=schools)
        found.append(_as(Row.NAMED, named.annotate(of=F("case_id"))))
    if boards := grants.boards_of(Permission.BREAK_GLASS):
        now = timezone.now()
        broken = BreakGlass.objects.filter(by=user, until__gt=now, opened_at__lte=now, case__board_id__in=boards)
        found.append(_as(Row.GLASS, broken.annotate(of=F("case_id"))))
    if boards := share_boards(grants):
        found += [_shares(user, boards, row, code) for row, code in ((Row.READ, READ_CODE), (Row.ADD, ADD_CODE))]
    return found


def _shares(user: User, boards: frozenset[int], row: Row, code: str) -> QuerySet[Person, tuple[int, str]]:
    granted = get_objects_for_user(
        user, f"signals.{code}", klass=Case, use_groups=False, with_superuser=False, accept_global_perms=False
    )
    active = Share.objects.filter(colleague=user, ended_at=None, ends_on__gte=timezone.localdate())
    return _as(row, active.filter(case__in=granted.filter(board_id__in=boards).values("pk")).annotate(of=F("case_id")))


def _as(row: Row, rows: QuerySet) -> QuerySet[Person, tuple[int, str]]:  # type: ignore[type-arg]
    found: QuerySet[Person, tuple[int, str]]
    found = rows.order_by().annotate(kind=Value(row.value, CharField())).values_list("of", "kind")
    return found
