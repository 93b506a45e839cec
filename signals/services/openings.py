"""The end of what was opened for an hour."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from signals.models import Case

AT_ONCE = timedelta(microseconds=1)  # an opening that ended before it began can't be kept


def openings_end(case: Case) -> None:
    """Who opened the story or broke the glass did so for what was there then: that is over, also what begins later."""
    now = timezone.now()
    for openings in (case.break_glasses, case.story_openings):
        openings.filter(until__gt=now, opened_at__lt=now).update(until=now)
        openings.filter(opened_at__gte=now).update(until=F("opened_at") + AT_ONCE)
