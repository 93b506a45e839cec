"""Whoever needs a second step reaches nothing before this session has shown one."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.factors.rule import MARK, SET_UP, SHOW, has_shown_second_factor, needs_second_factor
from accounts.factors.selectors import factor_kinds
from accounts.guard import MARK as GUARD
from accounts.guard import PUBLIC
from accounts.kept import keep_for_sender
from accounts.requests import person


class SecondFactorMiddleware:
    """Stands directly behind the guard, so that a page which is not theirs stays a 404, with or without it.

    Its answer is the same for every page and every object, there or not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        purpose = getattr(view, MARK, "")
        if getattr(view, GUARD, None) == PUBLIC or purpose == SHOW or has_shown_second_factor(request):
            return None
        if purpose == SET_UP:
            return _send_to(request, _where(request)) if factor_kinds(person(request)) else None
        return _send_to(request, _where(request)) if needs_second_factor(request.user) else None


def _where(request: HttpRequest) -> str:
    """The page that sets up a first second step, or the one that asks for it."""
    kinds = factor_kinds(person(request))
    if not kinds:
        return reverse("mfa_index")
    return reverse("mfa_reauthenticate_webauthn" if kinds == {"webauthn"} else "mfa_reauthenticate")


def _send_to(request: HttpRequest, page: str) -> HttpResponse:
    """To that page. What a form sent did not arrive: it is kept, and offered once the second step was shown."""
    kept = keep_for_sender(request)
    request.kept_now = True  # type: ignore[attr-defined]
    path = reverse("kept_words" if kept else "start")
    if request.method in ("GET", "HEAD"):
        path = request.get_full_path()
    address = f"{page}?{urlencode({'next': path})}"
    if request.headers.get("HX-Request"):  # it asks for a part of a page; the whole page has to go
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
