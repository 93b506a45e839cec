"""Who has to hear of something about a case, by their role. The same rules as access, asked the other way round."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from accounts.grants import grants_of, memberships_on
from accounts.models import Board, Membership, School, User
from accounts.roles import POLICY, Permission
from signals import access
from signals.models import Absence, Case
from signals.models.rights import Level


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


def coordinators_at(school: School) -> list[User]:
    """Who handles the cases of a school."""
    return _holders(Q(school=school), Permission.CASE_HANDLE)


def officers_at(board: Board) -> list[User]:
    """Who handles the walled cases of a board."""
    return _holders(Q(board=board), Permission.WALLED_HANDLE)


def places_handled(user: User) -> list[School | Board]:
    """The schools whose cases somebody handles, by name; then the boards whose walled ones."""
    grants = grants_of(user)
    schools = School.objects.filter(pk__in=grants.schools(Permission.CASE_HANDLE)).select_related("board")
    boards = grants.boards(Permission.WALLED_HANDLE)
    above = Board.objects.filter(pk__in=boards).order_by("name", "pk") if boards else ()
    return [*schools.order_by("name", "pk"), *above]


def principals_at(school: School) -> list[User]:
    """Who follows the cases of a school: its principals."""
    return _holders(Q(school=school), Permission.CASE_FOLLOW)


def line_of(case: Case) -> tuple[list[User], ...]:
    """Who has a case from the start, and who gets it when nobody acts: the deputy, the principal, the board.

    The coordinators of a school are each other's deputies. A report that nobody has opened yet lay with all of them, so
    the deputy's term tells them all; where there is only one, that term is the principal's. Behind a wall it never
    comes to the school: only the board's officers, or where the board has none who handles it by name. On each rung
    only who is on none before, and never whom the case is about or who is barred. Who stands in for an owner who is
    away has it together with them, so what neither acts on goes on to the others.
    """
    handlers = handlers_of(case)
    owner = [user for user in handlers if user.pk == case.owner_id]
    owner += deputies_of(case, owner)  # who stands in for them has it from the start as well
    officers = [user for user in handlers if access.may(user, case, Permission.WALLED_HANDLE)]
    peers = officers if case.walled else handlers
    first = owner or ([] if len(peers) > 1 or case.walled else handlers)
    deputies = peers if owner or len(peers) > 1 else []
    follow = [] if case.walled else holders(case, Permission.CASE_FOLLOW)
    principals = [user for user in follow if access.may(user, case, Permission.CASE_FOLLOW)]
    board = (officers or handlers) if case.walled else board_handlers(case)
    line: list[list[User]] = []
    for rung in (first, deputies, principals, board):
        line.append([user for user in rung if not any(user in before for before in line)])
    return tuple(line)


def handlers_of(case: Case) -> list[User]:
    """Everybody who handles a case, by role or by name; never whom it is about or who is barred."""
    return [user for user in _handlers(case) if access.may(user, case, *access.HANDLE)]


def assignees_of(case: Case) -> list[User]:
    """Who can have a task in a case: who handles it, and with whom it was shared to add to it."""
    shares = case.shares.filter(level=Level.CONTRIBUTE, ended_at=None, ends_on__gte=timezone.localdate())
    found, shared = handlers_of(case), User.objects.filter(pk__in=shares.values("colleague")).order_by("name", "pk")
    return found + [user for user in shared if user not in found and access.may(user, case, *access.ADD)]


def deputies_of(case: Case, people: Iterable[User]) -> list[User]:
    """Who stands in today for these people where a case is, and handles it too: never past a wall or a bar."""
    today, away = timezone.localdate(), list(people)
    if not away:
        return []
    here = Q(school=case.school_id) | Q(board=case.board_id)
    rows = Absence.objects.filter(here, user__in=away, ended_at=None)
    rows = rows.filter(starts_on__lte=today, ends_on__gte=today).select_related("deputy").order_by("pk")
    found = {row.deputy.pk: row.deputy for row in rows if row.deputy not in away}
    return [user for user in found.values() if access.may(user, case, *access.HANDLE)]


def with_deputies(case: Case, people: Iterable[User]) -> list[User]:
    """These people, and who stands in for those of them who are away; for a mail about a case."""
    found = list(people)
    return found + deputies_of(case, found)


def _handlers(case: Case) -> list[User]:
    """Who may handle it by role or by name."""
    if not case.walled:
        return holders(case, Permission.CASE_HANDLE)
    named = User.objects.filter(pk__in=case.named.filter(ended_at=None).values("user"))
    return sorted({*board_handlers(case), *named}, key=lambda user: (user.name, user.pk))


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
