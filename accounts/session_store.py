"""Where sessions are: in the database, found at every click with whose it is, in one prepared statement.

Django's `cached_db` keeps a second copy in the cache, which here is the same database: twice the writing, a second copy
of what has ended, and reading one costs three times as much.
"""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet, Subquery
from django.utils import timezone

from accounts.grants import people_and_roles, with_grants
from accounts.marks import Given
from accounts.models import User
from accounts.together import Together

_KEY: Any = Given("key", CharField())
_NOW: Any = Given("now", DateTimeField())


class SessionStore(db.SessionStore):
    """Django's own, but for how a session is found.

    person: whose it is by the list of sessions. Only a hint: who it is stands in the session, see accounts.backend.
    """

    person: User | None = None

    def _get_session_from_db(self) -> Session | None:
        """The session of this key; None when it ended or never was, and then another key is made."""
        now = timezone.now()
        found = _HELD.rows(key=self.session_key, now=now, day=timezone.localdate(now))
        self.person = with_grants(found["people"])
        session: Session | None = next(iter(found["sessions"]), None)
        if session is None:
            self._session_key = None
        return session


def _sessions() -> QuerySet[Session]:
    return Session.objects.filter(session_key=_KEY, expire_date__gt=_NOW).order_by()


def _people() -> QuerySet[User]:
    return people_and_roles(Subquery(UserSession.objects.filter(session_key=_KEY).values("user")[:1]))


_HELD = Together(sessions=_sessions, people=_people)
