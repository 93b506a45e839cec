"""What somebody's memberships grant today, and where."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, School, User
from accounts.roles import POLICY, Permission


@dataclass(frozen=True)
class Grant:
    """One role at one school (school_id set) or at a whole board (school_id None)."""

    role: str
    board_id: int
    school_id: int | None


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

    @property
    def board_ids(self) -> frozenset[int]:
        """Every board where the person has any role."""
        return frozenset(item.board_id for item in self.items)


def memberships_on(day: date) -> Q:
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
        rows = Membership.objects.filter(memberships_on(timezone.localdate()), user=user).select_related("school")
        cached = Grants(
            tuple(
                Grant(row.role, row.school.board_id if row.school else row.board_id or 0, row.school_id)
                for row in rows.order_by("id")
            )
        )
        user._grants = cached
    return cached


def schools_to_write_for(user: User) -> list[School]:
    """The schools for which somebody may log a concern: the own ones, or for a board role all of the board."""
    grants = grants_of(user)
    return list(
        School.objects.filter(
            Q(id__in=grants.schools(Permission.SIGNAL_WRITE)) | Q(board_id__in=grants.boards(Permission.SIGNAL_WRITE))
        ).select_related("board")
    )
