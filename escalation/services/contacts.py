"""Changing contacts. Each change leaves an event that names the recipient, never the number."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.grants import grants_of
from accounts.hours import Hours
from accounts.models import Board, School, User
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation.contacts import contacts_of
from escalation.duty import known_recipient, wide_place
from escalation.errors import ContactChangedError
from escalation.models import Contact

SAYS = ("name", "phone", "email", "street", "postcode", "town", "owner_id")


@dataclass(frozen=True)
class Entry:
    """What somebody filled in for one recipient. `owner` keeps it right; `hours` may be unknown."""

    name: str
    phone: str
    email: str
    street: str = ""
    postcode: str = ""
    town: str = ""
    hours: Hours | None = None
    owner: User | None = None


def mark(contact: Contact | None) -> str:
    """Tells what a contact says from what it said before; empty without one."""
    if contact is None:
        return ""
    said = (contact.reference, *(str(getattr(contact, name)) for name in SAYS), sorted(contact.hours.items()))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def may_serve_all(user: User, school: School) -> bool:
    """Whether somebody keeps the contacts of the whole board, and not only those of one school."""
    return school.board_id in grants_of(user).boards(Permission.CONTACT_EDIT)


@transaction.atomic
def contact_save(
    *, by: User, school: School, recipient: str, entry: Entry, for_all: bool = False, seen: str | None = None
) -> Contact:
    """Set the contact for a recipient.

    Args:
        by: who changes it.
        school: at which school.
        recipient: a local recipient, or the one on duty.
        entry: what was filled in.
        for_all: not for this school alone but for every school of the board in its municipality, or for the whole board
            (see duty.wide_place). A contact of this school's own goes, or nobody there would see the new one.
        seen: the mark of the contact that the form showed; None compares nothing.

    Raises:
        ContactChangedError: a colleague changed it since.
        PermissionDenied: `for_all` by somebody who doesn't keep the contacts of the board.
    """
    place = _place(school, recipient, for_all)
    if for_all and (not may_serve_all(by, school) or place["school"] is not None):
        raise PermissionDenied
    Board.objects.select_for_update().get(pk=school.board_id)  # two who fill in the same one wait for each other
    held = contacts_of(school).get(recipient)
    contact = Contact.objects.filter(**place, recipient=recipient).first() or Contact(**place, recipient=recipient)
    contact.name, contact.phone, contact.email, contact.owner = entry.name, entry.phone, entry.email, entry.owner
    contact.street, contact.postcode, contact.town = entry.street, entry.postcode, entry.town
    contact.hours = entry.hours.stored() if entry.hours else {}
    contact.checked_on, contact.checked_by = timezone.localdate(), by
    contact.full_clean()
    if seen not in (None, mark(held)) and mark(contact) != mark(held):  # the same once more is a second click
        raise ContactChangedError
    contact.save()
    if for_all:
        Contact.objects.filter(school=school, recipient=recipient).delete()
    _event(Action.CONTACT_SAVED, by, school, contact)
    return contact


def _place(school: School, recipient: str, for_all: bool) -> dict[str, object]:
    wide = wide_place(known_recipient(recipient)) if for_all else ""
    return {
        "board": school.board,
        "school": None if wide else school,
        "municipality": school.municipality if wide == "municipality" else "",
    }


@transaction.atomic
def contact_confirm(*, by: User, school: School, recipient: str, seen: str | None = None) -> bool:
    """Say that the contact that holds for this school is still right; False when there is none to confirm.

    Args:
        seen: the mark of the contact that was on the page; None compares nothing.

    Raises:
        ContactChangedError: a colleague changed it since.
    """
    contact = contacts_of(school).get(recipient)
    if contact is None:
        return False
    if seen not in (None, mark(contact)):
        raise ContactChangedError
    _confirm(by, school, contact)
    return True


@transaction.atomic
def contacts_confirm(*, by: User, rows: Iterable[tuple[School, Contact]]) -> int:
    """Say of several contacts that they are still right. Returns how many."""
    found = list(rows)
    for school, contact in found:
        _confirm(by, school, contact)
    return len(found)


def _confirm(by: User, school: School, contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(checked_on=timezone.localdate(), checked_by=by)
    _event(Action.CONTACT_CHECKED, by, school, contact)


def _event(action: Action, by: User, school: School, contact: Contact) -> None:
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_at(Permission.CONTACT_EDIT, board=school.board_id, school=school.pk),
        board=school.board.reference,
        school=school.reference,
        kind="contact",
        ref=contact.reference,
        rule=Permission.CONTACT_EDIT,
        details={"recipient": contact.recipient},
    )
