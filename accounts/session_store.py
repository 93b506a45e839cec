"""Where sessions are: in the database, found with one prepared statement at every click.

Django's `cached_db` keeps a second copy in the cache, which here is the same database: twice the writing, a second copy
of what has ended, and reading one costs three times as much.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from accounts.marks import Given
from accounts.prepared import Prepared

_KEY: Any = Given("key", CharField())
_NOW: Any = Given("now", DateTimeField())
_HELD = Prepared(lambda: Session.objects.filter(session_key=_KEY, expire_date__gt=_NOW).order_by())


class SessionStore(db.SessionStore):
    """Django's own, but for how a session is found."""

    def _get_session_from_db(self) -> Session | None:
        """The session of this key; None when it ended or never was, and then another key is made."""
        found: Session | None = next(iter(_HELD.objects(key=self.session_key, now=timezone.now())), None)
        if found is None:
            self._session_key = None
        return found
