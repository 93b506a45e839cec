"""By when a step must be taken. Pure: moments and the school's calendar go in, the due moment comes out."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final

from escalation.schooldays import Calendar, working_days_after

WITHIN_THE_HOUR: Final = timedelta(hours=1)
END_OF_DAY: Final = time(23, 59)
# What comes in when nobody is at school is due when they have been there for two hours, and never later than noon on
# the next working day: our own proposal, see docs/protocol.md.
AFTER_OPENING: Final = timedelta(hours=2)
AT_THE_LATEST: Final = time(12, 0)
# "Five working days" follows the inspectorate's term for absence. Ten for `planned` is our own proposal: a
# step without a term of its own must still come back to somebody's desk.
SCHOOL_DAYS: Final = {"five_working_days": 5, "planned": 10}


def due_at(urgency: str, entered_at: datetime, calendar: Calendar, *, known_at: datetime | None = None) -> datetime:
    """Return the moment by which a step is due, in the school's time zone.

    Arguments: an urgency code; the moment the concern was entered; the calendar of the school; the moment the school
    knew, where that is another one. `now` counts from entering, is due within the hour and looks at no calendar: the
    call comes at once, an hour is left to record it. `planned` counts from entering too. `same_day` and
    `five_working_days` count from when the school knew; what would be too late before it was entered is due the day it
    is entered.
    Errors: `ValueError` for an unknown urgency or a moment without a time zone.
    """
    if entered_at.tzinfo is None or (known_at is not None and known_at.tzinfo is None):
        raise ValueError("a moment needs a time zone")
    entered = entered_at.astimezone(calendar.tz)
    if urgency == "now":
        return (entered.astimezone(UTC) + WITHIN_THE_HOUR).astimezone(calendar.tz)
    if urgency == "planned":
        return _closing_after(entered.date(), urgency, calendar)
    known = min(known_at.astimezone(calendar.tz), entered) if known_at else entered
    if urgency == "same_day":
        due = _same_day(known, calendar)
    elif urgency in SCHOOL_DAYS:
        due = _closing_after(known.date(), urgency, calendar)
    else:
        raise ValueError(f"unknown urgency: {urgency}")
    return due if due > entered else _same_day(entered, calendar)


def _same_day(moment: datetime, calendar: Calendar) -> datetime:
    """Today, when it came in before the school closed; else the morning of the next day on which somebody works.

    Of a school without hours nobody knows when it closes: there the last minute of the day is too late for that day.
    """
    day = moment.date()
    end = datetime.combine(day, END_OF_DAY, calendar.tz)
    if moment < end and (calendar.hours is None or (calendar.is_school_day(day) and moment <= calendar.closes(day))):
        return end
    at_school = calendar.opens(next(calendar.school_days_after(day))) + AFTER_OPENING
    at_the_latest = datetime.combine(next(working_days_after(day)), AT_THE_LATEST, calendar.tz)
    return min(at_school, at_the_latest)


def _closing_after(day: date, urgency: str, calendar: Calendar) -> datetime:
    """When the school closes on the fifth or tenth school day after a day."""
    *_before, last = islice(calendar.school_days_after(day), SCHOOL_DAYS[urgency])
    return calendar.closes(last)
