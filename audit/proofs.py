"""Proofs for somebody outside: that an event is in the log of a checkpoint, and that one checkpoint grew into another.

What they give is checked by audit/standalone/verify_log.py, which knows nothing of this program.
"""

from typing import Any
from uuid import UUID

from audit.canonical import leaf_hash
from audit.checkpoints import newest
from audit.keys import public_lines
from audit.merkle import consistency_path, inclusion_path
from audit.models import AuditEvent, Checkpoint, Pruning


class ProofError(ValueError):
    """There is nothing to prove; the sentence says why."""


def inclusion_proof(event: UUID, size: int | None = None) -> dict[str, Any]:
    """That an event stands in the log of a checkpoint.

    Args:
        event: public reference of the event.
        size: of the checkpoint; the newest when left out.

    Raises:
        ProofError: no such event, it is not sealed yet, or there is no such checkpoint with it.
    """
    row = AuditEvent.objects.filter(event_uuid=event).first()
    if row is None:
        raise ProofError(f"There is no event {event}. Perhaps it was pruned after its term.")
    if row.leaf_index is None:
        raise ProofError(f"Event {event} is not sealed yet.")
    checkpoint = _checkpoint(row.log, size)
    if checkpoint.tree_size <= row.leaf_index:
        raise ProofError(f"Event {event} was sealed after the checkpoint of {checkpoint.tree_size} events.")
    leaves = leaves_of(row.log, checkpoint.tree_size)
    return {
        "type": "inclusion",
        "event": str(row.event_uuid),
        "body": row.body,
        "mac": bytes(row.mac).hex(),
        "leaf": leaf_hash(row.body, row.mac).hex(),
        "index": row.leaf_index,
        "path": [step.hex() for step in inclusion_path(row.leaf_index, leaves)],
        "note": checkpoint.note,
        "keys": public_lines(),
    }


def consistency_proof(log: str, old: int, new: int) -> dict[str, Any]:
    """That the log of `new` events is the log of `old` events with more behind it.

    Raises:
        ProofError: there is no checkpoint of such a size, or the sizes are not in order.
    """
    first, second = _checkpoint(log, old), _checkpoint(log, new)
    if not 0 < first.tree_size <= second.tree_size:
        raise ProofError("Give the smaller size first.")
    path = consistency_path(first.tree_size, leaves_of(log, second.tree_size))
    return {
        "type": "consistency",
        "old": first.note,
        "new": second.note,
        "path": [step.hex() for step in path],
        "keys": public_lines(),
    }


def leaves_of(log: str, size: int) -> list[bytes]:
    """The first leaf hashes of a log, those of pruned events too.

    Raises:
        ProofError: there are fewer.
    """
    leaves: list[bytes] = []
    for stretch in Pruning.objects.filter(log=log).order_by("first_leaf").values_list("leaves", flat=True):
        data = bytes(stretch)
        leaves += [data[place : place + 32] for place in range(0, len(data), 32)]
    rows = AuditEvent.objects.filter(log=log, leaf_index__gte=len(leaves), leaf_index__lt=size).order_by("leaf_index")
    leaves += [leaf_hash(body, mac) for body, mac in rows.values_list("body", "mac").iterator()]
    if len(leaves) < size:
        raise ProofError(f"{log} no longer has {size} events; see audit_verify.")
    return leaves[:size]


def _checkpoint(log: str, size: int | None) -> Checkpoint:
    found = newest(log) if size is None else Checkpoint.objects.filter(log=log, tree_size=size).first()
    if found is None:
        raise ProofError(f"There is no checkpoint of {log}" + (f" with {size} events." if size is not None else "."))
    return found
