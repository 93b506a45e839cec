"""What the page for putting up a wall offers: who goes on with the case, whom to keep out, who reads it afterwards."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import memberships_on
from accounts.models import Membership, User
from accounts.roles import POLICY, Permission
from signals import access
from signals.addresses import address
from signals.audience import Reader, function_of, readers, shut_out
from signals.forms.walls import BOARD
from signals.models import Case
from signals.services.walls import can_keep, needs_owner
from signals.told import board_handlers

MOST = 2000  # people in the list of whom to keep out
WALLERS = (*access.HANDLE, Permission.CASE_FOLLOW)


@dataclass(frozen=True)
class WallChoices:
    """keepers and staff: value and label. people: by value. readers: who can read it afterwards, but for the keeper."""

    keepers: list[tuple[str, str]]
    staff: list[tuple[str, str]]
    people: dict[str, User] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)


def wall_choices(case: Case, by: User) -> WallChoices:
    """Everything that can be chosen for a case that this person sees."""
    owner = case.owner if case.owner != by else None
    able = [user for user in (by, owner) if user and can_keep(case, user)]
    officers = board_handlers(case)
    keepers = [(user.reference, _keeps(user, by)) for user in able]
    if officers:
        names = ", ".join(user.name for user in officers)
        keepers.append((BOARD, _("The board takes it over: %(names)s") % {"names": names}))
    staff = staff_of(case)
    writers = tuple({row.author_id: row.author for row in case.signals.select_related("author")}.values())
    return WallChoices(
        keepers,
        [(reference, label) for reference, (_user, label) in staff.items()],
        {reference: user for reference, (user, _label) in staff.items()} | {user.reference: user for user in able},
        readers(school=case.school, walled=True, about=shut_out(case), writers=writers),
    )


def wall_links(case: Case, seen: access.Sight, user: User) -> dict[str, str]:
    """Where this person can put a wall up or take it down, or take a case over that its owner can't open any more."""
    handles = seen.may(case, *access.HANDLE)
    able = {
        "wall": not case.walled and (handles or seen.may(case, Permission.CASE_FOLLOW)),
        "unwall": case.walled_by_hand and handles,
        "take_over": handles and case.owner not in (None, user) and needs_owner(case),
    }
    names = {"wall": "case-wall", "unwall": "case-unwall", "take_over": "case-take-over"}
    return {name: address(f"signals:{names[name]}", case.reference) for name, can in able.items() if can}


def _keeps(user: User, by: User) -> str:
    if user == by:
        return _("I go on with it: %(name)s") % {"name": user.name}
    return _("The owner goes on with it: %(name)s") % {"name": user.name}


def staff_of(case: Case) -> dict[str, tuple[User, str]]:
    """Who works at the school or the board, and who could reach the case from another school of the board."""
    reaching = [role for role, granted in POLICY.items() if Permission.BREAK_GLASS in granted]
    place = Q(school=case.school_id) | Q(board=case.board_id)
    place |= Q(school__board=case.board_id, role__in=reaching)
    rows = Membership.objects.filter(memberships_on(timezone.localdate()), place).select_related("user")
    found: dict[str, tuple[User, str]] = {}
    for row in rows.order_by("user__name", "user", "pk")[:MOST]:
        label = f"{row.user.name}, {function_of(row, case.school.sector)}"
        found.setdefault(row.user.reference, (row.user, label))
    return found
