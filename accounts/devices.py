"""A browser that somebody has logged in with before is known by a cookie of its own.

A school has one address for hundreds of people. If wrong passwords counted for the address alone, a pupil with a
script would lock the whole school out; so they count for the account at that address, and apart for a known browser:
its owner is not held up by what others at the school try. After OWASP's "device cookies". The cookie opens nothing.
"""

import secrets

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "accounts.devices"
AGE = 60 * 60 * 24 * 180


def known_device(request: HttpRequest, email: str) -> str:
    """What stands for this browser, if this account logged in with it before; otherwise empty."""
    try:
        value = str(request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, salt=SALT, max_age=AGE))
    except (KeyError, BadSignature):
        return ""
    account, _, device = value.partition(":")
    return device if constant_time_compare(account, _account(email)) else ""


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Know this browser again the next time."""
    device = known_device(request, email) or secrets.token_urlsafe(16)
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        f"{_account(email)}:{device}",
        salt=SALT,
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _account(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()[:32]
