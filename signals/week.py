"""Until when "this week" lasts, by the calendars of the schools that somebody handles."""

from datetime import date, datetime, time, timedelta

from django.db.models import DateField
from django.utils import timezone

from accounts.hours import read_hours
from accounts.prepared import Given, Prepared, keys
from escalation.school_holidays import school_holidays
from escalation.schooldays import Calendar, Period
from signals.scope import Scope
from signals.selectors import school_days_near

DAY = timedelta(days=1)
NEAR = 120 * DAY  # closed for longer than a summer: not a week to look at

_SINCE, _UNTIL = Given("since", DateField()), Given("until", DateField())
_NEAR = Prepared(lambda count: school_days_near(keys(0, count), _SINCE, _UNTIL))


def due_before(scope: Scope, now: datetime) -> datetime:
    """The Monday after the week in which one of the schools is open again, today included.

    In a weekend that is the week to come, in a holiday the first week after it. Who handles the cases of a board, or
    single ones, works by the ordinary week, as does a school that did not say when it is open.
    """
    today, tz = timezone.localdate(now), timezone.get_default_timezone()
    calendars = _calendars(scope, today) or [Calendar(tz)]
    first = min(_first_day(calendar, today) for calendar in calendars)
    return datetime.combine(first + (7 - first.weekday()) * DAY, time.min, tz)


def _first_day(calendar: Calendar, today: date) -> date:
    return today if calendar.is_school_day(today) else next(calendar.school_days_after(today))


def _calendars(scope: Scope, today: date) -> list[Calendar]:
    """The calendars of the schools; one statement however many, none for who has none."""
    if not scope.schools:
        return []
    rows = _NEAR.rows(sorted(scope.schools), since=today, until=today + NEAR)
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
