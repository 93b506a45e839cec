"""What is asked about somebody in more than one place."""

from accounts.models import Board, MailChoice, User
from accounts.quiet import Wish


def wish_of(user: User) -> Wish:
    """How somebody wants mail about cases; who chose nothing gets each at once, at any hour."""
    row = MailChoice.objects.filter(user=user).first()
    if row is None:
        return Wish()
    quiet = (row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None
    return Wish(row.rhythm, quiet, row.quiet_weekend)


def anything_kept() -> bool:
    """Whether there is a board at all: the shortest question to a database that may be away."""
    return Board.objects.exists()
