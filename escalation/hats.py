"""As whom somebody works on a page, in words, for those with more than one role: "care coordinator of De Zusterschool".

Here, and not beside the roles, because a school calls a role by the name of its sector.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.grants import Grant, Grants, grants_of
from accounts.models import User
from accounts.roles import POLICY, Permission, Role
from escalation.texts import recipient_name

CALLED = {Role.COORDINATOR.value: "care_coordinator", Role.PRINCIPAL.value: "principal"}


def function_name(role: str, sector: str) -> str:
    """A role as this sector calls it: a primary school has no "zorgcoördinator". No sector: the role's own name."""
    if role not in CALLED or not sector:
        return str(Role(role).label)
    name = recipient_name(CALLED[role], sector)
    return name[:1].lower() + name[1:]


def all_hats(grants: Grants) -> list[str]:
    """All roles of somebody with more than one, in words; nothing for the others."""
    return [_hat(item) for item in grants.items] if len(grants.items) > 1 else []


def works_as(user: User, *permissions: Permission) -> str:
    """The roles that open a list of one's own places, as a sentence; empty for somebody with one role."""
    grants = grants_of(user)
    return _say(grants, (item for item in grants.items if POLICY[item.role] & set(permissions)))


def works_as_at(user: User, *permissions: Permission, board: int, school: int, walled: bool = False) -> str:
    """The role that counts at one school, as a sentence; empty for somebody with one role, or with none there."""
    grants = grants_of(user)
    found = grants.grant_at(*permissions, board=board, school=school, board_first=walled)
    return _say(grants, [found] if found else [])


def function_at(user: User, *permissions: Permission, board: int, school: int, walled: bool) -> str:
    """The function in which somebody works on something of a school; empty when none of their roles is for it."""
    found = grants_of(user).grant_at(*permissions, board=board, school=school, board_first=walled)
    return function_name(found.role, found.sector) if found else ""


def _say(grants: Grants, items: Iterable[Grant]) -> str:
    hats = [_hat(item) for item in items]
    if len(grants.items) < 2 or not hats:
        return ""
    *first, last = hats
    roles = _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
    return _("You work here as %(roles)s.") % {"roles": roles}


def _hat(item: Grant) -> str:
    return _("%(function)s of %(place)s") % {"function": function_name(item.role, item.sector), "place": item.place}
