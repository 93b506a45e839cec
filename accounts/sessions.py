"""The sessions of a person: where they are logged in, and how that ends at once, on every server."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import browsers
from accounts.events import account_event
from accounts.models import User
from accounts.pauses import SEEN, STARTED, longest_pause
from audit.actions import Action

MOST = 50


@dataclass(frozen=True)
class Place:
    """One session. `ref` opaque; `here`: the one of this request."""

    ref: str
    browser: str
    network: str
    first_seen: datetime
    last_seen: datetime
    here: bool


def store(key: str | None = None) -> SessionBase:
    """The session of a key, as the site keeps sessions now."""
    found: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return found


def places(*, user: User, current: str) -> list[Place]:
    """Where somebody is logged in, this session first, then the newest. What has ended is not among them."""
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:MOST]
    found = [_place(row, current) for row in rows if row.session_key == current or _alive(row, user)]
    return sorted(found, key=lambda place: not place.here)


def _place(row: Any, current: str) -> Place:
    here = row.session_key == current
    words, part = browsers.in_words(row.user_agent), browsers.network(row.ip)
    return Place(_ref(row.session_key), words, part, row.created_at, row.last_seen_at, here)


def _alive(row: Any, user: User) -> bool:
    session = store(row.session_key)
    now = timezone.now().timestamp()
    paused, lasted = now - session.get(SEEN, 0), now - session.get(STARTED, 0)
    if paused > longest_pause(user) or lasted > settings.SESSION_COOKIE_AGE:
        return False
    return bool(get_session_user(session) == user)


def _ref(key: str) -> str:
    return salted_hmac("accounts.sessions", key).hexdigest()[:16]


@transaction.atomic
def end_all(user: User, but: str = "") -> int:
    """End every session of somebody at once, on every server. Returns how many were known. The caller leaves the event.

    The number in the account is what ends them: a session holds the old one, wherever a copy of it may lie. Their rows
    go as well.

    Args:
        user: whose sessions.
        but: key of one whose row stays; it only lives on if its hash is renewed, see others_end.
    """
    User.objects.filter(pk=user.pk).update(session_number=F("session_number") + 1)
    user.refresh_from_db(fields=["session_number"])
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for row in rows:
        row.end()
    return len(rows)


@transaction.atomic
def sessions_end(*, user: User, by: User, but: str = "") -> int:
    """End every session of somebody, with its event: see end_all. `by`: who ends them, perhaps the same person."""
    count = end_all(user, but)
    account_event(Action.SESSIONS_ENDED, user, by=by, details={"sessions": count})
    return count


@transaction.atomic
def others_end(request: HttpRequest, *, by: User) -> None:
    """End all sessions of somebody but the one of this request, which gets a new key."""
    old = request.session.session_key or ""
    sessions_end(user=by, by=by, but=old)
    update_session_auth_hash(request, by)
    session_moved(request, old)


@transaction.atomic
def session_end(*, by: User, ref: str, current: str) -> bool:
    """End one session of one's own. False when it had ended already; the current one is for logging out."""
    for row in UserSession.objects.filter(user=by).exclude(session_key=current):
        if _ref(row.session_key) == ref:
            row.end()
            account_event(Action.SESSIONS_ENDED, by, details={"sessions": 1})
            return True
    return False


def session_lock(request: HttpRequest) -> None:
    """End a session after too long a pause. Of requests at the same moment one leaves the event."""
    user, key = request.user, request.session.session_key
    with transaction.atomic():
        claimed = store().model.objects.filter(session_key=key).delete()[0]  # type: ignore[attr-defined]
        UserSession.objects.filter(session_key=key).delete()
        if claimed and isinstance(user, User):
            account_event(Action.SESSION_LOCKED, user)
    request.session.flush()


def session_seen(request: HttpRequest) -> None:
    """Write down that a session is in use."""
    key = request.session.session_key
    if not UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now()):
        UserSession.objects.create_from_request(request)


def session_moved(request: HttpRequest, old: str) -> None:
    """Follow a session that got another key."""
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def session_renew(request: HttpRequest) -> None:
    """Give the session a new key, once somebody showed again who they are."""
    old = request.session.session_key or ""
    request.session.cycle_key()
    session_moved(request, old)


def sessions_clear() -> int:
    """Remove what has ended: rows without a session. Returns how many."""
    gone = [row.pk for row in UserSession.objects.iterator() if not row.exists()]
    return int(UserSession.objects.filter(pk__in=gone).delete()[0])
