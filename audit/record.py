"""The only door into the trail."""

from collections.abc import Mapping

from django.utils import timezone

from audit.actions import Action
from audit.middleware import current_mark
from audit.models import AuditEvent, Outcome


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
) -> AuditEvent:
    """Write one event in the transaction of the caller; if it can't be written, the change does not happen.

    Args:
        action: what happened, from the closed list.
        actor: reference of the user; empty for a visitor.
        role: the role that allowed it.
        board, school, case: references that decide who may see the event.
        kind, ref: type and reference of the object.
        rule: the policy rule that allowed or refused.
        refused: True when it was not allowed.
        details: codes, numbers and references; never a name and never free text.
    """
    mark = current_mark.get()
    return AuditEvent.objects.create(
        action=action,
        occurred_at=timezone.now(),
        actor_ref=actor,
        actor_role=role,
        board_ref=board,
        school_ref=school,
        case_ref=case,
        object_type=kind,
        object_ref=ref,
        rule=rule,
        outcome=Outcome.REFUSED if refused else Outcome.ALLOWED,
        details=dict(details or {}),
        request_id=mark.request_id,
        client_ip=mark.client_ip,
    )
