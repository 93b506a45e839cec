"""By when a step must be taken. Pure: the moment of entering goes in, the due moment comes out."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

import holidays

WITHIN_THE_HOUR: Final = timedelta(hours=1)
END_OF_DAY: Final = time(23, 59)
END_OF_WORKING_DAY: Final = time(17, 0)
# "Five working days" follows the inspectorate's term for absence. Ten for `planned` is our own proposal: a
# step without a term of its own must still come back to somebody's desk.
WORKING_DAYS: Final = {"five_working_days": 5, "planned": 10}
_HOLIDAYS: Final = holidays.country_holidays("NL")


def due_at(urgency: str, entered_at: datetime, tz: tzinfo) -> datetime:
    """Return the moment by which a step is due, in the school's time zone.

    Arguments: an urgency code; the moment the concern was entered, with a time zone; the school's time zone.
    `now` is due within the hour: the call comes at once, an hour is left to record it (our proposal);
    `same_day` at 23:59, `five_working_days` at 17:00 on the fifth working day after
    that day, `planned` at 17:00 on the tenth. Weekends and Dutch public holidays are no working days.
    Errors: `ValueError` for an unknown urgency or a moment without a time zone.
    """
    if entered_at.tzinfo is None:
        raise ValueError("entered_at needs a time zone")
    local = entered_at.astimezone(tz)
    if urgency == "now":
        return local + WITHIN_THE_HOUR
    if urgency == "same_day":
        return datetime.combine(local.date(), END_OF_DAY, tz)
    if urgency not in WORKING_DAYS:
        raise ValueError(f"unknown urgency: {urgency}")
    return datetime.combine(working_day(local.date(), WORKING_DAYS[urgency]), END_OF_WORKING_DAY, tz)


def working_day(day: date, count: int) -> date:
    """The day that is so many working days later."""
    left = count
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _HOLIDAYS:
            left -= 1
    return day
