"""Inviting somebody, sending the link again, taking it back, and what happens when it is used."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import RoleError
from accounts.links import fits
from accounts.models import Board, Invitation, School, User, new_nonce
from accounts.outbox import INVITATION, queue
from accounts.people_events import people_event, span_details
from accounts.rules import Span
from accounts.services.roles import board_of, check_beside, lock, membership_add
from audit.actions import Action

VALID = timedelta(days=7)
MAIL = INVITATION


@dataclass(frozen=True)
class Offer:
    """The role that somebody is invited to, with its first and last day."""

    role: str
    place: Board | School
    starts_on: date
    ends_on: date | None


@transaction.atomic
def invitation_send(*, by: User, email: str, name: str, offer: Offer) -> Invitation:
    """Invite somebody by mail; twice the same is one invitation and one mail.

    Whether there is an account already, perhaps at another board, makes no difference to who invites.

    Raises:
        RoleError: it is one's own address, they are invited here already, or the roles can't stand together.
        PermissionDenied: who invites is no administrator any more.
    """
    person, board = _account(email, name), board_of(offer.place)
    lock(by=by, board=board, person=person)
    now = timezone.now()
    waiting = Invitation.objects.filter(user=person, board=board, used_at=None, revoked_at=None).first()
    if waiting and waiting.expires_at > now:
        if _same(waiting, offer):
            return waiting
        raise RoleError(_("This address has been invited already, for another role. Withdraw that first."), "email")
    if waiting:
        _revoke(waiting)
    check_beside(person=person, wanted=_span(offer), board=board)
    row = Invitation(
        user=person, board=board, name=name, invited_by=by, created_at=now, expires_at=now + VALID, **_columns(offer)
    )
    row.full_clean(exclude=["user", "invited_by"])
    row.save()
    _post(by, row)
    return row


@transaction.atomic
def invitation_send_again(*, by: User, invitation: Invitation) -> None:
    """Make a new link, valid for another seven days; the old one no longer works. A second click changes nothing.

    Raises:
        RoleError: it was used or withdrawn in the meantime.
    """
    lock(by=by, board=invitation.board, person=invitation.user)
    row = _still_open(invitation)
    now = timezone.now()
    if row.expires_at > now + VALID - timedelta(seconds=30):
        return
    row.nonce, row.expires_at = new_nonce(), now + VALID
    row.save(update_fields=["nonce", "expires_at"])
    _post(by, row)


@transaction.atomic
def invitation_withdraw(*, by: User, invitation: Invitation) -> None:
    """Take an invitation back: its link stops working.

    Raises:
        RoleError: it was used or withdrawn in the meantime.
    """
    lock(by=by, board=invitation.board, person=invitation.user)
    row = _still_open(invitation)
    _revoke(row)
    people_event(
        Action.INVITATION_WITHDRAWN,
        by=by,
        board=row.board,
        school=row.school,
        kind="invitation",
        ref=row.reference,
        details=span_details(row),
    )


@transaction.atomic
def invitation_accept(
    *, invitation: Invitation, token: str, password: str = "", by_school: bool = False
) -> User | None:
    """Use a link: open the account where that is needed, and give the role. None: it no longer works.

    Args:
        invitation: as access.by_link() found it.
        token: of the link, compared once more with the row under lock.
        password: for an account that is not open; it has passed the validators.
        by_school: instead of a password, the account opens for a school account that the caller links to it.
    """
    Board.objects.select_for_update().get(pk=invitation.board_id)
    person = User.objects.select_for_update().get(pk=invitation.user_id)
    row = Invitation.objects.select_related("board", "school__board", "invited_by").get(pk=invitation.pk)
    now = timezone.now()
    if row.used_at or row.revoked_at or row.expires_at <= now or not fits(row, token):
        return None
    if not person.is_active and not (password or by_school):
        return None
    reopened = not person.is_active and person.memberships.exists()
    try:
        with transaction.atomic():
            _take_up(person, row, password)
    except RoleError:  # their roles changed since: the administrator must look again
        return None
    row.used_at = now
    row.save(update_fields=["used_at"])
    _used(person, row, reopened)
    return person


def _take_up(person: User, row: Invitation, password: str) -> None:
    if not person.is_active:
        if not person.memberships.exists():
            person.name = row.name
        person.password, person.is_active = make_password(password or None), True  # none: nothing fits
        person.save(update_fields=["name", "password", "is_active"])
    starts_on = max(row.starts_on, timezone.localdate())
    place = row.school or row.board
    membership_add(
        by=row.invited_by, person=person, role=row.role, place=place, starts_on=starts_on, ends_on=row.ends_on
    )


def _used(person: User, row: Invitation, reopened: bool) -> None:
    """The events of a link that was used, by the person themselves."""
    actions = [Action.INVITATION_USED, *([Action.ACCOUNT_REOPENED] if reopened else [])]
    for action in actions:
        people_event(
            action,
            by=person,
            board=row.board,
            school=row.school,
            kind="user",
            ref=person.reference,
            rule="invitation",
            details={"invitation": row.reference},
        )


def invitation_open(person: User, reference: str) -> bool:
    """Whether the mail about an invitation may still leave."""
    rows = Invitation.objects.filter(user=person, reference=reference, used_at=None, revoked_at=None)
    return rows.filter(expires_at__gt=timezone.now()).exists()


def invitation_of_mail(reference: str) -> Invitation:
    return Invitation.objects.get(reference=reference)


def _account(email: str, name: str) -> User:
    """The account with this address, or a new one that nobody can use yet."""
    if found := User.objects.filter(email__iexact=email).first():
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name, is_active=False)
    except (IntegrityError, ValidationError):  # a second click was faster
        return User.objects.get(email__iexact=email)


def _still_open(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    row = rows.select_related("board", "school", "user").first()
    if row is None:
        raise RoleError(_("This invitation was used or withdrawn in the meantime."))
    return row


def _revoke(row: Invitation) -> None:
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])


def _post(by: User, row: Invitation) -> None:
    """Queue the mail and record it. The path holds no secret: the link is made when the mail leaves."""
    queue(MAIL, to=row.user, path="/", reference=row.reference)
    people_event(
        Action.INVITATION_SENT,
        by=by,
        board=row.board,
        school=row.school,
        kind="invitation",
        ref=row.reference,
        details=span_details(row),
    )


def _columns(offer: Offer) -> dict[str, object]:
    school = offer.place if isinstance(offer.place, School) else None
    return {"role": offer.role, "school": school, "starts_on": offer.starts_on, "ends_on": offer.ends_on}


def _same(row: Invitation, offer: Offer) -> bool:
    return all(getattr(row, name) == value for name, value in _columns(offer).items())


def _span(offer: Offer) -> Span:
    return Span(offer.role, offer.place.reference, offer.starts_on, offer.ends_on)
