"""Looks for words in what was written in cases: opens the texts of what this person may read, and keeps nothing.

The texts are encrypted, so the database can't look. A search reads the newest cases of a scope, all of a school's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.content.reading import opened_rows
from accounts.folding import folded, plainly_folded
from signals.models import (
    Addition,
    Attachment,
    BreakGlass,
    CaseChange,
    CasePerson,
    FactsChange,
    HandOver,
    Meeting,
    Note,
    Person,
    Share,
    Signal,
    StepOutcome,
    StoryOpening,
    Task,
    WorkLine,
)
from signals.scope import Reach

MOST = 3000  # cases whose texts one search opens, for each way in which somebody sees cases
SHORTEST = 3  # signs of what is looked for in texts; less would find everything


@dataclass(frozen=True)
class Source:
    """A table with texts. case: the path to its case. fields: the encrypted ones. plain: names beside them. empty: a
    field that says, when it is set, that a row does not count any more."""

    model: Any
    case: str
    fields: tuple[str, ...]
    plain: tuple[str, ...] = ()
    empty: str = ""


PEOPLE = (
    Source(Person, "signal__case", ("description",), ("pupil__name", "user__name")),
    Source(CasePerson, "case", ("description",), ("pupil__name", "user__name"), empty="removed_at"),
)
TEXTS = (
    Source(Signal, "case", ("observed", "told", "opinion", "against")),
    Source(Addition, "signal__case", ("text",)),
    Source(Note, "case", ("text",)),
    Source(
        StepOutcome,
        "step__case",
        ("shared", "reason", "by_whom", "with_whom", "reference_number", "consent_reason"),
    ),
    Source(CaseChange, "case", ("reason",)),
    Source(HandOver, "case", ("text", "answer")),
    Source(Task, "case", ("text",)),
    Source(Meeting, "case", ("place", "text", "without_name")),
    Source(WorkLine, "case", ("text",)),
    Source(Attachment, "case", ("name", "about", "reason")),
    Source(FactsChange, "signal__case", ("reason",)),
    Source(StoryOpening, "case", ("reason",)),
    Source(BreakGlass, "case", ("reason",)),
    # What was written in a case before it was put with another stays there, and is read on the page of the other.
    Source(Note, "case__joined_to", ("text",)),
    Source(CaseChange, "case__joined_to", ("reason",)),
    Source(StoryOpening, "case__joined_to", ("reason",)),
    Source(BreakGlass, "case__joined_to", ("reason",)),
)
# With whom a case was shared, and why, is read by who handles it.
SHARES = Source(Share, "case", ("reason",))


def look(cases: Reach, handled: Reach, words: Iterable[str]) -> tuple[set[int], bool]:
    """Find the cases in which every word stands in one text, or in one person's name and description.

    Args:
        cases: whose story is read by who searches.
        handled: those of them that they handle.

    Returns:
        Their ids, and whether every case of the scope was looked at.
    """
    wanted = list(filter(None, map(folded, words)))  # of accents alone nothing is left, which stands in every text
    if not wanted:
        return set(), True
    fold = plainly_folded if all(word.isascii() for word in wanted) else folded
    in_texts = max(map(len, wanted)) >= SHORTEST
    asked = [(scan, source) for scan in cases.scans for source in (*PEOPLE, *(TEXTS if in_texts else ()))]
    asked += [(scan, SHARES) for scan in handled.scans if in_texts]
    found: set[int] = set()
    for scan, source in asked:
        newest = scan.order_by("-pk").values("pk")[:MOST]
        found |= {case for case, text in _texts(source, newest) if _holds(fold(text), wanted)}
    return found, not any(scan.order_by("-pk")[MOST : MOST + 1].exists() for scan in cases.scans)


def _texts(source: Source, cases: Any) -> Iterator[tuple[int, str]]:
    rows = source.model.objects.filter(**{f"{source.case}__in": cases})
    rows = rows.filter(**{source.empty: None}) if source.empty else rows
    for text, case, *names in opened_rows(rows, source.fields, source.case, *source.plain):
        yield case, "\n".join((text, *filter(None, names))) if names else text


def _holds(text: str, wanted: list[str]) -> bool:
    return all(word in text for word in wanted)
