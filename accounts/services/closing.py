"""Closing an account at a board, and what an administrator can do for somebody who can't get in."""

from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.access import Reach, memberships, running
from accounts.models import Board, Invitation, Membership, OutgoingMail, User
from accounts.outbox import queue
from accounts.people_events import people_event
from accounts.roles import hands_out_roles
from accounts.services.roles import check_not_last, lock, membership_end
from accounts.sessions import end_all
from audit.actions import Action

RESET = "password_reset"


@transaction.atomic
def account_close(*, by: User, person: User, within: Reach) -> None:
    """End all roles at these boards at once, take back invitations, end the sessions.

    The account itself closes with it, unless there is a role at a board that is not the administrator's; they see no
    difference. What must be handed over has been handed over by the caller, in the same transaction.

    Raises:
        RoleError: it is one's own, or that of the last administrator.
        PermissionDenied: who closes it is no administrator any more.
    """
    for board in sorted(within.boards, key=lambda row: row.pk):
        lock(by=by, board=board, person=person)
    rows = list(memberships(within).filter(running(), user=person).select_related("school__board", "board", "user"))
    for board in {row.board for row in rows if row.board and hands_out_roles(row.role)}:
        check_not_last(person=person, board=board)
    if not rows and not User.objects.filter(pk=person.pk, is_active=True).exists():
        return  # it was closed already
    known = _boards_of(person, within)
    for row in rows:
        membership_end(by=by, row=row, last_day=None)
    Invitation.objects.filter(user=person, board__in=within.boards, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if not Membership.objects.filter(running(), user=person).exists():
        User.objects.filter(pk=person.pk).update(is_active=False)
    end_all(person)
    for board in known:
        people_event(Action.ACCOUNT_CLOSED, by=by, board=board, kind="user", ref=person.reference)


@transaction.atomic
def sessions_end(*, by: User, person: User, within: Reach) -> None:
    """Log somebody out on every device."""
    end_all(person)
    for board in _boards_of(person, within):
        people_event(Action.ACCOUNT_SESSIONS_ENDED, by=by, board=board, kind="user", ref=person.reference)


@transaction.atomic
def reset_start(*, by: User, person: User, within: Reach) -> None:
    """Mail somebody a link to choose a new password themselves. A second click while the mail waits sends none."""
    User.objects.select_for_update().get(pk=person.pk)
    if OutgoingMail.objects.waiting().filter(kind=RESET, to=person).exists():
        return
    queue(RESET, to=person, path="/")
    for board in _boards_of(person, within):
        people_event(Action.ACCOUNT_RESET_STARTED, by=by, board=board, kind="user", ref=person.reference)


def reset_link(mail: OutgoingMail) -> str:
    """The link of a forgotten password, made when the mail leaves, so that it is stored nowhere."""
    user = User.objects.get(pk=mail.to_id)
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])


def _boards_of(person: User, within: Reach) -> Iterable[Board]:
    """The boards of the administrator that know this person."""
    rows = memberships(within).filter(user=person).select_related("school", "board")
    ids = {row.school.board_id if row.school else row.board_id for row in rows}
    return [board for board in within.boards if board.pk in ids]
