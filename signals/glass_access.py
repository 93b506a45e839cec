"""Who may know of a break-glass, and who looks into it; a part of `access`.

A case that was put with another one is as open as that other one is: what was said of it goes behind the same wall.
"""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Permission
from signals import access
from signals.models import BreakGlass


def glasses(seen: access.Sight, user: User) -> QuerySet[BreakGlass]:
    """The break-glass that this person may know of; never their own, nor on a case about them.

    The principal sees those of the school's cases without a wall, the board's officer and the privacy officer all of
    the board: above the principal there has to be somebody who sees that it is looked into.
    """
    schools, boards = seen.grants.schools(Permission.BREAK_SEE), seen.grants.boards(Permission.BREAK_SEE)
    return glasses_at(schools, boards, seen.shut, user.pk).select_related(
        "case__school", "case__board", "case__joined_to", "by", "reviewed_by"
    )


def glasses_at(schools: access.Keys, boards: access.Keys, shut: access.Keys, user: int) -> QuerySet[BreakGlass]:
    """The same, from ids or from marks for them."""
    rows = BreakGlass.objects.exclude(by_id=user).exclude(case_id__in=shut).exclude(case__joined_to_id__in=shut)
    no_wall = Q(case__walled=False) & ~Q(case__joined_to__walled=True)
    return rows.filter((Q(case__school_id__in=schools) & no_wall) | Q(case__board_id__in=boards))


def reviews(seen: access.Sight, user: User, glass: BreakGlass) -> bool:
    """True when this person looks into it, and so may read the reason that was given."""
    where = [glass.case, *([glass.case.joined_to] if glass.case.joined_to else [])]
    if glass.by_id == user.pk or any(case.pk in seen.shut for case in where):
        return False
    walled = any(case.walled for case in where)
    at_school = not walled and seen.grants.allows_at(glass.case.school_id, Permission.BREAK_REVIEW)
    return at_school or glass.case.board_id in seen.grants.boards(Permission.BREAK_REVIEW)


def glass_to_review(user: User, seen: access.Sight, reference: str) -> BreakGlass:
    """Fetch a break-glass that this person looks into, or 404."""
    found = glasses(seen, user).filter(reference=reference).first()
    if found is None or not reviews(seen, user, found):
        access.not_found(user, "glass", reference)
    return found


def knows_of_glass(user: User, reference: str) -> bool:
    """True when a break-glass of this case stands in this person's list."""
    return glasses(access.sight(user), user).filter(case__reference=reference).exists()
