"""The browser that somebody uses: in plain words, and whether they used it before."""

import ipaddress
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined]
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import KnownBrowser, User

SAME_BROWSER = 60 * 60 * 24 * 400  # as long as browsers keep any cookie
TOKENS = 10  # log-ins back that words from an old page are still recognised
MASKED = 64
COOKIE = re.compile(r"[\w-]{43}")
NAMES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Mac", "Mac"),
    ("Linux", "Linux"),
)


def in_words(agent: str) -> str:
    """What a browser calls itself, as `Firefox, Windows`."""
    name = next((name for mark, name in NAMES if mark in agent), _("Unknown browser"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{name}, {system}" if system else name


def network(address: str) -> str:
    """The first half of an address: enough to recognise school or home, too little to follow somebody."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return ":".join(found.exploded.split(":")[:3]) + ":…"
    return ".".join(address.split(".")[:2]) + ".…"


def cookie_name() -> str:
    return "__Host-browser" if settings.SESSION_COOKIE_SECURE else "browser"


def browser_seen(request: HttpRequest, user: User) -> bool:
    """Remember, at a log-in, the browser of somebody. True when they used others before, and never this one."""
    if not request.META:
        return False  # no browser at all
    value = request.COOKIES.get(cookie_name(), "")
    if not COOKIE.fullmatch(value):
        value = secrets.token_urlsafe(32)
        request.new_browser = value  # type: ignore[attr-defined]
    others = KnownBrowser.objects.filter(user=user)
    new = others.exists()
    row, made = KnownBrowser.objects.get_or_create(user=user, digest=_digest(value))
    row.last_seen_at = timezone.now()
    row.tokens = [*row.tokens, _token(request.META.get("CSRF_COOKIE", ""))][-TOKENS:]
    row.save(update_fields=["last_seen_at", "tokens"])
    return made and new


def author_of(request: HttpRequest) -> User | None:
    """Who was given the page that a form came from, in this browser; whoever may be logged in here by now.

    Only a page that this person got since a log-in of theirs holds a token with that secret.
    """
    cookie, token = request.COOKIES.get(cookie_name(), ""), request.POST.get("csrfmiddlewaretoken", "")
    if not COOKIE.fullmatch(cookie) or len(token) != MASKED or not token.isalnum() or not token.isascii():
        return None
    mark = _token(_unmask_cipher_token(token))
    rows = KnownBrowser.objects.filter(digest=_digest(cookie), user__is_active=True).select_related("user")
    return next((row.user for row in rows.order_by("-last_seen_at")[:50] if mark in row.tokens), None)


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """A random number that names nobody, for whoever logged in here for the first time."""
    value = getattr(request, "new_browser", "")
    if value:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(cookie_name(), value, max_age=SAME_BROWSER, secure=secure, httponly=True, samesite="Lax")


def browsers_clear() -> int:
    """Forget browsers in which nobody logged in for as long as a cookie lives. Returns how many."""
    long_ago = timezone.now() - timedelta(seconds=SAME_BROWSER)
    return KnownBrowser.objects.filter(last_seen_at__lte=long_ago).delete()[0]


def _digest(value: str) -> str:
    return salted_hmac("accounts.browsers", value, algorithm="sha256").hexdigest()


def _token(secret: str) -> str:
    return salted_hmac("accounts.browsers.token", secret, algorithm="sha256").hexdigest()[:32]
