"""Whether who has a task can still record what became of it: `access`, as a condition on a task."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from accounts.grants import memberships_on
from accounts.marks import Given
from accounts.models import Membership
from accounts.roles import POLICY, Permission
from signals.looked_up import there_is, there_is_no
from signals.models import Barred, Named, Person, Share
from signals.models.rights import Level

_WHO = {"user": OuterRef("assignee")}


def out_of_reach(day: date | Given) -> Q:
    """True for a task whose assignee can't add to its case on this day: not by a role, by name, nor by a share."""
    school, board = {"school": OuterRef("case__school")}, {"board": OuterRef("case__board")}
    by_role = Q(case__walled=False) & Q(there_is(_roles(day, Permission.CASE_HANDLE).filter(**school)))
    named = Named.objects.filter(case=OuterRef("case"), ended_at=None, **_WHO)
    by_name = Q(there_is(named)) & Q(there_is(_roles(day, Permission.NAMED_HANDLE).filter(**school)))
    officer = Q(there_is(_roles(day, Permission.WALLED_HANDLE).filter(**board)))
    behind_wall = Q(case__walled=True) & (officer | by_name)
    return Q(_kept_out()) | ~(by_role | behind_wall | _by_share(day))


def _kept_out() -> Q:
    barred = Barred.objects.filter(case=OuterRef("case"), **_WHO)
    return Q(there_is(barred)) | Q(there_is(Person.objects.filter(signal__case=OuterRef("case"), **_WHO)))


def _by_share(day: date | Given) -> Q:
    rows = Share.objects.filter(case=OuterRef("case"), colleague=OuterRef("assignee"), level=Level.CONTRIBUTE)
    at_board = Q(board=OuterRef("case__board")) | Q(school__board=OuterRef("case__board"))
    reads = there_is(_roles(day, Permission.SHARED_READ).filter(at_board))
    no_administrator = there_is_no(_roles(day, Permission.TRAIL_ACCOUNTS).filter(at_board))
    return Q(there_is(rows.filter(ended_at=None, ends_on__gte=day))) & Q(reads) & Q(no_administrator)


def _roles(day: date | Given, permission: Permission) -> QuerySet[Any]:
    roles = [role for role, granted in POLICY.items() if permission in granted]
    return Membership.objects.filter(memberships_on(day), role__in=roles, **_WHO)
