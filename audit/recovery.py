"""Two ways on after trouble, each recorded in the log itself and shown by every later verification.

A backup that was put back on purpose: the log goes on from there, and says which events are lost. A row with a wrong
mac that keeps its log from being sealed: it stays in the table for whoever looks into it, and is passed over.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction

from audit.actions import Action
from audit.alarms import SEALER, board_of
from audit.checkpoints import filed_logs, last_filed, newest
from audit.models import AuditEvent
from audit.record import mac_of, record


class RecoveryError(RuntimeError):
    """There is nothing to recover from; the sentence says why."""


@dataclass(frozen=True)
class Lost:
    """Events of a log that a backup does not have: places `kept` up to (not including) `lost`."""

    log: str
    kept: int
    lost: int
    root: str


def lost_events() -> list[Lost]:
    """The logs whose file of seals knows more than the table."""
    found = []
    for log in filed_logs():
        note, last = last_filed(log), newest(log)
        kept = last.tree_size if last else 0
        if note and note.size > kept:
            found.append(Lost(log, kept, note.size, note.root.hex()))
    return found


@transaction.atomic
def accept_restore() -> list[Lost]:
    """Go on after a backup was put back, and name what is lost in the log of the board and of the site.

    Raises:
        RecoveryError: nothing is lost.
    """
    lost = lost_events()
    if not lost:
        raise RecoveryError("The table knows everything that the files of seals know: no backup was put back.")
    for row in lost:
        details = {"log": row.log, "kept": row.kept, "lost": row.lost, "root": row.root}
        for board in {board_of(row.log), ""}:
            record(Action.LOG_RESTORED, actor=SEALER, board=board, kind="log", ref=row.log[:40], details=details)
    return lost


def fingerprint(body: str, mac: bytes | memoryview) -> str:
    """Names a row that can't name itself."""
    return sha256(body.encode() + b"\x00" + bytes(mac)).hexdigest()


def set_aside(event_id: int) -> str:
    """Let the sealer pass over a row with a wrong mac.

    Args:
        event_id: id of the row in the table.

    Returns:
        The log concerned.

    Raises:
        RecoveryError: there is no such row, it is sealed, or there is nothing wrong with it.
    """
    row = AuditEvent.objects.filter(pk=event_id, leaf_index=None).first()
    if row is None:
        raise RecoveryError(f"There is no unsealed event with id {event_id}.")
    if mac_of(row.log, row.key_id, row.body) == bytes(row.mac):
        raise RecoveryError(f"There is nothing wrong with event {row.event_uuid}: it will be sealed.")
    details = {"id": row.pk, "row": fingerprint(row.body, row.mac)}
    record(Action.LOG_SET_ASIDE, actor=SEALER, kind="log", ref=row.log[:40], details=details)
    return row.log


def believed(action: Action) -> list[dict[str, Any]]:
    """The bodies of all events of one kind that the machine itself wrote, those with a right mac only."""
    rows = AuditEvent.objects.filter(actor_ref=SEALER, action=action).order_by("id")
    bodies = [json.loads(row.body) for row in rows if mac_of(row.log, row.key_id, row.body) == bytes(row.mac)]
    return [said for said in bodies if said["action"] == action]


def rows_set_aside() -> set[str]:
    """Fingerprints of the rows that were set aside."""
    return {str(said["details"]["row"]) for said in believed(Action.LOG_SET_ASIDE)}


@dataclass(frozen=True)
class Restored:
    """A restore that somebody accepted. at: UTC text of the moment; event: its reference."""

    lost: Lost
    at: str
    event: str

    def explains(self, size: int, at: str) -> bool:
        """Whether a seal of that size and moment is of events that the backup did not have."""
        return self.lost.kept < size <= self.lost.lost and at <= self.at


def restores(log: str) -> list[Restored]:
    """What was accepted for a log."""
    found = [Restored(Lost(**said["details"]), said["at"], said["uuid"]) for said in believed(Action.LOG_RESTORED)]
    return [row for row in found if row.lost.log == log]
