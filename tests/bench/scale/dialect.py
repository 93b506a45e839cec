"""What PostgreSQL and SQLite say differently in the statements that fill a database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.references import ALPHABET

BASE = len(ALPHABET)
PLACES = 10


@dataclass(frozen=True)
class Dialect:
    """Pieces of SQL. moment: what counts as now while building, in UTC."""

    postgres: bool
    moment: datetime

    def numbers(self, count: int, name: str) -> str:
        """A table with one column of whole numbers, 1 up to and including count."""
        if self.postgres:
            return f"(SELECT generate_series(1, {count}) AS {name}) AS {name}_list"
        step = f"SELECT 1 AS {name} UNION ALL SELECT {name} + 1 FROM {name}_all WHERE {name} < {count}"
        return f"(WITH RECURSIVE {name}_all AS ({step}) SELECT {name} FROM {name}_all) AS {name}_list"

    def ago(self, hours: str) -> str:
        """A moment so many hours ago; fewer than none is a moment to come."""
        text = f"{self.moment:%Y-%m-%d %H:%M:%S}"
        if self.postgres:
            return f"(timestamptz '{text}+00' - ({hours}) * interval '1 hour')"
        return f"strftime('%Y-%m-%d %H:%M:%S', '{text}', printf('%+d hours', -({hours})))"

    def day(self, ahead: str) -> str:
        """The day so many days from now."""
        text = f"{self.moment:%Y-%m-%d}"
        return f"(date '{text}' + ({ahead}))" if self.postgres else f"date('{text}', printf('%+d days', {ahead}))"

    def uuid(self, number: str) -> str:
        if self.postgres:
            return f"CAST(lpad(to_hex({number}), 32, '0') AS uuid)"
        return f"printf('%032x', {number})"

    def bytes(self, text: str) -> str:
        return f"CAST({quoted(text)} AS {'bytea' if self.postgres else 'blob'})"


def quoted(value: Any) -> str:
    """A literal; what is no boolean and no number becomes text."""
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def code(number: str) -> str:
    """A reference of the product's shape, in the order of the numbers."""
    figures = [
        f"substr('{ALPHABET}', CAST(CAST({number} AS bigint) / {BASE**place} % {BASE} AS integer) + 1, 1)"
        for place in range(PLACES - 1, -1, -1)
    ]
    return " || ".join([*figures[:4], "'-'", *figures[4:8], "'-'", *figures[8:]])


def pick(number: str, values: list[str]) -> str:
    """One of the values, by a number below their count."""
    cases = " ".join(f"WHEN {place} THEN {quoted(value)}" for place, value in enumerate(values))
    return f"CASE {number} {cases} END"
