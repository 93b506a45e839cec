"""Who a session belongs to: the person and their roles, at every click."""

from contextvars import ContextVar

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.grants import user_with_grants
from accounts.models import User

_CAME_ALONG: ContextVar[User | None] = ContextVar("came_along", default=None)


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Logs in as django-allauth does."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when the account was closed meanwhile."""
        found = _CAME_ALONG.get()
        if found is None or found.pk != int(user_id):
            found = user_with_grants(int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Whose session this is, as Django finds it; the person may have come along when the session was read."""
    request.session.get(SESSION_KEY)  # that reads it
    before = _CAME_ALONG.set(getattr(request.session, "person", None))
    try:
        found: User | AnonymousUser = get_user(request)
    finally:
        _CAME_ALONG.reset(before)
    return found
