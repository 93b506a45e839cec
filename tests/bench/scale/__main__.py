"""`python -m tests.bench.scale [postgres] [sqlite]`: a million cases on PostgreSQL, a hundred thousand on SQLite.

Prints what each page costs in the large database over what it costs in the small one, and ends with 1 when a list
misses its limit, shows something else than in the small one, or reads through a whole table.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.__main__ import ROOT, postgres
from tests.bench.scale.side import Side, side
from tests.bench.table import Line, table

LIMIT = 1.3
ROUNDS, COUNT, WARM = 15, 3, 4
SMALL: dict[str, Any] = {"cut": 1000}
LARGE: dict[str, dict[str, Any]] = {"postgres": {"checked": False}, "sqlite": {"schools": 800}}
Costs = list[tuple[float, float]]


def measure(small: Side, large: Side) -> tuple[dict[str, list[Line]], list[str]]:
    """The columns of the table, and what is wrong."""
    names: dict[str, bool] = large.names()
    wrong = [
        f"{name}: shows something else."
        for name, limited in names.items()
        if limited and small.shown(name) != large.shown(name)
    ]
    wrong += [f"{name}: {part}" for name, limited in names.items() if limited for part in large.slow_parts(name)]
    sides, order = {"small": small, "large": large}, random.Random(1)
    for name in names:
        for one in sides.values():
            one.cost(name, WARM)
    found: dict[str, dict[str, Costs]] = {name: {"small": [], "large": []} for name in names}
    for _ in range(ROUNDS):
        for name in order.sample(list(names), len(names)):
            for key in order.sample(list(sides), 2):
                found[name][key].append(sides[key].cost(name, COUNT))
    columns: dict[str, list[Line]] = {}
    for name, costs in found.items():
        for column, line in _lines(name, costs["small"], costs["large"], LIMIT if names[name] else None):
            columns.setdefault(column, []).append(line)
    return columns, wrong


def _lines(name: str, small: Costs, large: Costs, limit: float | None) -> Iterator[tuple[str, Line]]:
    for column, cost in (("program", _program), ("database", _database), ("both", sum)):
        if any(cost(one) == 0 for one in small):
            continue  # SQLite works inside the program
        ratio = statistics.median(cost(b) / cost(a) for a, b in zip(small, large, strict=True))
        yield column, Line(name, ratio, "x", most=limit if column == "both" else None)
    for column, costs in (("small", small), ("large", large)):
        yield column, Line(name, statistics.median(map(sum, costs)) * 1000, "ms")


def _program(cost: tuple[float, float]) -> float:
    return cost[0]


def _database(cost: tuple[float, float]) -> float:
    return cost[1]


@contextmanager
def _sides(kind: str) -> Iterator[tuple[Side, Side] | None]:
    """Two empty databases of a kind; None where there is no server."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        if kind == "sqlite":
            with side("", Path(folder), SMALL) as small, side("", Path(folder), LARGE[kind]) as large:
                yield small, large
            return
        with postgres("small") as first, postgres("large") as second:
            if not first or not second:
                yield None
                return
            with side(first, Path(folder), SMALL) as small, side(second, Path(folder), LARGE[kind]) as large:
                yield small, large


def main(kinds: list[str]) -> int:
    """Print the tables; 1 when something is wrong."""
    wrong: list[str] = []
    for kind in kinds or list(LARGE):
        with _sides(kind) as sides:
            if sides is None:
                continue
            print(kind, file=sys.stderr)
            for name, one in zip(("small", "large"), sides, strict=True):
                print(f"{name}: " + ", ".join(f"{rows:,} {model}" for model, rows in one.build().items()), flush=True)
            if not all(one.sees_all() for one in sides):
                print("The database is on another machine: its CPU is not counted.", file=sys.stderr)
            columns, found = measure(*sides)
            print(table(columns), flush=True)
            wrong += [f"{kind}, {line}" for line in found]
            wrong += [f"{kind}, {line.name}: {line.text}, {line.limit}" for line in columns["both"] if not line.ok]
    print("\n".join(wrong) or "All within their limits.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
