"""When a school is open. Pure: everything it needs is in the `Calendar` that it is asked of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

import holidays

from accounts.hours import Hours

CLOSES: Final = time(17, 0)  # where no hours are filled in
DAY: Final = timedelta(days=1)
LOOK_AHEAD: Final = 400  # days; further than this nothing opens again
_PUBLIC: Final = holidays.country_holidays("NL")


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a school is closed, both included.

    kind: fixed or advised (a school holiday), or own (entered by the school). name: the code of the school holiday, or
    what the school called it.
    """

    starts_on: date
    ends_on: date
    kind: str
    name: str

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Calendar:
    """The time zone of a school, its opening hours, and when it is closed beside public holidays.

    Without hours nobody has said when the school is open: Monday to Friday count as school days until 17:00.
    """

    tz: tzinfo
    hours: Hours | None = None
    closed: tuple[Period, ...] = ()

    def is_school_day(self, day: date) -> bool:
        open_that_day = self.hours.on(day.weekday()) is not None if self.hours else day.weekday() < 5
        return open_that_day and not is_public_holiday(day) and not any(row.holds_on(day) for row in self.closed)

    def opens(self, day: date) -> datetime:
        span = self.hours.on(day.weekday()) if self.hours else None
        return datetime.combine(day, span[0] if span else time(8, 0), self.tz)

    def closes(self, day: date) -> datetime:
        span = self.hours.on(day.weekday()) if self.hours else None
        return datetime.combine(day, span[1] if span else CLOSES, self.tz)

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is at school at this moment. Nobody said when that is: then it is taken to be open."""
        if self.hours is None:
            return True
        local = moment.astimezone(self.tz)
        return self.is_school_day(local.date()) and self.hours.hold_at(local)

    def school_days_after(self, day: date) -> Iterator[date]:
        """The school days that follow. Working days, when the school is closed for longer than a year."""
        found = False
        for ahead in range(1, LOOK_AHEAD):
            if self.is_school_day(day + ahead * DAY):
                found = True
                yield day + ahead * DAY
        yield from () if found else working_days_after(day)


@lru_cache(maxsize=1024)
def is_public_holiday(day: date) -> bool:
    return day in _PUBLIC


def working_days_after(day: date) -> Iterator[date]:
    """Monday to Friday, public holidays left out: when the world outside the school works."""
    while True:
        day += DAY
        if day.weekday() < 5 and not is_public_holiday(day):
            yield day


def next_opening(hours: Hours, moment: datetime) -> datetime | None:
    """When a telephone line opens, or None when it is open now. Public holidays are closed.

    Arguments: its hours; a moment in the time zone of the Netherlands.
    """
    if always(hours):
        return None
    for ahead in range(LOOK_AHEAD):
        day = moment.date() + ahead * DAY
        span = hours.on(day.weekday())
        if span is None or is_public_holiday(day):
            continue
        start, end = (datetime.combine(day, part, moment.tzinfo) for part in span)
        if moment <= end:
            return None if start <= moment else start
    return None


def always(hours: Hours) -> bool:
    """Day and night, on every day."""
    whole = (time(0, 0), time(23, 59))
    return all(hours.on(day) == whole for day in range(7))
