"""The words of the protocol in the language of the screen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.hours import Hours
from escalation.duty import known_recipient
from escalation.models import Contact
from escalation.own import is_own
from escalation.protocol import current_protocol
from escalation.schooldays import always


def say(words: Mapping[str, str] | None) -> str:
    """Pick the language of the screen; Dutch where there is no other. Nothing gives an empty text."""
    if not words:
        return ""
    return words.get(get_language() or "nl") or words["nl"]


def concern_name(code: str) -> str:
    return say(current_protocol().concerns[code].name)


def subject_name(code: str) -> str:
    return say(current_protocol().subject_roles[code].name)


PUPILS = {
    "ko": _("child"),
    "po": _("pupil"),
    "vo": _("pupil"),
    "mbo": _("student"),
    "hbo": _("student"),
    "wo": _("student"),
}
OTHERS = {
    "staff": _("member of staff"),
    "principal": _("principal"),
    "parent": _("parent"),
    "outsider": _("somebody from outside"),
    "unknown": _("somebody unknown"),
}


def subject_short(role: str, sector: str) -> str:
    """Whom it is about in one or two words, for a list: never a name."""
    return str(PUPILS[sector] if role == "pupil" else OTHERS[role])


def recipient_name(key: str, sector: str) -> str:
    """What the recipient is called in this sector: the care coordinator of a primary school has another name."""
    recipient = known_recipient(key)
    return say(recipient.names.get(sector) or recipient.name)


SOME_MONDAY = date(2026, 1, 5)


def day_name(weekday: int) -> str:
    """Monday is 0, in the language of the screen."""
    return date_format(SOME_MONDAY + timedelta(days=weekday), "l")


def basis_name(basis: str, source: str) -> str:
    """On what a step rests; what the board agreed itself says so."""
    if is_own(source):
        return gettext("agreement of the board")
    return say(current_protocol().bases[basis].name)


def hours_text(hours: Hours | None) -> str:
    """Opening hours in a line, days with the same hours together; nothing for hours that nobody knows."""
    if hours is None:
        return ""
    if always(hours):
        return gettext("day and night")
    parts = []
    for span, group in groupby(range(7), key=hours.on):
        if span is not None:
            days = [day_name(weekday) for weekday in group]
            parts.append(f"{_days(days)} {span[0]:%H:%M}–{span[1]:%H:%M}")
    return ", ".join(parts)


def _days(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return gettext("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


def moment_text(moment: datetime) -> str:
    """A day and an hour: "monday 30 November 08:00"."""
    return date_format(moment, "l j F H:i")


def place_text(contact: Contact) -> str:
    """For which schools a contact is, when it is for more than one."""
    if contact.municipality:
        return gettext("All schools of the board in %(place)s") % {"place": contact.municipality}
    return gettext("All schools of the board")
