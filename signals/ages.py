"""How long ago, in a few words."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NOON = 12


def span(length: timedelta) -> str:
    """A length of time in a unit that keeps the number small: minutes, hours, days, months or years."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = hours // 24
    if days < 61:  # two months
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    months = days * 12 // 365
    if months < 24:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    return ngettext("%(n)d year", "%(n)d years", months // 12) % {"n": months // 12}


def age(since: datetime, now: datetime) -> str:
    """The age of something at a moment."""
    return span(now - since)


def by_when(urgency: str, due_at: datetime) -> str:
    """The due moment in words: at once, or a day; with the hour where it is one in the morning."""
    if urgency == "now":
        return _("at once")
    local = timezone.localtime(due_at)
    day = _weekday(local.date(), local.year == timezone.localdate().year, get_language())
    if urgency == "same_day" and local.hour <= NOON:
        return _("%(day)s before %(time)s") % {"day": day, "time": date_format(local, "H:i")}
    return day


@lru_cache(maxsize=512)
def _weekday(day: date, this_year: bool, _language: str | None) -> str:
    return date_format(day, "l j F" if this_year else "l j F Y")


def day_words(day: date) -> str:
    """A day, with its year when that is another one than this."""
    return date_format(day, "j F" if day.year == timezone.localdate().year else "j F Y")


def moment_words(at: datetime) -> str:
    """A day and the time, with the year when that is another one than this."""
    local = timezone.localtime(at)
    return f"{day_words(local.date())} {date_format(local, 'H:i')}"


def look_again_at(day: date) -> datetime:
    """By when somebody who decided against a step looks at it again: the end of the working day."""
    return timezone.make_aware(datetime.combine(day, time(17, 0)))
