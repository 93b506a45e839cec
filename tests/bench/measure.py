"""Counts CPU of this process and of the PostgreSQL backend that works for it."""

import gc
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

ROUNDS = 15


class Clock:
    """Seconds of CPU spent so far by this process and its database backend."""

    def __init__(self) -> None:
        self.backend = _local_backend()

    def now(self) -> float:
        return sum(self.parts())

    def parts(self) -> tuple[float, float]:
        """This process and the backend apart."""
        return time.process_time(), _spent(self.backend) if self.backend else 0.0

    @property
    def sees_all(self) -> bool:
        """False when a database on another machine does its part unseen."""
        return bool(self.backend) or connection.vendor != "postgresql"


def _local_backend() -> Path | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        folder = Path(f"/proc/{cursor.fetchone()[0]}")
    try:
        return folder if (folder / "comm").read_text().startswith("postgres") else None
    except OSError:
        return None


def _spent(folder: Path) -> float:
    """From schedstat, in nanoseconds; where the kernel has none, utime + stime in hundredths of a second."""
    try:
        return int((folder / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _each(count: int) -> Iterable[Any]:
    return range(count)


@dataclass
class Variant:
    """act: the thing to measure, called with each item of prepare(count); preparing is not counted."""

    act: Callable[[Any], object]
    prepare: Callable[[int], Iterable[Any]] = _each
    costs: list[float] = field(default_factory=list)

    def run(self, clock: Clock, count: int) -> None:
        items, act = list(self.prepare(count)), self.act
        gc.collect()
        gc.disable()
        start = clock.now()
        for item in items:
            act(item)
        self.costs.append((clock.now() - start) / count)
        gc.enable()

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.costs) * 1000


def compare(variants: dict[str, Variant], count: int, rounds: int = ROUNDS) -> None:
    """Measure all variants, each round in another order; the first round only warms up."""
    clock, order = Clock(), random.Random(1)
    names = list(variants)
    for number in range(rounds + 1):
        order.shuffle(names)
        for name in names:
            variants[name].run(clock, count if number else max(10, count // 5))
        if not number:
            for variant in variants.values():
                variant.costs.clear()


def ratio(part: Variant, whole: Variant) -> float:
    """The median of the ratios of all rounds."""
    return statistics.median(a / b for a, b in zip(part.costs, whole.costs, strict=True))
