"""What each field holds: how sensitive it is and how long it is kept. The lists of all apps have this form.

The terms are a proposal; the school's privacy officer decides. A field without its line fails a test.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["technical", "personal", "sensitive"]


@dataclass(frozen=True)
class FieldClass:
    """One field.

    level: `technical` says nothing about a person; `personal` points to one or is about a member of staff at work;
        `sensitive` says something about a child, a suspicion, or opens a door.
    retention: how long it is kept and what happens then; a proposal.
    """

    level: Level
    retention: str


def fields(model: str, level: Level, retention: str, *names: str) -> dict[str, FieldClass]:
    """Lines for several fields of one model that are of one kind.

    Args:
        model: the class name.
        level, retention: see FieldClass.
        names: the fields.
    """
    return {f"{model}.{name}": FieldClass(level, retention) for name in names}


BODY = "5 years after the school year, then pruned; leaf hashes stay"
PERSON = "5 years as an opaque reference; it names nobody once the account or the case is erased"
ADDRESS = "6 months, or with the dossier if that goes first; then erased"
SEAL = "for ever: holds hashes, counts and moments only"

FIELDS: dict[str, FieldClass] = {
    **fields("AuditEvent", "technical", BODY, "id", "event_uuid", "occurred_at", "action", "outcome", "rule", "log"),
    **fields("AuditEvent", "technical", BODY, "actor_role", "board_ref", "school_ref", "object_type", "request_id"),
    **fields("AuditEvent", "technical", BODY, "pd_commit", "schema_v", "key_id", "mac", "leaf_index"),
    **fields("AuditEvent", "personal", PERSON, "actor_ref", "case_ref", "object_ref", "details", "body"),
    **fields("PersonalPart", "technical", ADDRESS, "event_id", "salt"),
    **fields("PersonalPart", "sensitive", ADDRESS, "data"),
    **fields("Checkpoint", "technical", SEAL, "id", "log", "tree_size", "root", "frontier", "note", "key_id"),
    **fields("Checkpoint", "technical", SEAL, "created_at"),
    **fields("Anchor", "technical", SEAL, "id", "log", "tree_size", "channel", "recipient_role", "sent_at"),
    **fields("Pruning", "technical", SEAL, "id", "log", "first_leaf", "end_leaf", "leaves", "event_uuid"),
    **fields("Pruning", "technical", SEAL, "pruned_at"),
}
