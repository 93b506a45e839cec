"""The only door into the trail."""

import hmac
import os
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.actions import Action
from audit.canonical import SCHEMA, canonical, commitment, log_name, refuse_floats, utc_text
from audit.kept_cursor import kept_cursor
from audit.keys import current_row_key, row_key
from audit.middleware import current_mark
from audit.models import AuditEvent, Outcome

COLUMNS = (
    "event_uuid, log, occurred_at, actor_ref, actor_role, action, outcome, rule, board_ref, school_ref, case_ref, "
    "object_type, object_ref, details, request_id, pd_commit, schema_v, key_id, body, mac"
)
INSERT = f"INSERT INTO audit_event ({COLUMNS}) VALUES ({', '.join(['%s'] * 20)}) RETURNING id"  # noqa: S608 - constants
PERSONAL = "INSERT INTO audit_personal (event_id, salt, data) VALUES (%s, %s, %s) RETURNING event_id"
BOTH = (
    f"WITH event AS ({INSERT}) INSERT INTO audit_personal (event_id, salt, data) "  # noqa: S608
    "SELECT id, %s, %s FROM event RETURNING event_id"
)
FIELDS = ["id", *COLUMNS.split(", "), "leaf_index"]


def record(
    action: Action,
    *,
    actor: str = "",
    role: str = "",
    board: str = "",
    school: str = "",
    case: str = "",
    kind: str = "",
    ref: str = "",
    rule: str = "",
    refused: bool = False,
    details: Mapping[str, object] | None = None,
    personal: Mapping[str, str] | None = None,
) -> AuditEvent:
    """Write one event in the transaction of the caller; if it can't be written, the change does not happen.

    It waits for no other event: the sealer puts events in order afterwards.

    Args:
        action: what happened, from the closed list.
        actor: reference of the user; empty for a visitor.
        role: the role that allowed it.
        board, school, case: references that decide who may see the event.
        kind, ref: type and reference of the object.
        rule: the policy rule that allowed or refused.
        refused: True when it was not allowed.
        details: codes, whole numbers and references; never a name and never free text.
        personal: what may have to be erased before the event is: a reason, an old and a new value. The client's
            address and browser are added.

    Raises:
        KeyMissingError: there is no key to sign with.
        TypeError: a float or something else that is no JSON stands in details.
    """
    mark = current_mark.get()
    now = timezone.now()
    content = dict(details or {})
    refuse_floats(content)
    columns: dict[str, Any] = {
        "event_uuid": uuid.uuid4(),
        "log": log_name(board, now),
        "occurred_at": now,
        "actor_ref": actor,
        "actor_role": role,
        "action": str(action),
        "outcome": str(Outcome.REFUSED if refused else Outcome.ALLOWED),
        "rule": rule,
        "board_ref": board,
        "school_ref": school,
        "case_ref": case,
        "object_type": kind,
        "object_ref": ref,
        "details": content,
        "request_id": mark.request_id,
    }
    return _write(columns, mark.personal | dict(personal or {}))


def _write(columns: dict[str, Any], personal: dict[str, str]) -> AuditEvent:
    data = canonical(personal) if personal else ""
    salt = os.urandom(32) if personal else b""
    columns["pd_commit"] = commitment(salt, data) if personal else None
    columns["schema_v"] = SCHEMA
    columns["key_id"] = current_row_key()
    columns["body"] = body_of(columns)
    columns["mac"] = mac_of(columns["log"], columns["key_id"], columns["body"])
    number = _insert(columns, salt, data)
    # As read from the database, all fields in their order: half the cost of the constructor, which looks for defaults.
    return AuditEvent.from_db(connection.alias, FIELDS, [number, *columns.values(), None])


def body_of(columns: Mapping[str, Any]) -> str:
    """The canonical text of an event from its columns. audit.verify.rebuild makes the same text in SQL."""
    commit = columns["pd_commit"]
    return canonical(
        {
            "action": columns["action"],
            "actor": columns["actor_ref"],
            "at": utc_text(columns["occurred_at"]),
            "board": columns["board_ref"],
            "case": columns["case_ref"],
            "commit": bytes(commit).hex() if commit else "",
            "details": columns["details"],
            "key": columns["key_id"],
            "kind": columns["object_type"],
            "log": columns["log"],
            "outcome": columns["outcome"],
            "ref": columns["object_ref"],
            "request": columns["request_id"],
            "role": columns["actor_role"],
            "rule": columns["rule"],
            "school": columns["school_ref"],
            "uuid": columns["event_uuid"].hex,
            "v": columns["schema_v"],
        }
    )


def mac_of(log: str, key_id: str, body: str) -> bytes | None:
    """HMAC-SHA-256 over a body, or None when the key is not here."""
    key = row_key(log, key_id)
    return hmac.digest(key, body.encode(), "sha256") if key else None


def _insert(columns: dict[str, Any], salt: bytes, data: str) -> int:
    values = list(columns.values())
    values[13] = canonical(columns["details"])
    if connection.vendor == "postgresql":
        return _execute(BOTH, [*values, salt, data]) if data else _execute(INSERT, values)
    # As Django keeps them, but with six digits always, so that SQL can compare the column with the body.
    values[0] = columns["event_uuid"].hex
    values[2] = utc_text(columns["occurred_at"])[:-1].replace("T", " ")
    if not data:
        return _execute(INSERT, values)
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        number = _execute(INSERT, values)
        _execute(PERSONAL, [number, salt, data])
    return number


def _execute(sql: str, values: list[Any]) -> int:
    with kept_cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])
