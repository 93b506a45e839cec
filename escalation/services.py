"""Changing contacts. Each change leaves an event that names the recipient, never the number."""

from django.db import transaction
from django.utils import timezone

from accounts.grants import grants_of
from accounts.models import School, User
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation.contacts import contacts_of
from escalation.models import Contact


@transaction.atomic
def contact_save(*, by: User, school: School, recipient: str, name: str, phone: str, email: str) -> Contact:
    """Set the school's own contact for a recipient; it goes before the municipality's."""
    contact = Contact.objects.select_for_update().filter(school=school, recipient=recipient).first() or Contact(
        board=school.board, school=school, recipient=recipient
    )
    contact.name, contact.phone, contact.email = name, phone, email
    contact.checked_on, contact.checked_by = timezone.localdate(), by
    contact.full_clean()
    contact.save()
    _event(Action.CONTACT_SAVED, by, school, contact)
    return contact


@transaction.atomic
def contact_confirm(*, by: User, school: School, recipient: str) -> bool:
    """Say that the contact that holds for this school is still right; False when there is none to confirm."""
    contact = contacts_of(school).get(recipient)
    if contact is None:
        return False
    Contact.objects.filter(pk=contact.pk).update(checked_on=timezone.localdate(), checked_by=by)
    _event(Action.CONTACT_CHECKED, by, school, contact)
    return True


def _event(action: Action, by: User, school: School, contact: Contact) -> None:
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_for(Permission.CONTACT_EDIT),
        board=school.board.reference,
        school=school.reference,
        kind="contact",
        ref=contact.reference,
        rule=Permission.CONTACT_EDIT,
        details={"recipient": contact.recipient},
    )
