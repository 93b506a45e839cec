"""Days of tasks against the school's calendar. Pure: no Django, no database, no clock."""

from datetime import date, timedelta

from escalation.schooldays import Calendar

BEFORE, SAME = "before", "same"
LOOK_BACK = 60  # days; a longer holiday has no school day before it that is worth waiting for


def remind_day(remind: str, due_on: date, today: date, calendar: Calendar) -> date | None:
    """The day of the mail: the school day before, or the day itself; never before today. None: no mail."""
    if remind == SAME:
        return due_on
    if remind != BEFORE:
        return None
    before = (due_on - timedelta(days=count) for count in range(1, LOOK_BACK))
    day = next((day for day in before if calendar.is_school_day(day)), due_on)
    return max(day, min(today, due_on))


def next_school_day(day: date, calendar: Calendar) -> date:
    """The first school day after a day."""
    return next(calendar.school_days_after(day))
