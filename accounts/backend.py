"""Who a session belongs to: the person and their roles, in one statement at every click."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.grants import user_with_grants
from accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Logs in as django-allauth does."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None when the account was closed meanwhile."""
        found = user_with_grants(int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None
