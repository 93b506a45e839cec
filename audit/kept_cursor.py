"""A cursor for statements that are asked again and again: PostgreSQL keeps them with their plan.

Django puts the values into the text of each statement, so that the server reads and plans every one anew; for a page
that costs more than finding the rows. Through this cursor the values go beside the text. A statement that comes a
second time on a connection is prepared by the server, which then only runs it. The setting PREPARED_STATEMENTS turns
that off. SQLite keeps what it read of a statement by itself. The marks of both are written once for each statement:
psycopg reads a long one anew each time, which costs as much as the database does. How values of each type are written
and read, psycopg finds out anew for every cursor: here a connection has one cursor for all. So whoever asks reads all
rows before anybody asks again.
"""

import re
from functools import cache, lru_cache
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import SQLiteCursorWrapper


def kept_cursor() -> Any:
    """A cursor for fixed statements, to use in a `with`; wrapped, counted and logged like any other."""
    here: Any = connections[DEFAULT_DB_ALIAS]  # looked for once
    here.close_if_health_check_failed()  # as Django's cursor() does: once in a request, a lost connection is made anew
    if here.connection is None:
        here.ensure_connection()
    if here.vendor == "sqlite":
        return here._prepare_cursor(here.connection.cursor(factory=_SQLiteCursor))
    made = getattr(here.connection, "kept_cursor", None)
    if made is None:
        made = here.connection.kept_cursor = _kind()(here.connection)
    return here._prepare_cursor(made)


class _SQLiteCursor(SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        return _with_marks(query) if param_names is None else super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=512)
def _with_marks(query: str) -> str:
    """The statement with the marks of SQLite."""
    return str(SQLiteCursorWrapper.convert_query(None, query))  # type: ignore[arg-type]


@cache
def _kind() -> Any:
    from django.db.backends.postgresql.base import ServerBindingCursor
    from psycopg import RawCursor
    from psycopg.adapt import Transformer
    from psycopg.types.datetime import TimestamptzLoader

    class KeptCursor(ServerBindingCursor):
        """Reads a moment as psycopg does, in C; Django's own way takes twenty times as long for the same moment."""

        def __init__(self, connection: Any) -> None:
            super().__init__(connection)  # type: ignore[call-arg]
            self.adapters.register_loader("timestamptz", TimestamptzLoader)  # type: ignore[attr-defined]
            self._types = Transformer(self)  # type: ignore[arg-type]

        def close(self) -> None:
            """It is for the next one who asks; it goes with its connection."""

        def _start_query(self, query: Any = None) -> Any:
            yield from super()._start_query(query)  # type: ignore[misc]
            self._tx = self._types

        def _convert_query(self, query: Any, params: Any = None) -> Any:
            """Remember it for Django's own log of statements: psycopg does so only for what is not prepared."""
            if isinstance(params, list | tuple):
                self._query = RawCursor._query_cls(self._tx)
                self._query.convert(_with_numbers(query), params)
            else:
                self._query = super()._convert_query(query, params)  # type: ignore[misc]
            return self._query

    return KeptCursor


@lru_cache(maxsize=512)
def _with_numbers(query: str) -> str:
    """The statement with the marks of PostgreSQL."""
    numbers = count(1)
    return re.sub("%%|%s", lambda mark: "%" if mark[0] == "%%" else f"${next(numbers)}", query)
