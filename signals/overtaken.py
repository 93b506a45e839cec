"""What somebody sees whose colleague was first: what the colleague did, what they typed themselves, and a choice."""

import uuid
from typing import Any

from django.forms import BaseForm, BoundField
from django.urls import reverse
from django.utils.translation import gettext as _

from signals import rules
from signals.chronology import changes
from signals.models import Case

LATEST = 3


def overtaken(case: Case, form: BaseForm, title: str, *, with_changes: bool = True) -> dict[str, Any]:
    """For the template: the latest changes, the own words, and where these can be kept as a note in the case.

    Args:
        title: what one was about to do, above the own words in the note.
    """
    mine, why = in_words(form), _("Not recorded: a colleague was first.")
    return {
        "meanwhile": sorted(changes(case), key=lambda entry: entry.at)[-LATEST:] if with_changes else [],
        "mine": mine,
        "note_text": f"{title}\n{why}\n\n{_as_text(mine)}",
        "note_key": uuid.uuid4(),
        "note_url": reverse("signals:case-note", args=[case.reference]) if case.status in rules.ACTIVE else "",
    }


def in_words(form: BaseForm) -> list[tuple[str, str]]:
    """Every question that was answered with its answer."""
    pairs = [(str(field.label), _value(field)) for field in form if not field.is_hidden]
    return [(label, value) for label, value in pairs if value]


def _value(field: BoundField) -> str:
    given, names = field.value(), dict(getattr(field.field, "choices", ()))
    values = given if isinstance(given, list) else [given]
    return "\n".join(str(names.get(value, value)) for value in values if value)


def _as_text(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {value}" if "\n" not in value else f"{label}:\n{value}" for label, value in pairs)
