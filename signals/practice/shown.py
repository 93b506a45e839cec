"""What the pages of an exercise show of it, with the presenters of a real case."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from escalation.findings import findings_for
from escalation.protocol import current_protocol
from signals.cards import Card, cards
from signals.chronology import change_entry, note_entry, outcome_entry, signal_entries
from signals.entries import Entry
from signals.lines import groups_of
from signals.models import Step
from signals.practice import invented
from signals.practice.play import Play
from signals.recording import Offer


def practice_cards(
    play: Play, steps: Iterable[Step] | None = None, *, can_record: bool = False, for_writer: bool = False
) -> list[Card]:
    """The cards of the steps. Nothing on them calls or mails anybody, and what is local is invented."""
    rows = play.steps if steps is None else list(steps)
    found = cards(rows, play.school, can_record=can_record, for_writer=for_writer, among=play.steps)
    return [_harmless(card) for card in found]


def _harmless(card: Card) -> Card:
    closed = card.closed and replace(card.closed, calls=tuple(replace(call, tel="") for call in card.closed.calls))
    card = replace(card, tel="", closed=closed)
    if not current_protocol().recipients[card.recipient].local:
        return card
    return replace(card, phone=invented.number(card.position), email="", notice="")


def story(play: Play, *, newest_first: bool) -> list[Entry]:
    """Everything that happened in the exercise."""
    entries = signal_entries(play.signal)
    entries += [note_entry(row) for row in play.notes]
    entries += [*changes(play), *_outcomes(play)]
    return sorted(entries, key=lambda entry: entry.at, reverse=newest_first)


def changes(play: Play) -> list[Entry]:
    """Changes of status, with their reasons."""
    return [change_entry(row) for row in play.changes]


def _outcomes(play: Play) -> list[Entry]:
    return [outcome_entry(row.step, row, play.school.sector) for row in play.outcomes]


def offer_for(play: Play, step: Step) -> Offer:
    """What the form for an outcome offers. Nobody of the real staff can be chosen."""
    return Offer(
        groups_of([play.signal], play.notes),
        outside=not current_protocol().recipients[step.recipient].inside,
        findings=findings_for(step.recipient),
    )


def step_of(play: Play, reference: str) -> Step | None:
    """A step of this exercise."""
    return next((step for step in play.steps if step.reference == reference), None)


def state(play: Play | None) -> dict[str, Any]:
    """How far an exercise is, for its first page."""
    return {"sent": play is not None, "closed": bool(play and play.case.status == "closed")}
