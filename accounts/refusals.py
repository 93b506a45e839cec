"""What somebody was refused stands in the trail, where the privacy officer of their board can see it."""

from collections.abc import Mapping

from accounts.grants import grants_of
from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record


def record_refusal(
    user: User, *, kind: str, rule: str, ref: str = "", details: Mapping[str, object] | None = None
) -> None:
    """Record that a page or an object was refused, the same whether or not the object exists.

    Args:
        user: who was refused.
        kind, ref: type and reference of what was asked for, as it stood in the address.
        rule: why it was refused.
        details: codes only, such as the name of the page.
    """
    grants = grants_of(user)
    record(
        Action.REFUSED,
        actor=user.reference,
        role=grants.role_for(*Permission),
        board=grants.board_ref,
        kind=kind,
        ref=ref,
        refused=True,
        rule=rule[:80],  # as much as the column holds
        details=details,
    )
