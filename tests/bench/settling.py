"""A database as it is a day after it was filled, and not a second after."""

from django.db import connection

from accounts.jobs.upkeep import count_rows


def settle() -> None:
    """What PostgreSQL's autovacuum does within minutes, and on SQLite our own work of the night."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("RESET statement_timeout")
    else:
        count_rows()
