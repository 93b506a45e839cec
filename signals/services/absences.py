"""Somebody who handles the cases of a school, or the walled ones of a board, is away: who stands in, from day to day.

It opens nothing: the deputy handles the cases of the same place by their own role, and acts in their own name. What
changes is who gets the mails, and what stands on whose desk.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import Board, School, User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from signals.errors import RuleError
from signals.events import board_event, school_event
from signals.models import Absence

STOPPED = "absence.stopped"


def handles_at(user: User, place: School | Board) -> bool:
    """Whether somebody handles the cases of a school, or the walled ones of a board, by their role there."""
    grants = grants_of(user)
    if isinstance(place, School):
        return grants.allows_at(place.pk, Permission.CASE_HANDLE)
    return place.pk in grants.boards(Permission.WALLED_HANDLE)


@transaction.atomic
def absence_set(
    *, by: User, place: School | Board, user: User, deputy: User, starts_on: date, ends_on: date
) -> Absence:
    """Record an absence; the same twice is once.

    Args:
        by: who handles the cases of the place, for themselves or for a colleague who fell ill.
        place: the school, or the board for its officers.

    Raises:
        RuleError: somebody can't be chosen, or the days don't fit with another absence.
    """
    people = (
        User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[user.pk, deputy.pk]).order_by("pk")
    )
    if len(people) != 2 or not all(handles_at(person, place) for person in people):
        raise RuleError(_("Choose two colleagues who handle these cases."))
    if not timezone.localdate() <= ends_on or ends_on < starts_on:
        raise RuleError(_("Choose a last day that is not over, and not before the first."))
    where = {"school" if isinstance(place, School) else "board": place}
    same = {"user": user, "deputy": deputy, "starts_on": starts_on, "ends_on": ends_on}
    running = Absence.objects.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on, **where)
    if row := running.filter(**same).first():
        return row
    if running.filter(user=user).exists():
        raise RuleError(_("In these days an absence is recorded already. Stop that first."))
    if running.filter(user=deputy).exists():
        raise RuleError(_("The deputy is away in these days. Choose somebody else."))
    if running.filter(deputy=user).exists():
        raise RuleError(_("In these days they stand in for somebody. Let somebody else do that first."))
    row = Absence(by=by, created_at=timezone.now(), **where, **same)
    row.full_clean()
    row.save()
    _event(Action.ABSENCE_SET, row, by)
    return row


@transaction.atomic
def absence_end(*, by: User, absence: Absence) -> Absence:
    """Stop an absence before its last day; doing it twice is harmless."""
    rows = Absence.objects.select_for_update(of=("self",))
    rows = rows.select_related("school__board", "board", "user", "deputy")
    row = rows.get(pk=absence.pk)
    if row.ended_at is None:
        _end(row, by)
    return row


@transaction.atomic
def absences_end_of_person(*, by: User, person: User, boards: Collection[Board]) -> None:
    """Stop those that name somebody where they handle no cases any more, and tell the other.

    Called with what ends their role, by who keeps the people there.
    """
    after = User.objects.get(pk=person.pk)  # without remembered grants
    named = Q(user=person) | Q(deputy=person)
    rows = Absence.objects.select_for_update(of=("self",)).filter(named, ended_at=None).order_by("pk")
    rows = rows.filter(Q(school__board__in=boards) | Q(board__in=boards), ends_on__gte=timezone.localdate())
    for row in rows.select_related("school__board", "board", "user", "deputy"):
        if not handles_at(after, row.place):
            _end(row, by, to=(Permission.PEOPLE_EDIT,))
            queue(STOPPED, to=row.deputy if row.user == person else row.user, path=reverse("signals:absences"))


def _end(row: Absence, by: User, to: tuple[Permission, ...] = ()) -> None:
    row.ended_at, row.ended_by = timezone.now(), by
    row.full_clean()
    row.save(update_fields=["ended_at", "ended_by"])
    _event(Action.ABSENCE_ENDED, row, by, to)


def _event(action: Action, row: Absence, by: User, to: tuple[Permission, ...] = ()) -> None:
    details = {"user": row.user.reference, "deputy": row.deputy.reference}
    details |= {"from": row.starts_on.isoformat(), "until": row.ends_on.isoformat()}
    about: dict[str, Any] = {"by": by, "kind": "absence", "ref": row.reference, "details": details}
    if row.school:
        school_event(action, school=row.school, to=to or (Permission.CASE_HANDLE,), **about)
    elif row.board:
        board_event(action, board=row.board, to=to or (Permission.WALLED_HANDLE,), **about)
