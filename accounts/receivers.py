"""Log-ins, failed log-ins and password changes leave an event."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.grants import grants_of
from accounts.models import Board, User
from audit.actions import Action
from audit.record import record


def _record(action: Action, user: User, **more: Any) -> None:
    boards = Board.objects.filter(id__in=grants_of(user).board_ids).values_list("reference", flat=True)
    for board in list(boards) or [""]:
        record(action, actor=user.reference, board=board, kind="user", ref=user.reference, **more)


def on_login(sender: Any, user: User, **kwargs: Any) -> None:
    _record(Action.LOGIN, user)


def on_logout(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _record(Action.LOGOUT, user)


def on_login_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Records whose log-in failed where the address is known here; what was typed is never kept."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    user = User.objects.filter(email__iexact=typed).first() if typed and "\x00" not in typed else None
    if user:
        _record(Action.LOGIN_FAILED, user, refused=True)
    else:
        record(Action.LOGIN_FAILED, kind="user", refused=True)


def on_password_changed(sender: Any, user: User, **kwargs: Any) -> None:
    _record(Action.PASSWORD_CHANGED, user)


def on_password_reset(sender: Any, user: User, **kwargs: Any) -> None:
    _record(Action.PASSWORD_RESET, user)


def connect() -> None:
    user_logged_in.connect(on_login, dispatch_uid="trail_login")
    user_logged_out.connect(on_logout, dispatch_uid="trail_logout")
    user_login_failed.connect(on_login_failed, dispatch_uid="trail_login_failed")
    password_changed.connect(on_password_changed, dispatch_uid="trail_password_changed")
    password_reset.connect(on_password_reset, dispatch_uid="trail_password_reset")
