"""A session ends after a pause: sooner for who reads cases of others. Decided here on the server, never by the page."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import browsers, kept, sessions
from accounts.backend import user_of
from accounts.guard import QUIET
from accounts.models import User
from accounts.pauses import SEEN, longest_pause, seconds_left

View = TypeVar("View", bound=Callable[..., Any])


def quiet(view: View) -> View:
    """Mark a view that a page asks by itself: that somebody's browser is open is no sign of life."""
    setattr(view, QUIET, True)
    return view


def state(request: HttpRequest) -> dict[str, Any]:
    """What an open page may know: how long the session still lasts, whose it is, and a token for its forms.

    Returns:
        left: seconds, 0 for nobody; firm: whether doing something would not make it longer; who: opaque, differs
        from person to person.
    """
    if not isinstance(request.user, User):
        return {"left": 0}
    pause, whole = seconds_left(request, exact=True)
    left = max(0, min(pause, whole))
    return {"left": left, "firm": whole < pause, "who": who(request.user), "token": get_token(request)}


def who(user: User) -> str:
    """Tells two people apart, and nothing else."""
    return _who(user.pk, settings.SECRET_KEY)


@lru_cache(maxsize=1024)
def _who(key: int, secret: str) -> str:
    return salted_hmac("accounts.idle.who", str(key), secret).hexdigest()[:16]


def for_page(request: HttpRequest) -> dict[str, Any]:
    """What the script that warns needs. Near the end of the whole session the limit is what is left, in minutes."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or SESSION_KEY not in request.session:
        return {}
    whole = max(seconds_left(request)[1], 1)
    limit = longest_pause(user)
    return {
        "limit": limit if whole > limit else max(whole // 60 * 60, 1),
        "warning": settings.IDLE_WARNING_SECONDS,
        "every": settings.SEEN_EVERY_SECONDS,
        "who": who(user),
    }


class IdleMiddleware:
    """Ends a session after too long a pause, writes signs of life down, and keeps the words of who came too late."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = user_of(request)  # not one that looks at each use whose session it is
        over = SESSION_KEY in request.session and min(seconds_left(request)) <= 0
        request.was_away = over  # type: ignore[attr-defined]
        if over:
            sessions.session_lock(request)
            request.user = AnonymousUser()
        response = self.get_response(request)
        kept.after(request, response)
        browsers.set_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Runs before LoginRequiredMiddleware, which then does what it always does."""
        if request.user.is_authenticated:
            if not getattr(view, QUIET, False):
                _sign_of_life(request)
            return None
        if not getattr(view, "login_required", True):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)  # a part of a page is not where one logs in
        if getattr(request, "was_away", False):
            messages.info(request, _("You were away for a while. Log in once more."))
        if request.method == "POST" and kept.keep_for_author(request):
            return redirect_to_login(reverse("kept_words"))
        return None


def _sign_of_life(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session.get(SEEN, 0) < settings.SEEN_EVERY_SECONDS:
        return
    request.session[SEEN] = now
    sessions.session_seen(request)
