"""When a story or a broken glass that was opened for an hour is open."""

from datetime import datetime

from django.db.models import Q


def running(now: datetime) -> Q:
    """Open at this moment. One that begins later comes from a clock that stood ahead: it opens nothing until then."""
    return Q(opened_at__lte=now, until__gt=now)
