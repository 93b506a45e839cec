"""What is answered while the database is away, full, locked or read-only: a calm page that asks nothing of it.

What a form sent comes back on that page, to be sent again, but only to a browser whose form it was: the token has to be
right, and is the one that came. Passwords, codes and files never come back, nor anything of the log-in.
"""

from typing import Any

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.template.loader import render_to_string
from django.utils import translation

from accounts.kept import UNREADABLE, Sent, sent_now

AWAY = (OperationalError, InterfaceError, InternalError)
ABORTED = "25P02"  # PostgreSQL: something else failed before in this transaction, and that is the error
BUSY = ("40001", "40P01", "55P03", "57014")  # PostgreSQL: it waited too long for others, or they for each other
LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
RETRY_SECONDS = 30


def is_away(error: BaseException | None) -> bool:
    """Whether an error came from the database and not from a mistake of ours; also one that it led to."""
    while error is not None:
        if isinstance(error, AWAY) and _code(error) != ABORTED:
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_busy(error: BaseException | None) -> bool:
    """Whether the database is there, but others keep it waiting too long."""
    while error is not None:
        if _code(error) in BUSY or _code(error).startswith(LOCKED):
            return True
        error = error.__cause__ or error.__context__
    return False


def _code(error: BaseException) -> str:
    """What the database calls an error; nothing of one that did not come from it."""
    own = error.__cause__ or error
    return getattr(own, "sqlstate", None) or getattr(own, "sqlite_errorname", None) or ""


def away(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """The page, with status 503."""
    context = {"sent": own(request), "posted": request.method == "POST", "path": request.get_full_path()}
    context["busy"] = _is_busy(error)
    with translation.override(getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)):
        page = render_to_string("errors/503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


class _TokenCheck(CsrfViewMiddleware):
    """Says what is wrong with a token, and answers nothing by itself."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def own(request: HttpRequest) -> Sent | None:
    """What this browser's own form sent; None for a form of another site, or one that is never given back."""
    if request.method != "POST":
        return None
    check = _TokenCheck(_nothing)
    try:
        check.process_request(request)
        wrong = check.process_view(request, _nothing, (), {})
        return None if wrong else sent_now(request)
    except UNREADABLE:
        return None
