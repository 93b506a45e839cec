"""How long ago, in a few words."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NOON = 12
MINUTE = timedelta(minutes=1)


def span(length: timedelta, language: str | None = None) -> str:
    """A length of time in a unit that keeps the number small: minutes, hours, days, months or years.

    language: the one that is active, when at hand.
    """
    minutes = max(0, length // MINUTE)
    language = language or get_language()
    if minutes < 60:
        return _counted("minute", minutes, language)
    hours = minutes // 60
    if hours < 48:
        return _counted("hour", hours, language)
    days = hours // 24
    if days < 61:  # two months
        return _counted("day", days, language)
    months = days * 12 // 365
    if months < 24:
        return _counted("month", months, language)
    return _counted("year", months // 12, language)


@lru_cache(maxsize=512)
def _counted(unit: str, number: int, _language: str | None) -> str:
    words = {
        "minute": ngettext("%(n)d minute", "%(n)d minutes", number),
        "hour": ngettext("%(n)d hour", "%(n)d hours", number),
        "day": ngettext("%(n)d day", "%(n)d days", number),
        "month": ngettext("%(n)d month", "%(n)d months", number),
        "year": ngettext("%(n)d year", "%(n)d years", number),
    }
    return words[unit] % {"n": number} if number else _("less than a minute")


def age(since: datetime, now: datetime) -> str:
    """The age of something at a moment."""
    return span(now - since)


def by_when(urgency: str, due_at: datetime) -> str:
    """The due moment in words: at once, or a day; with the hour where it is one in the morning."""
    return Moments().by_when(urgency, due_at)


class Moments:
    """Says by when, again and again on one page: it asks place, language and year once."""

    def __init__(self) -> None:
        self.zone, self.language = timezone.get_current_timezone(), get_language()
        self.year = timezone.localdate(timezone=self.zone).year
        self.at_once, self.before = _("at once"), _("%(day)s before %(time)s")

    def by_when(self, urgency: str, due_at: datetime) -> str:
        """As by_when() of this module."""
        if urgency == "now":
            return self.at_once
        local = due_at.astimezone(self.zone)
        day = _weekday(local.date(), local.year == self.year, self.language)
        if urgency == "same_day" and local.hour <= NOON:
            return self.before % {"day": day, "time": f"{local:%H:%M}"}
        return day


@lru_cache(maxsize=512)
def _weekday(day: date, this_year: bool, _language: str | None) -> str:
    return date_format(day, "l j F" if this_year else "l j F Y")


def full_day(day: date) -> str:
    """A day with its year."""
    return _full_day(day, get_language())


@lru_cache(maxsize=512)
def _full_day(day: date, _language: str | None) -> str:
    return date_format(day, "j F Y")


def full_moment(at: datetime) -> str:
    """A day with its year, and the time."""
    local = timezone.localtime(at)
    return f"{full_day(local.date())} {local:%H:%M}"


def day_words(day: date) -> str:
    """A day, with its year when that is another one than this."""
    return date_format(day, "j F" if day.year == timezone.localdate().year else "j F Y")


def moment_words(at: datetime) -> str:
    """A day and the time, with the year when that is another one than this."""
    local = timezone.localtime(at)
    return f"{day_words(local.date())} {local:%H:%M}"


def day_end(day: date) -> datetime:
    """Until when what has to be done before or on a day is in time."""
    return timezone.make_aware(datetime.combine(day, time.max))


def look_again_at(day: date) -> datetime:
    """By when somebody who decided against a step looks at it again: the end of the working day."""
    return timezone.make_aware(datetime.combine(day, time(17, 0)))
