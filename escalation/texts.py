"""The words of the protocol in the language of the screen."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from escalation.protocol import current_protocol


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
    recipient = current_protocol().recipients[key]
    return say(recipient.names.get(sector) or recipient.name)
