"""The person behind a request, for views that are behind @guard."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The logged-in user.

    Raises:
        PermissionDenied: a visitor; can't happen behind @guard.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
