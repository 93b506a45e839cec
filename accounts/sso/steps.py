"""What somebody goes to the provider for, and what both protocols share."""

import time
from typing import Any

from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.sso.config import SchoolAccount, find
from accounts.sso.seen import Seen

ENTER, CONFIRM, CONNECT, JOIN = "enter", "confirm", "connect", "join"


def site_url(name: str, slug: str) -> str:
    """One of our addresses as the provider must know it: never from the Host header of a request."""
    return f"{settings.SITE_URL}{reverse(name, args=[slug])}"


def errand(step: str, user: User | None = None, invitation: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """What is kept in the session while somebody is away: why they went, when, and who they were.

    Args:
        invitation: reference and token of the link that they came with.
    """
    return {"step": step, "at": time.time(), "user": user.reference if user else "", "invitation": invitation}


def is_errand_of(found: dict[str, Any], user: Any) -> bool:
    """Whether the person who comes back is the one who went."""
    return isinstance(user, User) and constant_time_compare(str(found.get("user")), user.reference)


class SeenProvider(Provider):  # type: ignore[misc]
    """A provider of django-allauth that takes over who it is and nothing else: no name, no address, no token."""

    @property
    def school_account(self) -> SchoolAccount:
        found = find(self.app.provider_id)
        assert found is not None  # noqa: S101 - the adapter makes apps from the configuration alone
        return found

    def extract_uid(self, data: Seen) -> str:
        return data.uid

    def extract_extra_data(self, data: Seen) -> dict[str, str]:
        return {"iss": data.issuer, "sub": data.subject}

    def extract_common_fields(self, data: Seen) -> dict[str, str]:
        return {}

    def extract_email_addresses(self, data: Seen) -> list[Any]:
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: Seen) -> SocialLogin:
        login = super().sociallogin_from_response(request, response)
        login.seen = response
        return login
