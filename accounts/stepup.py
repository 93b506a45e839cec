"""Asking again who somebody is, before something that matters: break-glass, an export, a role."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.sso import proof as sso

View = TypeVar("View", bound=Callable[..., HttpResponse])


def step_up(view: View) -> View:
    """Let a view pass only when the person showed again, in the last ten minutes, who they are.

    It stands directly above the view function, under @guard and the method decorator.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if did_recently_reauthenticate(request) or sso.recently_confirmed(request):
            return view(request, *args, **kwargs)
        if at_school := sso.reauthenticate_url(request, request.get_full_path()):
            return HttpResponseRedirect(at_school)
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")

    return checked  # type: ignore[return-value]
