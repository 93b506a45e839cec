"""Giving and ending roles. Each function locks the board and the person, checks the rules, writes, leaves an event."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import RoleError
from accounts.grants import memberships_on
from accounts.models import Board, Membership, School, User
from accounts.people_events import people_event, span_details
from accounts.roles import POLICY, Permission, Role, hands_out_roles, reads_others
from accounts.rules import Span, not_beside, same_role_already
from audit.actions import Action

ADMINISTRATORS = [role for role in Role.values if hands_out_roles(role)]


@transaction.atomic
def role_give(
    *, by: User, person: User, role: str, place: Board | School, starts_on: date, ends_on: date | None
) -> Membership:
    """Give a role at one place; the same twice is once.

    Args:
        starts_on, ends_on: first and last day on which it holds; no last day: for good.

    Raises:
        RoleError: it is one's own, they have it already in that time, it can't stand beside another role, or the
            account was closed.
        PermissionDenied: who gives it is no administrator any more.
    """
    board = board_of(place)
    lock(by=by, board=board, person=person)
    if not User.objects.filter(pk=person.pk, is_active=True).exists():
        raise RoleError(_("This account was closed in the meantime. Invite this person again."))
    if same := _exactly(person, role, place, starts_on, ends_on):
        return same
    return membership_add(by=by, person=person, role=role, place=place, starts_on=starts_on, ends_on=ends_on)


def membership_add(
    *, by: User, person: User, role: str, place: Board | School, starts_on: date, ends_on: date | None
) -> Membership:
    """Write the role after checking what may stand beside it; the person is locked already."""
    check_beside(person=person, wanted=Span(role, place.reference, starts_on, ends_on), board=board_of(place))
    row = Membership(user=person, role=role, starts_on=starts_on, ends_on=ends_on, **_where(place))
    row.full_clean()
    row.save()
    _event(Action.ROLE_GRANTED, by=by, row=row)
    return row


@transaction.atomic
def role_end(*, by: User, membership: Membership, last_day: date | None) -> None:
    """End a role after a last day, or with None at once: the person's next request is refused.

    Raises:
        RoleError: it is one's own, it has ended already, the day does not fit, or nobody would be administrator.
        PermissionDenied: who ends it is no administrator any more.
    """
    board = board_of(membership.school or membership.board)
    lock(by=by, board=board, person=membership.user)
    row = Membership.objects.select_related("school__board", "board", "user").filter(pk=membership.pk).first()
    today = timezone.localdate()
    if row is None or (row.ends_on is not None and row.ends_on < today):
        raise RoleError(_("This role has ended already."))
    if last_day is not None and last_day < max(today, row.starts_on):
        raise RoleError(_("Choose a day from today on, and not before the role starts."), "last_day")
    if last_day is not None and row.ends_on is not None and last_day > row.ends_on:
        raise RoleError(_("The role ends before that day already. To make it longer, give it again."), "last_day")
    if hands_out_roles(row.role):
        check_not_last(person=row.user, board=board)
    membership_end(by=by, row=row, last_day=last_day)


def membership_end(*, by: User, row: Membership, last_day: date | None) -> None:
    """Write the end of a role; board and person are locked already.

    At once means that yesterday was the last day. A role that started today, or has not started yet, was never held
    on a day before: its row goes, and the log keeps that it was given and taken.
    """
    today = timezone.localdate()
    if last_day is None and row.starts_on >= today:
        row.ends_on = row.starts_on - timedelta(days=1)  # in the log: it ended before it held on any day
        _event(Action.ROLE_ENDED, by=by, row=row)
        row.delete()
        return
    row.ends_on = last_day or today - timedelta(days=1)
    row.full_clean()
    row.save(update_fields=["ends_on"])
    _event(Action.ROLE_ENDED, by=by, row=row)


def lock(*, by: User, board: Board, person: User) -> None:
    """One change of roles at a board at a time, by somebody who may at this moment.

    Raises:
        RoleError: somebody wants to change their own roles.
        PermissionDenied: they are no administrator of this board (any more).
    """
    Board.objects.select_for_update(no_key=True).get(pk=board.pk)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by.pk == person.pk:
        raise RoleError(_("Nobody changes their own roles. Ask another administrator."))
    still = Membership.objects.filter(memberships_on(timezone.localdate()), user=by, board=board)
    if not any(Permission.PEOPLE_EDIT in POLICY[role] for role in still.values_list("role", flat=True)):
        raise PermissionDenied


def check_not_last(*, person: User, board: Board) -> None:
    """Raise RoleError when this board would be left without an administrator whose role does not end."""
    others = Membership.objects.filter(
        memberships_on(timezone.localdate()), board=board, role__in=ADMINISTRATORS, ends_on=None
    ).exclude(user=person)
    if not others.exists():
        raise RoleError(
            _("This is the last administrator of the board. First give somebody else that role, without a last day.")
        )


def check_beside(*, person: User, wanted: Span, board: Board) -> None:
    """Raise RoleError when the wanted role is there already in that time, or can't stand beside another one."""
    held = {_span(row): row for row in _held(person, board)}
    if found := same_role_already(wanted, held):
        raise RoleError(_("This person has this role here already: %(days)s.") % {"days": days(found)}, "role")
    if found := not_beside(wanted, held, reads=reads_others, hands_out=hands_out_roles):
        words = _(
            "This can't stand beside the role of %(role)s (%(days)s). Whoever gives people their roles must not be able"
            " to read cases, so these are always two different people."
        )
        raise RoleError(words % {"role": held[found].get_role_display(), "days": days(found)}, "role")


def days(span: Span) -> str:
    """From when until when, in words."""
    start = date_format(span.starts_on, "j F Y")
    if span.ends_on is None:
        return _("from %(day)s") % {"day": start}
    return _("from %(first)s until %(last)s") % {"first": start, "last": date_format(span.ends_on, "j F Y")}


def board_of(place: Board | School | None) -> Board:
    if isinstance(place, School):
        return place.board
    if place is None:
        raise TypeError("a role is at a school or at a board")
    return place


def _held(person: User, board: Board) -> list[Membership]:
    at = Q(board=board) | Q(school__board=board)
    return list(Membership.objects.filter(at, user=person).select_related("school", "board"))


def _span(row: Membership) -> Span:
    place = row.school or row.board
    return Span(row.role, place.reference if place else "", row.starts_on, row.ends_on)


def _exactly(
    person: User, role: str, place: Board | School, starts_on: date, ends_on: date | None
) -> Membership | None:
    return Membership.objects.filter(
        user=person, role=role, starts_on=starts_on, ends_on=ends_on, **_where(place)
    ).first()


def _where(place: Board | School) -> dict[str, Board | School]:
    return {"school": place} if isinstance(place, School) else {"board": place}


def _event(action: Action, *, by: User, row: Membership) -> None:
    board = board_of(row.school or row.board)
    people_event(
        action, by=by, board=board, school=row.school, kind="user", ref=row.user.reference, details=span_details(row)
    )
