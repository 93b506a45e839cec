"""Mails the seal of each board's log to its privacy officers and board officers."""

from django.db.models import Q
from django.utils import timezone, translation

from accounts.models import Board, Membership
from accounts.roles import Role
from audit.mails import mail_checkpoints, not_mailed

KEEPERS = (Role.PRIVACY_OFFICER, Role.BOARD_OFFICER)


class SealsLateError(Exception):
    """The seals of some role of some board reached nobody: to be tried again."""


def seals_mail() -> int:
    """At most one mail a day to each role of each board, however often it runs. Returns how many went out.

    Raises:
        SealsLateError: nobody of a role got it, because the mail server was away; the others did.
    """
    sent, late = 0, 0
    with translation.override("nl"):
        for board in Board.objects.order_by("id"):
            people = _addresses(board)
            sent += mail_checkpoints(board.reference, people)
            late += len(not_mailed(board.reference, people))
    if late:
        raise SealsLateError(f"Sent {sent} mails; {late} times nobody of a role got one.")
    return sent


def _addresses(board: Board) -> dict[str, list[str]]:
    today = timezone.localdate()
    holds = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    rows = Membership.objects.filter(holds, board=board, role__in=KEEPERS, user__is_active=True).order_by("id")
    found: dict[str, list[str]] = {}
    for role, address in rows.values_list("role", "user__email"):
        found.setdefault(role, []).append(address)
    return found
