"""Events about accounts and sessions. They stand in the trail of every board where the person works."""

from typing import Any

from accounts.grants import grants_of
from accounts.models import Board, User
from audit.actions import Action
from audit.record import record


def account_event(action: Action, user: User, *, by: User | None = None, **more: Any) -> None:
    """Record something about an account.

    Args:
        action: what happened.
        user: whose account; one that is closed has no board of its own any more, then it is that of `by`.
        by: who did it, when that is somebody else.
        more: for audit.record.record.
    """
    who = by or user
    ids = grants_of(user).board_ids or grants_of(who).board_ids
    boards = Board.objects.filter(id__in=ids).order_by("id").values_list("reference", flat=True)
    for board in list(boards) or [""]:
        record(action, actor=who.reference, board=board, kind="user", ref=user.reference, **more)
