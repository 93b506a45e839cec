"""Once a month whoever is responsible for a missing or old contact is asked by mail to look: a link, nothing else."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.grants import grants_of
from accounts.models import Board, School, User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation.models import Reminder
from escalation.selectors import duties

MAIL = "contacts.due"


def contacts_remind() -> int:
    """Put a mail in the outbox for everybody who did not get one this month. Returns how many."""
    month = timezone.localdate().replace(day=1)
    return sum(_remind(board, user, month) for board in Board.objects.order_by("id") for user in _responsible(board))


def _responsible(board: Board) -> list[User]:
    schools = list(School.objects.filter(board=board).select_related("board"))
    people = {user.pk: user for duty in duties(schools) for user in duty.responsible}
    return [people[key] for key in sorted(people)]


@transaction.atomic
def _remind(board: Board, user: User, month: date) -> int:
    """One mail, also for somebody who works at two boards, and also when two of these run at once."""
    _row, new = Reminder.objects.get_or_create(user=user, month=month)
    if not new:
        return 0
    queue(MAIL, to=user, path=reverse("escalation:contacts-due"))
    record(Action.CONTACTS_REMINDED, board=board.reference, kind="user", ref=user.reference)
    return 1


def still_keeps_contacts(user: User, reference: str) -> bool:
    """Asked just before the mail leaves."""
    return grants_of(user).allows(Permission.CONTACT_EDIT)
