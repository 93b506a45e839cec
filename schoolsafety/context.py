"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.grants import grants_of
from accounts.roles import Permission


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: whether to show the banner; `may`: the names of the permissions this person holds anywhere;
    `school_accounts`: the providers that one can log in with."""
    user = getattr(request, "user", None)
    held = grants_of(user) if user is not None else None
    return {
        "demo": settings.DEMO,
        "school_accounts": settings.SSO,
        "may": {name.value: bool(held and held.allows(name)) for name in Permission},
    }
