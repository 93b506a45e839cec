"""Until when "this week" lasts, by the calendars of the schools that somebody handles."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.hours import read_hours
from escalation.school_holidays import school_holidays
from escalation.schooldays import Calendar, Period

DAY = timedelta(days=1)
NEAR = 120 * DAY  # closed for longer than a summer: not a week to look at


def due_before(days: Iterable[tuple[Any, ...]], now: datetime) -> datetime:
    """The Monday after the week in which one of the schools is open again, today included.

    In a weekend that is the week to come, in a holiday the first week after it. Who handles the cases of a board, or
    single ones, works by the ordinary week, as does a school that did not say when it is open.

    Args:
        days: of those schools, see selectors.school_days_near; as far as NEAR ahead.
    """
    today, tz = timezone.localdate(now), timezone.get_default_timezone()
    calendars = _calendars(list(days)) or [Calendar(tz)]
    first = min(_first_day(calendar, today) for calendar in calendars)
    return datetime.combine(first + (7 - first.weekday()) * DAY, time.min, tz)


def _first_day(calendar: Calendar, today: date) -> date:
    return today if calendar.is_school_day(today) else next(calendar.school_days_after(today))


def _calendars(rows: list[tuple[Any, ...]]) -> list[Calendar]:
    tz, holidays = timezone.get_default_timezone(), school_holidays().by_region
    hours = {key: (region, said) for key, region, said, _starts, _ends in rows}
    closed: dict[int, list[Period]] = {key: [] for key in hours}
    for key, _region, _said, starts, ends in rows:
        if starts:
            closed[key].append(Period(starts, ends, "own", ""))
    return [
        Calendar(tz, read, (*holidays.get(region, ()), *closed[key])) if (read := read_hours(said)) else Calendar(tz)
        for key, (region, said) in hours.items()
    ]
