"""How a connection with PostgreSQL is made, and what its sessions are told; settings.py asks for it."""

from typing import Any

# A server or a line that is gone without a word is noticed in seconds, not in a quarter of an hour.
NOTICE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "tcp_user_timeout": 15_000}
# What a page asks takes milliseconds: to compile it (jit) can only cost. A look-up is nearer to reading on than
# PostgreSQL takes for granted (random_page_cost: 4, for a disk that turns). A prepared statement is planned once and
# not six times, and not by the values that come first: what a plan may look at is written out in it, see
# accounts/prepared.py.
SESSION = {
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "jit": "off",
    "random_page_cost": "1.1",
    "plan_cache_mode": "force_generic_plan",
}


def connecting(given: dict[str, Any], *, prepare: bool) -> dict[str, Any]:
    """The options of a connection. given: those of DATABASE_URL. prepare: keep statements, see audit/kept_cursor.py."""
    session = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    # The second time that a statement comes on a connection.
    return NOTICE | given | {"options": session, "prepare_threshold": 1 if prepare else None}
