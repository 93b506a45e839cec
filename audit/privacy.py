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


BODY = "5 years, then pruned with the whole epoch"
PERSON = "5 years as an opaque reference; it names nobody once the account or the case is erased"
ADDRESS = "6 months, then emptied"

FIELDS: dict[str, FieldClass] = {
    **fields("AuditEvent", "technical", BODY, "id", "event_uuid", "occurred_at", "action", "outcome", "rule"),
    **fields("AuditEvent", "technical", BODY, "actor_role", "board_ref", "school_ref", "object_type", "request_id"),
    **fields("AuditEvent", "personal", PERSON, "actor_ref", "case_ref", "object_ref", "details"),
    **fields("AuditEvent", "personal", ADDRESS, "client_ip"),
}
