"""What background work there is. Each package says so when it starts; nothing here touches the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

SCHEDULE, SEAL = "schedule", "seal"  # who may only run where the log is sealed says SEAL
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))


@dataclass(frozen=True)
class JobKind:
    """Work that is queued. label: what an administrator reads; run: gets the ids; longest: after that it counts as
    dead; tries: how often before it is given up."""

    label: Any
    run: Callable[..., object]
    longest: timedelta
    tries: int


@dataclass(frozen=True)
class Timer:
    """A job that is queued by itself, at one moment of some days of the week."""

    job: str
    at: time
    days: frozenset[int]
    part: str

    def slot(self, now: datetime) -> str:
        """The last moment at which it was due, by day; a worker that was away makes up for the last one only."""
        here = timezone.localtime(now)
        day = here.date() if here.time() >= self.at else here.date() - timedelta(days=1)
        while day.weekday() not in self.days:
            day -= timedelta(days=1)
        return day.isoformat()


@dataclass(frozen=True)
class Loop:
    """Work that goes on all day: `run` does a round, and any number of workers may do one at the same time."""

    label: Any
    run: Callable[[], object]
    seconds: float


KINDS: dict[str, JobKind] = {}
TIMERS: dict[str, Timer] = {}
LOOPS: dict[str, Loop] = {}


def job(
    name: str,
    label: Any,
    run: Callable[..., object],
    *,
    longest: timedelta = timedelta(minutes=10),
    tries: int = 6,
) -> None:
    """Say what `enqueue(name, …)` does. It may run twice (a worker can die after it), so it must bear that."""
    KINDS[name] = JobKind(label, run, longest, tries)


def regularly(
    name: str,
    label: Any,
    run: Callable[[], object],
    *,
    at: time,
    days: frozenset[int] = EVERY_DAY,
    part: str = SCHEDULE,
    **limits: Any,
) -> None:
    """The same, queued by itself at `at` on these days of the week (Monday is 0)."""
    job(name, label, run, **limits)
    TIMERS[name] = Timer(name, at, days, part)


def loop(name: str, label: Any, run: Callable[[], object], *, seconds: float) -> None:
    """Say what the worker does again and again, in a thread of its own."""
    LOOPS[name] = Loop(label, run, seconds)
