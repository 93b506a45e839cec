"""A cursor for statements that are asked again and again: PostgreSQL keeps them with their plan.

Django puts the values into the text of each statement, so that the server reads and plans every one anew; for a page
that costs more than finding the rows. Through this cursor the values go beside the text. A statement that comes a
second time on a connection is prepared by the server, which then only runs it. The setting PREPARED_STATEMENTS turns
that off. SQLite keeps what it read of a statement by itself.
"""

from functools import cache
from typing import Any

from django.db import connection


def kept_cursor() -> Any:
    """A cursor for fixed statements, to use in a `with`; wrapped, counted and logged like any other."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    return connection._prepare_cursor(_kind()(connection.connection))  # type: ignore[attr-defined]


@cache
def _kind() -> Any:
    from django.db.backends.postgresql.base import ServerBindingCursor

    class KeptCursor(ServerBindingCursor):
        def _convert_query(self, query: Any, params: Any = None) -> Any:
            """Remember it for Django's own log of statements: psycopg does so only for what is not prepared."""
            self._query = super()._convert_query(query, params)  # type: ignore[misc]
            return self._query

    return KeptCursor
