"""Verifying and pruning take longer than a page may."""

from django.db import connection


def without_time_limit() -> None:
    """For the rest of the transaction no statement is stopped for being slow; SQLite has no such limit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
