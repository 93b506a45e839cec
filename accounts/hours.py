"""Opening hours of a week. Pure: what is stored goes in, a value that can be asked comes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

WEEKDAYS = range(7)  # Monday is 0
Span = tuple[time, time]


@dataclass(frozen=True)
class Hours:
    """For each weekday from when until when; a day that is not in it is closed."""

    days: Mapping[int, Span]

    def on(self, weekday: int) -> Span | None:
        return self.days.get(weekday)

    def hold_at(self, moment: datetime) -> bool:
        """Whether it is open at this local moment, public holidays left aside."""
        span = self.on(moment.weekday())
        return span is not None and span[0] <= moment.time() <= span[1]

    def stored(self) -> dict[str, list[str]]:
        """As it stands in the database: {"0": ["08:00", "17:00"], …}."""
        return {str(day): [f"{part:%H:%M}" for part in span] for day, span in sorted(self.days.items())}


def read_hours(stored: object) -> Hours | None:
    """Read what `stored()` wrote; nothing filled in gives None.

    Raises:
        ValueError: another shape, an unknown day or time, or an end that is not after the start.
    """
    if not stored:
        return None
    if not isinstance(stored, dict):
        raise ValueError("opening hours are a day with two times each")
    return Hours({_weekday(key): _span(value) for key, value in stored.items()})


def _weekday(key: object) -> int:
    if str(key) not in {str(day) for day in WEEKDAYS}:
        raise ValueError(f"unknown weekday: {key}")
    return int(str(key))


def _span(value: object) -> Span:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"expected two times, not {value}")
    start, end = (time.fromisoformat(str(part)) for part in value)
    if start >= end:
        raise ValueError(f"{start:%H:%M} is not before {end:%H:%M}")
    return start, end
