"""Mails the seal of each board's log to its privacy officers and board officers."""

from django.db.models import Q
from django.utils import timezone, translation

from accounts.models import Board, Membership
from accounts.roles import Role
from audit.mails import mail_checkpoints

KEEPERS = (Role.PRIVACY_OFFICER, Role.BOARD_OFFICER)


def seals_mail() -> int:
    """At most one mail a day to each role of each board, however often it runs. Returns how many went out."""
    with translation.override("nl"):
        return sum(mail_checkpoints(board.reference, _addresses(board)) for board in Board.objects.order_by("id"))


def _addresses(board: Board) -> dict[str, list[str]]:
    today = timezone.localdate()
    holds = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    rows = Membership.objects.filter(holds, board=board, role__in=KEEPERS, user__is_active=True).order_by("id")
    found: dict[str, list[str]] = {}
    for role, address in rows.values_list("role", "user__email"):
        found.setdefault(role, []).append(address)
    return found
