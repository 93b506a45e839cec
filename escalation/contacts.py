"""Whom to call for one recipient at one school: the school's own contact, the municipality's, the board's, or the
national address. The most local one goes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat, format_number, is_valid_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from accounts.hours import Hours, read_hours
from accounts.marks import keys
from accounts.models import School
from accounts.prepared import Prepared
from escalation.duty import ON_DUTY, known_recipient
from escalation.entries import Recipient
from escalation.models import Contact
from escalation.schooldays import next_opening
from escalation.texts import hours_text, recipient_name, say

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
    post: str = ""
    url: str = ""
    hours: str = ""
    costs: str = ""
    note: str = ""
    notice: str = ""
    opens_at: datetime | None = None  # None when it is open now, or when nobody knows its hours


@lru_cache(maxsize=256)  # the numbers of the table; those of a school's own contacts come another way
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
    """The contacts that hold for a school by recipient."""
    return contacts_by_school([school])[school.pk]


def contacts_by_school(schools: list[School]) -> dict[int, dict[str, Contact]]:
    """The same for several schools in one query, by the id of the school."""
    boards, towns = {school.board_id for school in schools}, {"", *(school.municipality for school in schools)}
    rows = _CONTACTS.objects([school.pk for school in schools], sorted(boards))
    rows = [row for row in rows if row.school_id is not None or row.municipality in towns]
    return {school.pk: _holding(rows, school) for school in schools}


def _holding(rows: Iterable[Contact], school: School) -> dict[str, Contact]:
    return {row.recipient: row for row in sorted(rows, key=_how_local) if _holds(row, school)}


def contacts_at(school: Any, board: Any) -> QuerySet[Contact]:
    """What may hold for a school, for a statement that asks for more; addresses() knows which of them does."""
    return Contact.objects.filter(Q(school=school) | Q(board=board, school__isnull=True)).order_by()


def _contacts(schools: int, boards: int) -> QuerySet[Contact]:
    of_board = Q(board_id__in=keys(1, boards), school__isnull=True)
    return Contact.objects.filter(Q(school_id__in=keys(0, schools)) | of_board).select_related("owner")


_CONTACTS = Prepared(_contacts)


def _how_local(row: Contact) -> int:
    """The board's first, then the municipality's, then the school's own, which replaces the others."""
    return 2 if row.school_id is not None else bool(row.municipality)


def _holds(row: Contact, school: School) -> bool:
    if row.school_id is not None:
        return row.school_id == school.pk
    return row.board_id == school.board_id and row.municipality in ("", school.municipality)


def addresses(school: School, recipients: Iterable[str], rows: Iterable[Contact] | None = None) -> dict[str, Address]:
    """One address for each recipient, and for the one on duty where the school has one, in one query.

    rows: those of contacts_at(), when at hand.
    """
    own, now = contacts_of(school) if rows is None else _holding(rows, school), timezone.localtime()
    keys = [*recipients, ON_DUTY] if ON_DUTY in own else list(recipients)
    return {key: _address(known_recipient(key), school.sector, own.get(key), now) for key in keys}


def _address(recipient: Recipient, sector: str, contact: Contact | None, now: datetime) -> Address:
    if contact:
        return _own(recipient, recipient_name(recipient.key, sector), contact, now)
    if not recipient.local:
        return _national(recipient, recipient_name(recipient.key, sector), now)
    return _missing(recipient, recipient_name(recipient.key, sector))


def _own(recipient: Recipient, who: str, contact: Contact, now: datetime) -> Address:
    hours = read_hours(contact.hours)
    return Address(
        key=recipient.key,
        who=who,
        name=contact.name,
        phone=contact.phone.as_national if contact.phone else "",
        tel=f"tel:{contact.phone.as_e164}" if contact.phone else "",
        email=contact.email,
        post=contact.post,
        url=website(recipient),
        hours=hours_text(hours),
        note=say(recipient.note),
        notice=_stale_notice(contact),
        opens_at=_opens(hours, now),
    )


def _national(recipient: Recipient, who: str, now: datetime) -> Address:
    return Address(
        key=recipient.key,
        who=who,
        phone=recipient.phone,
        tel=dial(recipient.phone),
        email=recipient.email,
        url=website(recipient),
        hours=say(recipient.hours),
        costs=say(recipient.costs),
        note=say(recipient.note),
        opens_at=_opens(recipient.open, now),
    )


def _opens(hours: Hours | None, now: datetime) -> datetime | None:
    return next_opening(hours, now) if hours else None


def _missing(recipient: Recipient, who: str) -> Address:
    fallback = recipient.fallback
    phone = fallback.phone if fallback else ""
    notice = "" if recipient.inside and fallback else _("Your school has not filled in a contact for this yet.")
    if fallback:
        notice = f"{notice} {say(fallback.text)}".strip()
    return Address(
        key=recipient.key,
        who=who,
        phone=phone,
        tel=dial(phone),
        url=website(recipient),
        note=say(recipient.note),
        notice=notice,
    )


def _stale_notice(contact: Contact) -> str:
    if not is_stale(contact.checked_on):
        return ""
    recipient = known_recipient(contact.recipient)
    notice = _("Nobody has checked this contact for more than half a year. It may be out of date.")
    if recipient.inside or recipient.fallback is None:
        return notice
    return " ".join(filter(None, (notice, say(recipient.fallback.text), recipient.fallback.phone)))
