"""Who has to hear of something about a case, by their role. The same rules as access, asked the other way round."""

from django.db.models import Q
from django.utils import timezone

from accounts.grants import memberships_on
from accounts.models import Membership, School, User
from accounts.roles import POLICY, Permission
from signals import access
from signals.models import Case


def holders(case: Case, permission: Permission) -> list[User]:
    """Everybody at the school or the board of a case whose role there holds a permission; by name, each once."""
    return _holders(Q(school=case.school_id) | Q(board=case.board_id), permission)


def _holders(place: Q, permission: Permission) -> list[User]:
    roles = [role for role, granted in POLICY.items() if permission in granted]
    rows = Membership.objects.filter(memberships_on(timezone.localdate()), place, role__in=roles)
    return list(User.objects.filter(pk__in=rows.values("user")).order_by("name", "pk"))


def board_handlers(case: Case) -> list[User]:
    """The board's officers who handle this case once it is walled: not those it is about, or who are barred."""
    found = holders(case, Permission.WALLED_HANDLE)
    return [user for user in found if case.pk not in access.sight(user).shut]


def principals_at(school: School) -> list[User]:
    """Who follows the cases of a school: its principals."""
    return _holders(Q(school=school), Permission.CASE_FOLLOW)


def overseers(case: Case, but_not: User) -> list[User]:
    """Who looks into a break-glass of this case: who follows it, and above them the board's officers.

    The principal of the school; the board's officers where the case is walled, or where the principal is whom the case
    is about or is the one who broke the glass. If there is none of them either, the board's privacy officers.
    """
    if not case.walled:
        follow = [
            user for user in holders(case, Permission.CASE_FOLLOW) if access.may(user, case, Permission.CASE_FOLLOW)
        ]
        if found := [user for user in follow if user != but_not]:
            return found
    if found := [user for user in board_handlers(case) if user != but_not]:
        return found
    officers = [user for user in holders(case, Permission.TRAIL_BOARD) if case.pk not in access.sight(user).shut]
    return [user for user in officers if user != but_not]
