"""The third small report in six weeks about the same pupil: when each by itself asks for nothing, together they may.

Our proposal, not a rule of the government or of a guideline. Pure: no Django, no database, no clock. It says that there
are three, with their days and numbers; it gives no score, and it decides nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SIX_WEEKS = timedelta(days=42)
THIRD = 3


@dataclass(frozen=True)
class Small:
    """A report about a pupil that asked for no must but to be taken up: its number, its case, and when it was known."""

    number: int
    reference: str
    case: str
    day: date


def thirds(reports: Iterable[Small]) -> list[tuple[Small, ...]]:
    """Each time that there were three within six weeks, oldest first; who counted once does not count again.

    Args:
        reports: those about one pupil at one school that somebody may see.
    """
    rows = sorted(reports, key=lambda row: (row.day, row.number))
    found: list[tuple[Small, ...]] = []
    waiting: list[Small] = []
    for row in rows:
        waiting = [*(one for one in waiting if row.day - one.day <= SIX_WEEKS), row]
        if len(waiting) == THIRD:
            found.append(tuple(waiting))
            waiting = []
    return found


def last_with(reports: Sequence[Small], numbers: Iterable[int]) -> tuple[Small, ...]:
    """The last three of which one is among these numbers; empty when there are none."""
    wanted = set(numbers)
    with_one = [three for three in thirds(reports) if wanted & {row.number for row in three}]
    return with_one[-1] if with_one else ()


def brings_a_third(reports: Sequence[Small], number: int) -> bool:
    """True when there is one more time of three with this report than without it."""
    return len(thirds(reports)) > len(thirds(row for row in reports if row.number != number))
