"""Who can read this? The same policy as `access`, asked the other way round and told by name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, DateField, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.grants import memberships_on
from accounts.marks import Given
from accounts.models import Membership, School, User
from accounts.prepared import Prepared
from accounts.roles import POLICY, Permission
from escalation.hats import function_name
from signals.models import Barred, Case, CasePerson, Person


@dataclass(frozen=True)
class Reader:
    """One person and the rule that lets them read.

    on_request: only after giving a reason. until: until when it holds or held, in words. ended: the right is over; it
    stays in the list so that one sees who could read. glass: by breaking the glass.
    """

    name: str
    function: str
    rule: str
    on_request: bool = False
    until: str = ""
    ended: bool = False
    glass: bool = False


def readers(
    *,
    school: School,
    walled: bool,
    about: frozenset[int],
    writers: tuple[User, ...] = (),
    roles: list[Membership] | None = None,
) -> list[Reader]:
    """Everybody who can read the story of a report by their role, and who wrote it.

    Args:
        school: where it was written.
        walled: behind a wall.
        about: ids of the users it is about, or who are barred from it; they never read it.
        writers: who wrote the reports in it; one who no longer works there can't read their own any more.
        roles: those at the school and its board, in order; when they are at hand, with those that have ended.
    """
    rows = [row for row in (members(school) if roles is None else roles) if row.user_id not in about]
    still = {row.user_id for row in rows if holds(row) and Permission.SIGNAL_WRITE in POLICY[row.role]}
    found = [Reader(user.name, _("writer"), _("wrote it")) for user in writers if user.pk in still]
    found += [reader for row in rows if holds(row) and (reader := _reader(row, walled, school.sector))]
    names = {reader.name for reader in found}
    former = (_former(row, walled, school.sector) for row in rows if not holds(row))
    found += [reader for reader in former if reader and reader.name not in names]
    return in_order(found)


def in_order(found: list[Reader]) -> list[Reader]:
    """Who reads now first, then who may ask to, then whose right has ended."""
    return sorted(found, key=lambda reader: (reader.ended, reader.on_request))


def shut_out(case: Case) -> frozenset[int]:
    """Ids of the users whom a case is about, or who are barred from it."""
    return frozenset(pk for (pk,) in _SHUT.rows(case=case.pk) if pk)


def shut_out_rows() -> QuerySet[Person, Any]:
    """With a mark for the case: ids of those users."""
    case = Given("case", BigIntegerField())
    people = Person.objects.filter(signal__case=case, user__isnull=False).order_by().values_list("user_id")
    added = CasePerson.objects.filter(case=case, user__isnull=False, removed_at=None).order_by().values_list("user_id")
    return people.union(added, Barred.objects.filter(case=case).order_by().values_list("user_id"))


def members(school: School) -> list[Membership]:
    """Who has a role at the school or its board."""
    return _MEMBERS.objects(school=school.pk, board=school.board_id, day=timezone.localdate())


_DAY = Given("day", DateField())
_PLACE = Q(school=Given("school", BigIntegerField())) | Q(board=Given("board", BigIntegerField()))
_ORDER = ("role", "user__name")
_SHUT = Prepared(shut_out_rows)
_MEMBERS = Prepared(
    lambda: Membership.objects.filter(memberships_on(_DAY), _PLACE).select_related("user").order_by(*_ORDER)
)


def members_since() -> QuerySet[Membership]:
    """With marks: who has a role there, or had one on or after a day; `turn` is their order."""
    before = Q(starts_on__lte=_DAY) & (Q(ends_on__gte=Given("since", DateField())) | Q(ends_on__isnull=True))
    rows = Membership.objects.filter(memberships_on(_DAY) | before, _PLACE)
    rows = rows.annotate(turn=Window(RowNumber(), order_by=_ORDER)).select_related("user").order_by()
    return rows.only("role", "school", "board", "ends_on", "user__name", "user__is_active")


def holds(row: Membership) -> bool:
    """True while somebody has that role."""
    return row.user.is_active and (row.ends_on is None or row.ends_on >= timezone.localdate())


def handling(case: Case, roles: Iterable[Membership], about: frozenset[int]) -> frozenset[int]:
    """Ids of who of these handles a case by their role."""
    rows = (row for row in roles if holds(row) and row.user_id not in about)
    if case.walled:
        there = (row for row in rows if row.board_id == case.board_id and Permission.WALLED_HANDLE in POLICY[row.role])
    else:
        there = (row for row in rows if row.school_id == case.school_id and Permission.CASE_HANDLE in POLICY[row.role])
    return frozenset(row.user_id for row in there)


def until_day(day: date) -> str:
    return _("until %(day)s") % {"day": date_format(day, "j F Y")}


def function_of(row: Membership, sector: str) -> str:
    """The function as this sector calls it."""
    return function_name(row.role, sector)


def _former(row: Membership, walled: bool, sector: str) -> Reader | None:
    reader = _reader(row, walled, sector)
    until = until_day(row.ends_on) if row.ends_on else _("the account is closed")
    return replace(reader, until=until, ended=True) if reader else None


def _reader(row: Membership, walled: bool, sector: str) -> Reader | None:
    granted = POLICY[row.role]
    at_board = row.board_id is not None
    if walled and at_board and Permission.WALLED_HANDLE in granted:
        rule = _("handles what is behind a wall, outside the school")
    elif walled or row.school_id is None:
        return None
    elif Permission.CASE_HANDLE in granted:
        rule = _("handles the concerns of this school")
    elif Permission.CASE_FOLLOW in granted:
        return Reader(
            row.user.name, function_of(row, sector), _("follows whether the steps are taken"), on_request=True
        )
    else:
        return None
    return Reader(row.user.name, function_of(row, sector), rule)
