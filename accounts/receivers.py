"""Log-ins, failed log-ins and changes of passwords leave an event; who changes a password is told by mail."""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import pauses, sessions
from accounts.browsers import browser_seen
from accounts.events import account_event
from accounts.factors.services import credentials_changed
from accounts.models import User
from accounts.outbox import queue
from audit.actions import Action
from audit.record import record


@transaction.atomic
def on_login(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A browser that somebody never used before stands in the event, and they get a mail."""
    pauses.begin(request)
    new = browser_seen(request, user)
    account_event(Action.LOGIN, user, details={"browser": "new"} if new else None)
    if new:
        queue("new_browser", to=user, path=reverse("sessions"))


def on_confirmed(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Who showed again who they are goes on under a new key."""
    if kwargs.get("reauthenticated"):
        sessions.session_renew(request)


def on_logout(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        account_event(Action.LOGOUT, user)


def on_login_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """Records whose log-in failed where the address is known here; what was typed is never kept."""
    here = getattr(request, "user", None)
    if isinstance(here, User):  # already inside: somebody was asked whether it is really them
        account_event(Action.CONFIRM_FAILED, here, refused=True)
        return
    typed = str(credentials.get("email") or credentials.get("username") or "")
    user = User.objects.filter(email__iexact=typed).first() if typed and "\x00" not in typed else None
    if user:
        account_event(Action.LOGIN_FAILED, user, refused=True)
    else:
        record(Action.LOGIN_FAILED, kind="user", refused=True)


def on_step(sender: Any, user: User, method: str, **kwargs: Any) -> None:
    """Somebody inside showed again who they are."""
    if kwargs.get("reauthenticated") and not kwargs.get("enrolled"):
        account_event(Action.CONFIRMED, user, details={"method": method})


def on_factor_used(sender: Any, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        account_event(Action.RECOVERY_CODE_USED, user)


def on_password_changed(sender: Any, user: User, **kwargs: Any) -> None:
    account_event(Action.PASSWORD_CHANGED, user)
    credentials_changed(user=user)


def on_password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    account_event(Action.PASSWORD_RESET, user)
    credentials_changed(user=user)


def connect() -> None:
    authentication_step_completed.connect(on_confirmed, dispatch_uid="session_renew")
    user_logged_in.connect(on_login, dispatch_uid="trail_login")
    user_logged_out.connect(on_logout, dispatch_uid="trail_logout")
    user_login_failed.connect(on_login_failed, dispatch_uid="trail_login_failed")
    authentication_step_completed.connect(on_step, dispatch_uid="trail_step")
    authenticator_used.connect(on_factor_used, dispatch_uid="trail_factor_used")
    password_changed.connect(on_password_changed, dispatch_uid="trail_password_changed")
    password_reset.connect(on_password_reset, dispatch_uid="trail_password_reset")
