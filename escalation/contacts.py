"""Whom to call for one recipient at one school: its own contact, the municipality's, or the national address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, format_number, is_valid_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from accounts.models import School
from escalation.entries import Recipient
from escalation.models import Contact
from escalation.protocol import current_protocol
from escalation.texts import recipient_name, say

STALE_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class Address:
    """How to reach one recipient. `notice` says what is missing or old; it is empty when all is well."""

    key: str
    who: str
    name: str = ""
    phone: str = ""
    tel: str = ""
    email: str = ""
    url: str = ""
    hours: str = ""
    costs: str = ""
    note: str = ""
    notice: str = ""


def dial(number: str) -> str:
    """A `tel:` link for a number as shown; short and 0900 numbers are dialled as they stand."""
    try:
        parsed = parse(number, "NL")
    except NumberParseException:
        parsed = None
    if parsed is not None and is_valid_number(parsed) and not number.strip().startswith(("0800", "0900", "14")):
        return "tel:" + format_number(parsed, PhoneNumberFormat.E164)
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return f"tel:{digits}" if digits else ""


def website(recipient: Recipient) -> str:
    """The address of the recipient's own pages as a link; the protocol holds it as host and path."""
    return f"https://{recipient.url}" if recipient.url else ""


def is_stale(checked_on: date) -> bool:
    """True when nobody confirmed the contact for 180 days."""
    return timezone.localdate() - checked_on > STALE_AFTER


def contacts_of(school: School) -> dict[str, Contact]:
    """The contacts that hold for a school by recipient; its own goes before the municipality's."""
    return contacts_by_school([school])[school.pk]


def contacts_by_school(schools: list[School]) -> dict[int, dict[str, Contact]]:
    """The same for several schools in one query, by the id of the school."""
    boards, towns = {school.board_id for school in schools}, {school.municipality for school in schools}
    rows = Contact.objects.filter(
        Q(school__in=schools) | Q(board_id__in=boards, school__isnull=True, municipality__in=towns)
    )
    ordered = sorted(rows, key=lambda row: row.school_id is not None)
    return {school.pk: {row.recipient: row for row in ordered if _holds(row, school)} for school in schools}


def _holds(row: Contact, school: School) -> bool:
    if row.school_id is not None:
        return row.school_id == school.pk
    return (row.board_id, row.municipality) == (school.board_id, school.municipality)


def addresses(school: School, recipients: Iterable[str]) -> dict[str, Address]:
    """One address for each recipient, in one query."""
    own = contacts_of(school)
    known = current_protocol().recipients
    return {key: _address(known[key], school.sector, own.get(key)) for key in recipients}


def _address(recipient: Recipient, sector: str, contact: Contact | None) -> Address:
    who = recipient_name(recipient.key, sector)
    note, hours, costs = say(recipient.note), say(recipient.hours), say(recipient.costs)
    if contact:
        phone = contact.phone.as_national if contact.phone else ""
        return Address(
            key=recipient.key,
            who=who,
            name=contact.name,
            phone=phone,
            tel=f"tel:{contact.phone.as_e164}" if contact.phone else "",
            email=contact.email,
            url=website(recipient),
            note=note,
            notice=_stale_notice(contact),
        )
    if not recipient.local:
        return Address(
            key=recipient.key,
            who=who,
            phone=recipient.phone,
            tel=dial(recipient.phone),
            email=recipient.email,
            url=website(recipient),
            hours=hours,
            costs=costs,
            note=note,
        )
    return _missing(recipient, who, note)


def _missing(recipient: Recipient, who: str, note: str) -> Address:
    fallback = recipient.fallback
    phone = fallback.phone if fallback else ""
    notice = "" if recipient.inside and fallback else _("Your school has not filled in a contact for this yet.")
    if fallback:
        notice = f"{notice} {say(fallback.text)}".strip()
    return Address(
        key=recipient.key, who=who, phone=phone, tel=dial(phone), url=website(recipient), note=note, notice=notice
    )


def _stale_notice(contact: Contact) -> str:
    if not is_stale(contact.checked_on):
        return ""
    recipient = current_protocol().recipients[contact.recipient]
    notice = _("Nobody has checked this contact for more than half a year. It may be out of date.")
    if recipient.inside or recipient.fallback is None:
        return notice
    return " ".join(filter(None, (notice, say(recipient.fallback.text), recipient.fallback.phone)))
