"""When a mail may leave: how often somebody wants mail, and at which hours not. Rules only, no database.

- Mail about one's own account, and about a step that must be done now, leaves at once, at any hour.
- What is about something due today, or overdue, is kept for no digest; only for the end of quiet hours, and not even
  for that when it would then be too late.
- Everything else waits for the digest, if one wants one, and then for the end of quiet hours.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

AT_ONCE, DAILY, WEEKLY = "at_once", "daily", "weekly"
DIGEST = time(8, 0)
DIGEST_DAY = 0  # Monday
SATURDAY = 5
ROUNDS = 4  # the weekend may end in quiet hours, and quiet hours in the weekend


@dataclass(frozen=True)
class Wish:
    """How somebody wants mail. quiet: from and until, which may lie on the next day; weekend: nothing on Saturday and
    Sunday."""

    rhythm: str = AT_ONCE
    quiet: tuple[time, time] | None = None
    weekend: bool = False


@dataclass(frozen=True)
class Weight:
    """How urgent a mail is: `now` at any hour; `today`: no digest; `due`: when something must have been done."""

    now: bool = False
    today: bool = False
    due: datetime | None = None


LIGHT = Weight()


def leaves_at(wish: Wish, weight: Weight, written: datetime, now: datetime) -> datetime:
    """The moment from which a mail may leave. All moments are in the school's own time zone."""
    if weight.now:
        return written
    soon = weight.today or (weight.due is not None and weight.due.date() <= now.date())
    start = written if soon or wish.rhythm == AT_ONCE else _digest(wish, written)
    found = after_quiet(wish, start)
    if weight.due is None or not written < weight.due < found:
        return found
    # Nobody is helped by a mail about something that was due last night: no digest, and in need not even the night.
    morning = after_quiet(wish, written)
    return morning if morning <= weight.due else written


def _digest(wish: Wish, written: datetime) -> datetime:
    """The next moment of the digest: a quiet weekend has none."""
    at = datetime.combine(written.date(), DIGEST, written.tzinfo)
    while (
        at <= written
        or (wish.rhythm == WEEKLY and at.weekday() != DIGEST_DAY)
        or (wish.weekend and at.weekday() >= SATURDAY)
    ):
        at = datetime.combine(at.date() + timedelta(days=1), DIGEST, written.tzinfo)
    return at


def after_quiet(wish: Wish, at: datetime) -> datetime:
    """The first moment from `at` that is not quiet."""
    for _round in range(ROUNDS):
        later = _one_quiet(wish, at)
        if later == at:
            break
        at = later
    return at


def _one_quiet(wish: Wish, at: datetime) -> datetime:
    if wish.weekend and at.weekday() >= SATURDAY:
        monday = at.date() + timedelta(days=7 - at.weekday())
        return datetime.combine(monday, time(0), at.tzinfo)
    if wish.quiet is None:
        return at
    start, end = wish.quiet
    clock, day = at.time(), at.date()
    if start < end:
        return datetime.combine(day, end, at.tzinfo) if start <= clock < end else at
    if clock >= start:
        return datetime.combine(day + timedelta(days=1), end, at.tzinfo)
    return datetime.combine(day, end, at.tzinfo) if clock < end else at
