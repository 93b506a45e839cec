"""Every view says who may call it. Forgetting it is an error at start-up and a refusal at run time."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.grants import grants_of
from accounts.refusals import record_refusal
from accounts.roles import Permission

View = TypeVar("View", bound=Callable[..., Any])
MARK = "guarded_by"
QUIET = "is_no_activity"  # set by accounts.idle.quiet: a page asks this view by itself
PUBLIC = "public"


def guard(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as open to whoever holds one of the permissions somewhere."""
    if not permissions:
        raise TypeError("guard() needs at least one permission")

    def mark(view: View) -> View:
        setattr(view, MARK, permissions)
        return view

    return mark


def public(view: View) -> View:
    """Mark a view as open to everybody, logged in or not."""
    setattr(view, MARK, PUBLIC)
    login_not_required(view)
    return view


def unguarded_views() -> list[str]:
    """The addresses whose view carries no mark."""
    return [route for route, pattern in walk(get_resolver()) if not hasattr(pattern.callback, MARK)]


def walk(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """All addresses below a resolver, with their patterns."""
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += walk(entry, route)
        else:
            found.append((route, entry))
    return found


class GuardMiddleware:
    """Refuses a view without a mark, and a person without the permission."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        wanted = getattr(view, MARK, None)
        if wanted is None:
            raise PermissionDenied("view without guard")
        if wanted == PUBLIC or not request.user.is_authenticated:
            return  # LoginRequiredMiddleware has sent visitors to the log-in page already
        if grants_of(request.user).allows(*wanted):
            return
        name = request.resolver_match.view_name if request.resolver_match else ""
        record_refusal(request.user, kind="page", rule="no role grants " + "/".join(wanted), details={"page": name})
        raise Http404  # the same as an unknown address
