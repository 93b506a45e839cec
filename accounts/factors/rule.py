"""Who needs a second step to log in, and whether a session has shown one.

Other packages add to both lists when they start: a share makes somebody a reader too, and an identity provider may
have asked for the second step itself.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.grants import grants_of
from accounts.models import User
from accounts.roles import Permission

View = TypeVar("View", bound=Callable[..., Any])
READS_OF_OTHERS = (
    Permission.CASE_HANDLE,
    Permission.CASE_FOLLOW,
    Permission.WALLED_HANDLE,
    Permission.TRAIL_BOARD,
    Permission.TRAIL_ACCOUNTS,
)
MARK = "before_second_step"
SHOW, SET_UP = "show", "set_up"

_also_needed: list[Callable[[User], bool]] = []
_also_proof: list[Callable[[dict[str, Any]], bool]] = []


def also_needed(rule: Callable[[User], bool]) -> None:
    """Add a rule by which somebody needs a second step: whoever received a share, for instance."""
    _also_needed.append(rule)


def also_proof(rule: Callable[[dict[str, Any]], bool]) -> None:
    """Add a rule by which one of a session's authentication records proves a second step, such as that of an
    identity provider which asked for it. django-allauth's `record_authentication` writes those records."""
    _also_proof.append(rule)


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Whether this person may read what others wrote, and so has to log in with two steps."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return grants_of(user).allows(*READS_OF_OTHERS) or any(rule(user) for rule in _also_needed)


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this session has shown a second step, a passkey or a recovery code."""
    user = request.user if isinstance(request.user, User) else None
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" or any(rule(record) for rule in _also_proof) for record in records)


def forget_second_factor(request: HttpRequest) -> None:
    """Make this session show a second step again: the last one was taken away."""
    records = request.session.get(RECORDS) or []
    request.session[RECORDS] = [record for record in records if record.get("method") != "mfa"]


def before_second_step(purpose: str) -> Callable[[View], View]:
    """Mark a view as open before this session has shown a second step.

    Args:
        purpose: SHOW, to show it; or SET_UP, to set it up, which is open only while there is none: a password alone, in
            a session from before, must not come near the recovery codes or take a second step away.
    """

    def mark(view: View) -> View:
        setattr(view, MARK, purpose)
        return view

    return mark
