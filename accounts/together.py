"""Several prepared queries in one statement.

A page that shows many kinds of rows of one thing asks for each kind. The database answers such a question in no time;
what costs is asking. Here the queries are parts of one UNION ALL: a row begins with the number of its part, and each
column lies in a place of its own type, empty in the rows of the parts that have none. They are ordinary querysets with
marks, as in `accounts.prepared`, and give the same rows. The order of the whole is nobody's promise: whoever needs one
sorts, for what the queryset says of it is not kept.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.marks import one_kind
from accounts.prepared import KEPT, Prepared, ask
from accounts.statement import Statement

WIDE = {"varchar": "text", "smallint": "bigint", "integer": "bigint"}  # one place may hold either
Place = tuple[str, int]  # a type, and a number


@dataclass(frozen=True)
class _Part:
    """One query of several. pick: takes its columns from a row of the whole."""

    name: str
    statement: Statement
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]


class Together:
    """Queries with marks, asked in one statement.

    parts: by name, what gives the queryset: of objects, or of `values_list()`; from the lengths of the lists of keys,
    if there are any. A part that finds nothing whatever its values are is left out.
    """

    def __init__(self, **parts: Callable[..., QuerySet[Any, Any]]) -> None:
        self.made = {name: Prepared(make, alone=False) for name, make in parts.items()}
        self.whole = lru_cache(maxsize=KEPT)(self._whole)

    def rows(
        self, *lists: Sequence[int], form: Mapping[str, Hashable] | None = None, **given: Any
    ) -> dict[str, list[Any]]:
        """The objects or tuples of each part; as Prepared.rows(). form: what all parts are told."""
        told = tuple(form.items()) if form else ()
        sql, params, parts = self.whole(connection.vendor, tuple(map(len, lists)), told)
        found: list[list[Any]] = [[] for _part in parts]
        for row in ask(sql, params, lists, given):
            found[row[0]].append(parts[row[0]].pick(row))
        made = {part.name: part.statement.made(rows) for part, rows in zip(parts, found, strict=True)}
        return {name: made.get(name, []) for name in self.made}

    def _whole(
        self, vendor: str, lengths: tuple[int, ...], form: tuple[tuple[str, Any], ...]
    ) -> tuple[str, Sequence[Any], Sequence[_Part]]:
        every = {name: one.statement(vendor, lengths, form) for name, one in self.made.items()}
        asked = {name: one for name, one in every.items() if one.sql}
        laid = {name: _laid(one.kinds) for name, one in asked.items()}
        places = sorted({place for of_part in laid.values() for place in of_part})
        tables = [f"q{number}({_names(one.kinds)}) AS ({one.sql})" for number, one in enumerate(asked.values())]
        selects = [_select(number, of_part, places) for number, of_part in enumerate(laid.values())]
        sql = f"WITH {', '.join(tables)} {' UNION ALL '.join([_head(places), *selects])}"
        parts = [
            _Part(name, one, _picker([1 + places.index(place) for place in laid[name]])) for name, one in asked.items()
        ]
        params = [param for one in asked.values() for param in one.params]
        one_kind(params)
        return sql, params, parts


def _laid(kinds: Sequence[str | None]) -> list[Place]:
    """A place for each column. On SQLite any place holds anything."""
    used: dict[str, int] = defaultdict(int)
    found = []
    for kind in kinds:
        plain = re.sub(r"\(.*\)", "", kind or "text") if connection.vendor == "postgresql" else ""
        name = WIDE.get(plain, plain)
        found.append((name, used[name]))
        used[name] += 1
    return found


def _picker(at: Sequence[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return itemgetter(*at) if len(at) > 1 else lambda row: (row[at[0]],)


def _names(kinds: Sequence[str | None]) -> str:
    return ", ".join(f"c{number}" for number, _kind in enumerate(kinds))


def _head(places: Sequence[Place]) -> str:
    """No row, but the types of all columns. On SQLite none: those of the first part would count for all."""
    columns = [f"CAST(NULL AS {kind})" if kind else "NULL" for kind, _number in places]
    return f"SELECT 0, {', '.join(columns)} WHERE 1 = 0"  # noqa: S608 - made of types of columns


def _select(number: int, laid: Sequence[Place], places: Sequence[Place]) -> str:
    column = {place: f"c{at}" for at, place in enumerate(laid)}
    return f"SELECT {number}, {', '.join(column.get(place, 'NULL') for place in places)} FROM q{number}"  # noqa: S608
