"""Rebuilds the body of an event from its columns inside the database: much cheaper than parsing every row here.

Only text that needs no escaping gets a "same" from SQL; all else is compared in Python.
"""

from typing import Any

from django.db import connection

from audit.models import AuditEvent
from audit.record import body_of

PARTS = (
    ("action", "action"),
    ("actor", "actor_ref"),
    ("at", "{at}"),
    ("board", "board_ref"),
    ("case", "case_ref"),
    ("commit", "{commit}"),
    ("details", ""),
    ("key", "key_id"),
    ("kind", "object_type"),
    ("log", "log"),
    ("outcome", "outcome"),
    ("ref", "object_ref"),
    ("request", "request_id"),
    ("role", "actor_role"),
    ("rule", "rule"),
    ("school", "school_ref"),
    ("uuid", "{uuid}"),
)
POSTGRES = {
    "at": "to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    "commit": "COALESCE(encode(pd_commit, 'hex'), '')",
    "uuid": "replace(event_uuid::text, '-', '')",
}
SQLITE = {
    "at": "replace(occurred_at, ' ', 'T') || 'Z'",
    "commit": "CASE WHEN pd_commit IS NULL THEN '' ELSE lower(hex(pd_commit)) END",
    "uuid": "event_uuid",
}


def same_sql() -> str:
    """A condition: the body is what the columns say."""
    words = POSTGRES if connection.vendor == "postgresql" else SQLITE
    pieces, literal = [], "{"
    for name, column in PARTS:
        quote = "" if name == "details" else '"'
        pieces += [f"'{literal}\"{name}\":{quote}'", (column or "details").format(**words)]
        literal = f"{quote},"
    pieces += [f"'{literal}\"v\":'", "CAST(schema_v AS text)", "'}'"]
    return f"(body = {' || '.join(pieces)})"


def same_in_python(event_id: int) -> bool:
    """The same comparison, exact for all texts."""
    event = AuditEvent.objects.get(pk=event_id)
    return event.body == body_of(vars(event))


def differing_columns(event_id: int) -> str:
    """Names of what the columns say differently from the body, for the message."""
    import json

    event = AuditEvent.objects.get(pk=event_id)
    said: dict[str, Any] = json.loads(event.body)
    columns: dict[str, Any] = json.loads(body_of(vars(event)))
    return ", ".join(sorted(name for name in said.keys() | columns.keys() if said.get(name) != columns.get(name)))
