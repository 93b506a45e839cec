"""Events about somebody's own account: each board where they have a role sees them."""

from typing import Any

from accounts.grants import grants_of
from accounts.models import Board, User
from audit.actions import Action
from audit.record import record


def own_event(action: Action, user: User, *, by: User | None = None, **more: Any) -> None:
    """Record something about an account.

    Args:
        action: what happened.
        user: whose account.
        by: who did it, when that is somebody else.
        more: for audit.record.record().
    """
    actor = (by or user).reference
    boards = Board.objects.filter(id__in=grants_of(user).board_ids).values_list("reference", flat=True)
    for board in list(boards) or [""]:
        record(action, actor=actor, board=board, kind="user", ref=user.reference, **more)
