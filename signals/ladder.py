"""When what nobody acts on moves up, and how far. Pure: no Django, no database, no clock.

The terms are our proposal; docs/protocol.md tells them in words.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

from escalation.deadlines import END_OF_DAY
from escalation.schooldays import Calendar, working_days_after

FIRST, DEPUTY, PRINCIPAL, BOARD = 0, 1, 2, 3  # FIRST: who has it from the start
MINUTES = {"now": (15, 30, 60)}  # after the start, also at night: a child may be in danger
MORNING, AFTERNOON = time(8, 30), time(13, 0)  # for same_day, on the next working day
DAYS_LATER = {"five_working_days": (1, 2), "planned": (1, 2)}  # school days after the due moment, at closing time
UNSEEN_DAYS = 2  # school days in which a report is opened, however far its first step lies


def start_of(urgency: str, *, entered_at: datetime, due_at: datetime, unseen: bool, calendar: Calendar) -> datetime:
    """The moment from which the terms count.

    The due moment; but a report `now` that nobody has opened can't wait for the hour that is left to record a call, and
    no report stays unopened for weeks because its first step may take that long.
    """
    if not unseen:
        return due_at
    if urgency == "now":
        return entered_at
    return min(due_at, _closing_after(entered_at.astimezone(calendar.tz).date(), UNSEEN_DAYS, calendar))


def starts_again(urgency: str, start: datetime, acted_at: datetime | None, calendar: Calendar) -> datetime:
    """The start after somebody acted without finishing it. What was in time changes nothing; late, it gives a short
    new term: `now` counts from that moment, `same_day` from the end of that day, the others from the next school day.
    """
    if acted_at is None or acted_at <= start:
        return start
    if urgency in MINUTES:
        return acted_at
    day = acted_at.astimezone(calendar.tz).date()
    if urgency == "same_day":
        return datetime.combine(day, END_OF_DAY, calendar.tz)
    return _closing_after(day, 1, calendar)


def moments(urgency: str, start: datetime, calendar: Calendar) -> tuple[datetime, datetime, datetime]:
    """When it reaches the deputy, the principal and the board.

    `same_day` goes on in a school holiday, as its own due moment does: somebody outside waits for it.

    Errors: `KeyError` for an unknown urgency.
    """
    if urgency in MINUTES:
        first, second, third = (start + timedelta(minutes=count) for count in MINUTES[urgency])
        return first, second, third
    day, tz = start.astimezone(calendar.tz).date(), calendar.tz
    if urgency == "same_day":
        following = next(working_days_after(day))
        return start, datetime.combine(following, MORNING, tz), datetime.combine(following, AFTERNOON, tz)
    second, third = (_closing_after(day, count, calendar) for count in DAYS_LATER[urgency])
    return start, second, third


def level_at(reached: Sequence[datetime], now: datetime) -> int:
    """How far up it should be at a moment."""
    return sum(at <= now for at in reached)


def target(wanted: int, current: int, filled: Sequence[bool]) -> int:
    """The level it goes to: the wanted one, or where nobody is there the next above with somebody.

    Args:
        wanted: by the clock.
        current: where it is; it never goes down.
        filled: of each level whether somebody is there; of FIRST it does not count.
    """
    able = [level for level in (DEPUTY, PRINCIPAL, BOARD) if level >= wanted and filled[level]]
    below = [level for level in (DEPUTY, PRINCIPAL, BOARD) if level < wanted and filled[level]]
    found = able[0] if able else (below[-1] if below else FIRST)
    return max(found, current) if wanted else current


def next_moment(reached: Sequence[datetime], now: datetime, current: int) -> datetime | None:
    """When to look again: the next term that leads further up; None when there is none."""
    return next((at for level, at in enumerate(reached, 1) if at > now and level > current), None)


def _closing_after(day: date, count: int, calendar: Calendar) -> datetime:
    *_before, last = islice(calendar.school_days_after(day), count)
    return calendar.closes(last)
