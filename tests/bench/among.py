"""The pages of the product against bare ones in a large database: 100,000 cases on SQLite, 1,000,000 on PostgreSQL."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.scale.side import side
from tests.bench.table import Line

SHAPES: dict[str, tuple[str, dict[str, Any]]] = {
    "SQLite": ("100,000", {"schools": 800}),
    "PostgreSQL": ("1,000,000", {"checked": False}),
}


def measure(base: str, url: str, folder: Path) -> list[Line]:
    """Fill an empty database and measure in it.

    Args:
        base: the kind of database.
        url: its address; empty for a new file of SQLite.
    """
    cases, shape = SHAPES[base]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as own, side(url, Path(own), shape) as one:
        one.build()
        print(f"  ({cases} cases are there)", file=sys.stderr, flush=True)
        return [Line(**line) for line in one.ratios(cases)]
