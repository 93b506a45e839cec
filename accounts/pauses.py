"""How long somebody may do nothing before their session ends: shorter for who reads cases of others."""

import time
from math import floor

from django.conf import settings
from django.http import HttpRequest

from accounts.grants import grants_of
from accounts.models import User
from accounts.roles import Permission

SEEN, STARTED = "seen", "started"  # what a session remembers: whole seconds since 1970
AHEAD = 300  # a session further in the future was begun with a clock that stood wrong, and would last until then
READS_OTHERS = (
    Permission.CASE_HANDLE,
    Permission.CASE_FOLLOW,
    Permission.WALLED_HANDLE,
    Permission.TRAIL_BOARD,
    Permission.TRAIL_ACCOUNTS,
)


def longest_pause(user: User) -> int:
    """Seconds that somebody may do nothing."""
    reads = grants_of(user).allows(*READS_OTHERS)
    seconds: int = settings.IDLE_SECONDS_CASES if reads else settings.IDLE_SECONDS
    return seconds


def begin(request: HttpRequest) -> None:
    """Start the clocks of a session, at the log-in."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())


def seconds_left(request: HttpRequest, *, exact: bool = False) -> tuple[int, int]:
    """Seconds until the pause is too long, and until the session ends whatever one does. Zero or less is over.

    Args:
        exact: also look up the limit of this person when no limit is near. Otherwise the roles are not asked for.
    """
    seen, started = request.session.get(SEEN), request.session.get(STARTED)
    if not isinstance(seen, int) or not isinstance(started, int):
        return -1, -1  # not of this version: to log in once more is safe
    now = time.time()
    if max(seen, started) > now + AHEAD:
        return -1, -1
    pause = seen + _pause(request, now - seen, exact) - now
    return floor(pause), floor(started + settings.SESSION_COOKIE_AGE - now)


def _pause(request: HttpRequest, away: float, exact: bool) -> int:
    shorter, longer = sorted((settings.IDLE_SECONDS_CASES, settings.IDLE_SECONDS))
    if away > longer:
        return int(longer)
    if away < shorter and not exact:
        return int(shorter)
    return longest_pause(request.user) if isinstance(request.user, User) else int(shorter)
