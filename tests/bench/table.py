"""The lines of the result, and the table that shows them."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One measured number. most, least: the limits, where there is one."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def ok(self) -> bool:
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def text(self) -> str:
        digits = {"x": 2, "ms": 2}.get(self.unit, 0)
        unit = "" if self.unit == "x" else f" {self.unit}"
        return f"{self.value:,.{digits}f}{unit}" + ("" if self.ok else " TOO SLOW")

    @property
    def limit(self) -> str:
        if self.most is not None:
            return f"at most {self.most:g}"
        return f"at least {self.least:,g}" if self.least is not None else ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def table(found: dict[str, list[Line]]) -> str:
    """A Markdown table: a row for each name, a column for each database."""
    rows: dict[str, dict[str, Line]] = {}
    for database, lines in found.items():
        for line in lines:
            rows.setdefault(line.name, {})[database] = line
    head = ["", *found, "limit"]
    cells = [
        [
            name,
            *(row[base].text if base in row else "" for base in found),
            next(filter(None, map(_limit, row.values())), ""),
        ]
        for name, row in rows.items()
    ]
    widths = [max(len(line[place]) for line in [head, *cells]) for place in range(len(head))]
    ruled = [head, ["-" * width for width in widths], *cells]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in ruled)


def _limit(line: Line) -> str:
    return line.limit
