"""The sentences of a case, one by one, to pick what is or was told: no more than is needed."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from signals.ages import day_words
from signals.models import Note, Signal

# A sentence ends after a word of two characters or more, so not after the initial of a name; or after a quotation.
SENTENCE = re.compile(r"(?<=\w\w[.!?…])\s+|(?<=[.!?…]['\"’”)])\s+|\n+")
BOXES = ("observed", "told", "opinion", "against")


@dataclass(frozen=True)
class Line:
    """One sentence. key: where it stands, the same as long as the case exists, for what was sent never changes."""

    key: str
    text: str


@dataclass(frozen=True)
class Group:
    """The sentences of one text, with who wrote it."""

    label: str
    lines: tuple[Line, ...]


def groups_of(signals: Sequence[Signal], notes: Iterable[Note]) -> list[Group]:
    """Everything that was written in a case, as sentences: the reports box by box, additions and notes."""
    labels = {
        "observed": _("Seen or heard"),
        "told": _("What was said, and by whom"),
        "opinion": _("What the writer thinks of it"),
        "against": _("What speaks against it"),
    }
    found = []
    for signal in signals:
        by = f"{signal.author.name}, {day_words(localdate(signal.entered_at))}"
        found += [_group(f"{labels[box]} ({by})", f"{signal.reference}.{box}", getattr(signal, box)) for box in BOXES]
        for number, row in enumerate(sorted(signal.additions.all(), key=lambda row: row.pk), 1):
            label = _("Added by %(name)s, %(day)s") % _signed(row.author.name, row.created_at)
            found.append(_group(label, f"{signal.reference}.a{number}", row.text))
    for number, note in enumerate(notes, 1):
        label = _("Note of %(name)s, %(day)s") % _signed(note.author.name, note.created_at)
        found.append(_group(label, f"n{number}", note.text))
    return [group for group in found if group.lines]


def folded(groups: Sequence[Group], picked: Collection[str]) -> list[tuple[Group, bool]]:
    """The groups, and whether each is shown open: those with something picked, or else the first."""
    opened = [any(line.key in picked for line in group.lines) for group in groups]
    if groups and not any(opened):
        opened[0] = True
    return list(zip(groups, opened, strict=True))


def texts_of(groups: Iterable[Group]) -> dict[str, str]:
    """Every sentence by its key, in the order of the case."""
    return {line.key: line.text for group in groups for line in group.lines}


def _signed(name: str, at: datetime) -> dict[str, str]:
    return {"name": name, "day": day_words(localdate(at))}


def _group(label: str, key: str, text: str) -> Group:
    parts = [part.strip() for part in SENTENCE.split(text) if part.strip()]
    return Group(label, tuple(Line(f"{key}.{number}", part) for number, part in enumerate(parts, 1)))
