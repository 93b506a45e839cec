"""A moment for somebody's own calendar: the number of the case and a link. No names, no place, no concern."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

MAKER = "-//Schoolsafety//NL"
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def calendar_file(
    kind: str,
    reference: str,
    case: str,
    start: date | datetime,
    *,
    lasts: timedelta = QUARTER,
    changes: int = 0,
    cancelled: bool = False,
) -> bytes:
    """One event. The same thing always has the same UID, so that a newer file replaces an older one.

    Args:
        kind, reference: what it is about: a task, a meeting or a step.
        case: the number of the case.
        start: a day, or a moment; moments are written in UTC, so no calendar can take them for another time zone.
        changes: how often it changed.
    """
    link = settings.SITE_URL + reverse("signals:case", args=[case])
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    event = Event()
    event.add("uid", f"{kind}-{reference}@{host}")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("sequence", changes)
    if isinstance(start, datetime):
        event.add("dtstart", start.astimezone(UTC))
        event.add("dtend", (start + lasts).astimezone(UTC))
    else:
        event.add("dtstart", start)
        event.add("dtend", start + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("summary", _("Schoolsafety: case %(reference)s") % {"reference": case})
    event.add("description", link)
    event.add("url", link)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    found = Calendar()
    found.add("prodid", MAKER)
    found.add("version", "2.0")
    found.add("method", "CANCEL" if cancelled else "PUBLISH")
    found.add_component(event)
    return bytes(found.to_ical())
