"""What somebody's memberships grant today, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, DateField, F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.marks import Given, keys
from accounts.models import Membership, School, User
from accounts.prepared import Prepared
from accounts.roles import POLICY, Permission


@dataclass(frozen=True)
class Grant:
    """One role at one school (school_id set) or at a whole board (school_id None).

    place, sector: the name of that school or board, and the school's sector, for saying on the screen as whom
    somebody acts; board_ref: the reference of the board, for the trail. They decide nothing.
    """

    role: str
    board_id: int
    school_id: int | None
    place: str = field(default="", compare=False)
    sector: str = field(default="", compare=False)
    board_ref: str = field(default="", compare=False)


@dataclass(frozen=True)
class Grants:
    """All grants of one person on one day."""

    items: tuple[Grant, ...] = ()

    def allows(self, *permissions: Permission) -> bool:
        """True when some role holds at least one of the permissions anywhere."""
        return any(wanted in POLICY[item.role] for item in self.items for wanted in permissions)

    def schools(self, permission: Permission) -> frozenset[int]:
        """Ids of the schools where a school role grants the permission."""
        return frozenset(item.school_id for item in self.items if item.school_id and permission in POLICY[item.role])

    def boards(self, permission: Permission) -> frozenset[int]:
        """Ids of the boards where a board role grants the permission."""
        return frozenset(
            item.board_id for item in self.items if item.school_id is None and permission in POLICY[item.role]
        )

    def boards_of(self, permission: Permission) -> frozenset[int]:
        """Ids of the boards where a role of any kind, also one at a school, grants the permission."""
        return frozenset(item.board_id for item in self.items if permission in POLICY[item.role])

    def allows_at(self, school_id: int, permission: Permission) -> bool:
        """True when a role at that school holds the permission."""
        return school_id in self.schools(permission)

    def role_for(self, *permissions: Permission) -> str:
        """The role that grants one of the permissions, for the trail; empty when none does."""
        for item in self.items:
            if any(wanted in POLICY[item.role] for wanted in permissions):
                return item.role
        return ""

    def grant_at(self, *permissions: Permission, board: int, school: int, board_first: bool = False) -> Grant | None:
        """The grant that counts at one school, of somebody with more than one.

        Args:
            permissions: the role must grant one of them.
            board, school: ids of the place.
            board_first: at a walled case the role at the board goes before the one at the school.
        """
        here = [item for item in self.items if item.school_id == school]
        above = [item for item in self.items if item.school_id is None and item.board_id == board]
        for item in [*above, *here] if board_first else [*here, *above]:
            if POLICY[item.role] & set(permissions):
                return item
        return None

    def role_at(self, *permissions: Permission, board: int, school: int, board_first: bool = False) -> str:
        """The role that counts at one school, for the trail; as role_for() when none does there."""
        found = self.grant_at(*permissions, board=board, school=school, board_first=board_first)
        return found.role if found else self.role_for(*permissions)

    def role_for_board(self, *permissions: Permission, board: int) -> str:
        """The role at the board, or at one of its schools, that grants one of the permissions; else as role_for()."""
        for item in self.items:
            if item.board_id == board and POLICY[item.role] & set(permissions):
                return item.role
        return self.role_for(*permissions)

    @property
    def board_ref(self) -> str:
        """The reference of the board, for the trail; of several the first. Empty without any role."""
        return min(((item.board_id, item.board_ref) for item in self.items), default=(0, ""))[1]

    @property
    def board_ids(self) -> frozenset[int]:
        """Every board where the person has any role."""
        return frozenset(item.board_id for item in self.items)


def memberships_on(day: date | Given) -> Q:
    """The condition under which a membership holds on a day, for an active person."""
    return Q(starts_on__lte=day, user__is_active=True) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def grants_of(user: User | AnonymousUser) -> Grants:
    """Read the grants once per user object, which lives as long as one request.

    A superuser gets nothing from being one.
    """
    if not isinstance(user, User) or not user.is_active:
        return Grants()
    cached: Grants | None = getattr(user, "_grants", None)
    if cached is None:
        rows = _MEMBERSHIPS.rows(user=user.pk, day=timezone.localdate())
        cached = Grants(tuple(Grant(*row) for row in rows))
        user._grants = cached
    return cached


def user_with_grants(pk: int) -> User | None:
    """A person with their grants of today, in one statement; None when there is no such person."""
    return with_grants(_WITH_GRANTS.objects(user=pk, day=timezone.localdate()))


def with_grants(found: Sequence[Any]) -> User | None:
    """The person that people_and_roles() found, with their grants; None when it found nobody."""
    person: User | None = next(iter(found), None)
    if person is not None:
        roles = sorted((row for row in found if row.grant_role), key=attrgetter("grant_id"))
        person._grants = Grants(tuple(Grant(*[getattr(row, f"grant_{name}") for name in _FIELDS]) for row in roles))
    return person


_USER, _DAY = Given("user", BigIntegerField()), Given("day", DateField())
_FIELDS = ("role", "board_id", "school_id", "place", "sector", "board_ref")


def _fields(of: str = "") -> list[Any]:
    """The fields of a Grant; a role at a school comes with its board. of: where the membership is found."""
    return [
        F(f"{of}role"),
        Coalesce(f"{of}school__board_id", f"{of}board_id"),
        F(f"{of}school_id"),
        Coalesce(f"{of}school__name", f"{of}board__name"),
        Coalesce(f"{of}school__sector", Value("")),
        Coalesce(f"{of}school__board__reference", f"{of}board__reference"),
    ]


def _memberships() -> QuerySet[Membership, Any]:
    """Roles of one person, with the place of each."""
    rows = Membership.objects.filter(memberships_on(_DAY), user=_USER)
    return rows.order_by("id").values_list(*_fields())


def people_and_roles(who: Any) -> QuerySet[User]:
    """A person as often as they have roles on the `day` that is given, and at least once. who: the id, or a mark."""
    holds = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=_DAY)
    held = FilteredRelation("memberships", condition=holds & Q(memberships__starts_on__lte=_DAY))
    rows = User.objects.filter(pk=who).annotate(held=held)
    named = {f"grant_{name}": value for name, value in zip(_FIELDS, _fields("held__"), strict=True)}
    return rows.annotate(**named, grant_id=F("held__id")).order_by()


_MEMBERSHIPS, _WITH_GRANTS = Prepared(_memberships), Prepared(lambda: people_and_roles(_USER))


def schools_to_write_for(user: User) -> list[School]:
    """The schools for which somebody may log a concern: the own ones, or for a board role all of the board."""
    return _SCHOOLS.objects(*places_to_write_for(user))


def places_to_write_for(user: User) -> tuple[list[int], list[int]]:
    """Ids of those schools and boards."""
    grants = grants_of(user)
    return sorted(grants.schools(Permission.SIGNAL_WRITE)), sorted(grants.boards(Permission.SIGNAL_WRITE))


def schools_at(schools: int, boards: int) -> QuerySet[School]:
    """The schools of two lists of places, for a prepared query. schools, boards: how long the lists are."""
    places = Q(id__in=keys(0, schools)) | Q(board_id__in=keys(1, boards))
    return School.objects.filter(places).select_related("board")


_SCHOOLS = Prepared(schools_at)


def places_of(user: User) -> set[str]:
    """The names of the schools and boards where somebody has a role, and of their towns."""
    names = ("school__name", "school__municipality", "school__board__name", "board__name")
    rows = Membership.objects.filter(user=user).values_list(*names)
    return {name for row in rows for name in row if name}
