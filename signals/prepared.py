"""Statements that the ORM writes once, and that run many times with other values.

Writing a statement costs the ORM more than most statements cost the database, so pages that are opened all day keep
theirs. A statement is written for stand-ins: numbers, moments and words that occur nowhere else. Its form (how many
schools, which filters) is the key under which it is kept; the values of each request take the place of the stand-ins.
The conditions are those of `scope` and `lists`: there is no second rule, only one that was written down earlier.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

from signals.rows import fetch

KEPT = 512  # forms; one takes about 10 kB
MOMENT, DAY = datetime(1901, 1, 1, tzinfo=UTC), date(1901, 1, 1)


def moment(number: int) -> datetime:
    """A stand-in for a moment."""
    return MOMENT.replace(microsecond=number + 1)


def day(number: int) -> date:
    """A stand-in for a day."""
    return DAY.replace(day=number + 1)


@dataclass(frozen=True)
class Statement:
    """params: with stand-ins. converters: by column, what makes a value of the database into one of Python."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]

    def run(self, values: Mapping[Any, Any]) -> list[list[Any]]:
        """The rows. `values`: what each stand-in means this time."""
        meant = {_adapted(stand_in): _adapted(value) for stand_in, value in values.items()}
        rows = [list(row) for row in fetch(self.sql, tuple(meant.get(param, param) for param in self.params))]
        for place, converters, expression in self.converters:
            known: dict[Any, Any] = {}  # the same days and moments stand in many rows
            for row in rows:
                if row[place] not in known:
                    known[row[place]] = _converted(row[place], converters, expression)
                row[place] = known[row[place]]
        return rows


def _converted(value: Any, converters: tuple[Callable[..., Any], ...], expression: Any) -> Any:
    for converter in converters:
        value = converter(value, expression, connection)
    return value


def prepared(make: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Statement]:
    """Keep the statements of a function that builds a query of values; its arguments are the form."""

    @lru_cache(maxsize=KEPT)
    def kept(*form: Hashable) -> Statement:
        compiler = make(*form).query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        found = compiler.get_converters(columns)
        converters = tuple((place, tuple(row), expression) for place, (row, expression) in found.items())
        return Statement(sql, tuple(params), converters)

    return kept


class CountOf(Subquery):
    """How many rows a query has, as a column of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _adapted(value: Any) -> Any:
    """As the database gets it: SQLite holds moments and days as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
