"""The pass over all events: mac, columns, personal part, leaf. This loop decides how long a verification takes."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from audit.keys import row_key
from audit.models import AuditEvent
from audit.verify.explained import Explained
from audit.verify.rebuild import differing_columns, same_in_python, same_sql
from audit.verify.report import Report

CHUNK = 5000
BLOCK = 64  # bytes; of SHA-256

Row = tuple[Any, ...]  # place, body, mac, key_id, same, pd_commit, salt, data, id


class BadRow(Exception):  # noqa: N818 - a finding, not a failure of the program
    """The first row of a log that proves tampering; the sentence says what."""


# PostgreSQL would read the whole table of personal parts for every chunk; OFFSET 0 keeps it to one look-up an event.
PERSONAL = "LEFT JOIN audit_personal ON event_id = id"
PERSONAL_ONE_BY_ONE = (
    "LEFT JOIN LATERAL (SELECT salt, data FROM audit_personal WHERE event_id = audit_event.id OFFSET 0) "
    "AS personal ON true"
)


def _select(where: str, order: str) -> str:
    personal = PERSONAL_ONE_BY_ONE if connection.vendor == "postgresql" else PERSONAL
    return (
        f"SELECT leaf_index, body, mac, key_id, {same_sql()}, pd_commit, salt, data, id FROM audit_event "  # noqa: S608
        f"{personal} WHERE {where} ORDER BY {order} LIMIT {CHUNK}"
    )


def _fetch(sql: str, values: list[str | int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def sealed_rows(log: str, start: int) -> Iterator[list[Row]]:
    """The events of a log in order of their places, some thousands at a time.

    The upper bound keeps a planner without statistics from sorting the rest of the log for every chunk.
    """
    sql, place = _select("log = %s AND leaf_index >= %s AND leaf_index < %s", "leaf_index"), start
    while True:
        rows = _fetch(sql, [log, place, place + CHUNK])
        if not rows:
            beyond = AuditEvent.objects.filter(log=log, leaf_index__gte=place).order_by("leaf_index")
            following = beyond.values_list("leaf_index", flat=True).first()
            if following is None:
                return
            place = following
            continue
        yield rows
        place = rows[-1][0] + 1


def unsealed_rows(log: str) -> Iterator[list[Row]]:
    """The events of a log that have no place yet, oldest first."""
    sql, last = _select("log = %s AND leaf_index IS NULL AND id > %s", "id"), 0
    while rows := _fetch(sql, [log, last]):
        yield rows
        last = rows[-1][8]


class Mac:
    """HMAC-SHA-256 with the two pads hashed beforehand: half the time of hmac.digest for texts of this length."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(BLOCK, b"\x00")
        self.inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self.outer = sha256(bytes(byte ^ 0x5C for byte in padded))


class RowCheck:
    """Checks the rows of one log."""

    def __init__(self, log: str, explained: Explained, report: Report) -> None:
        self.log, self.explained, self.report = log, explained, report
        self.macs: dict[str, Mac] = {}
        self.erased = 0

    def leaves(self, rows: Sequence[Row], place: int | None) -> list[bytes]:
        """Check rows and give their leaf hashes. `place`: of the first one; None for rows that have none yet.

        Raises:
            BadRow: the first row that is not right.
        """
        key_id, mac, found = None, Mac(b""), []
        for row in rows:
            leaf, body, tag, row_key_id, same, commit, salt, _, _ = row
            if leaf != place:
                raise BadRow(f"event {place} is not there: the next one has place {leaf}. It was deleted or moved.")
            if row_key_id != key_id:
                key_id, mac = row_key_id, self._mac(row)
            text = body.encode()
            inner = mac.inner.copy()
            inner.update(text)
            outer = mac.outer.copy()
            outer.update(inner.digest())
            if outer.digest() != tag:
                raise BadRow(f"{_name(row)} does not carry a right mac: its body was edited, or it was forged.")
            if not same and not same_in_python(row[8]):
                raise BadRow(f"{_name(row)} says something else in its columns: {differing_columns(row[8])}.")
            if commit is not None or salt is not None:
                self._personal(row)
            found.append(sha256(b"\x00" + text + tag).digest())
            if place is not None:
                place += 1
        return found

    def _mac(self, row: Row) -> Mac:
        key_id = row[3]
        if key_id not in self.macs:
            key = row_key(self.log, key_id)
            if key is None:
                raise BadRow(f"{_name(row)} names key {key_id}, which is not here.")
            self.macs[key_id] = Mac(key)
        return self.macs[key_id]

    def _personal(self, row: Row) -> None:
        """Compare the personal part with its commitment. What is wrong with it does not stop the pass."""
        leaf, body, _, _, _, commit, salt, data, _ = row
        if commit is None:
            self.report.problem(f"{self.log}: {_name(row)} was given a personal part that it never had.")
        elif salt is None:
            self.erased += 1
            if not self.explained.is_erased(self.log, leaf, body):
                self.report.problem(f"{self.log}: the personal part of {_name(row)} is gone and no event says why.")
        elif sha256(b"\x02" + salt + data.encode()).digest() != commit:
            self.report.problem(f"{self.log}: the personal part of {_name(row)} was changed.")
        elif self.explained.is_erased(self.log, leaf, body):
            self.report.problem(
                f"{self.log}: the personal part of {_name(row)} was erased and is back: an old backup was put back."
            )


def _name(row: Row) -> str:
    """An event in words: its place, and its public reference when the body still shows one."""
    try:
        reference = str(UUID(json.loads(row[1])["uuid"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        reference = "unreadable"
    place = "not sealed yet" if row[0] is None else f"place {row[0]}"
    return f"event {reference} ({place})"
