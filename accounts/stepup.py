"""Asking again who somebody is, before something that matters: break-glass, an export, a role."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.kept import words_keep
from accounts.requests import person
from accounts.sso import proof as sso

View = TypeVar("View", bound=Callable[..., HttpResponse])
# In what ways somebody can show again who they are, as they stand in the session: a password, a second factor, or at
# the provider of their school account.
WAYS = frozenset({"password", "mfa", sso.METHOD})


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person showed again who they are, less than ten minutes ago and after logging in.

    Only what the session holds counts, so somebody who has no password is not fresh for lack of one. (django-allauth's
    own did_recently_reauthenticate has said otherwise, and asks the database four times.)
    """
    now = time.time()
    return any(
        proof.get("reauthenticated") and proof.get("method") in WAYS and 0 <= now - proof.get("at", 0) < _term()
        for proof in get_authentication_records(request, person(request))
    )


def _term() -> int:
    seconds: int = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return seconds


def ask(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """To the page where this person shows who they are, and from there to the path."""
    if at_school := sso.reauthenticate_url(request, path):
        return HttpResponseRedirect(at_school)
    methods = get_adapter().get_reauthentication_methods(person(request))
    page = str(methods[0]["url"]) if methods else reverse("account_reauthenticate")
    return HttpResponseRedirect(f"{page}?{urlencode({'next': path})}")


def step_up(view: View) -> View:
    """Let a view pass only when the person showed again, in the last ten minutes, who they are.

    It stands directly above the view function, under @guard and the method decorator. What a form sent meanwhile is
    kept, and a page offers to send it again: see accounts.kept.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            kept = words_keep(request, user=person(request))
            return ask(request, reverse("kept_words") if kept else reverse("start"))
        return ask(request, request.get_full_path())

    return checked  # type: ignore[return-value]


def step_up_for_file(page: str) -> Callable[[View], View]:
    """The same for a download. Afterwards one is back on the page that offers it, with the same choices: a file that
    came in answer to the question would leave that question standing on the screen.

    Args:
        page: the name of the page with the link to the file.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_fresh(request):
                return view(request, *args, **kwargs)
            query = request.GET.urlencode()
            return ask(request, f"{reverse(page)}?{query}" if query else reverse(page))

        return checked  # type: ignore[return-value]

    return mark
