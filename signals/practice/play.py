"""What a sent exercise consists of: the same rows as a case has, which are never saved as such.

They are kept as data in one field of `Rehearsal`, and come back as instances of the same models, so that the pages, the
engine and the rules of a case work on them as they are. Their ids are below zero, see `invented`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core import serializers
from django.db.models import Model, QuerySet

from accounts.models import School, User
from signals.models import Case, CaseChange, FactsChange, Note, Person, Rehearsal, Signal, Step, StepOutcome
from signals.practice import invented

FIRST = -1_000_000
Row = TypeVar("Row", bound=Model)


@dataclass
class Play:
    """One exercise. `by`: who practises, and so everybody who does something in it."""

    by: User
    school: School
    case: Case
    signal: Signal
    person: Person
    steps: list[Step] = field(default_factory=list)
    outcomes: list[StepOutcome] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    changes: list[CaseChange] = field(default_factory=list)
    corrections: list[FactsChange] = field(default_factory=list)

    def add(self, row: Row) -> Row:
        """Put a row with the others, under an id of its own."""
        row.pk = max((one.pk for one in self.rows()), default=FIRST) + 1
        lists: dict[type[Model], list[Any]] = {
            Step: self.steps,
            StepOutcome: self.outcomes,
            Note: self.notes,
            CaseChange: self.changes,
            FactsChange: self.corrections,
        }
        lists[type(row)].append(row)
        return row

    def rows(self) -> Iterator[Model]:
        yield from (self.case, self.signal, self.person)
        yield from (*self.corrections, *self.steps, *self.outcomes, *self.notes, *self.changes)

    def dump(self) -> list[Any]:
        """As data that JSON can hold."""
        found: list[Any] = json.loads(serializers.serialize("json", self.rows()))
        return found

    def join(self) -> "Play":
        """Lay the rows side by side, as a query with everything it needs would."""
        case, signal = self.case, self.signal
        case.school, case.board = self.school, self.school.board
        case.owner = self.by if case.owner_id else None
        signal.case, signal.school, signal.author = case, self.school, self.by
        self.person.signal = signal
        _put(self.person, "pupil", invented.pupils(self.school.sector))
        _put(self.person, "user", [user for user, _role in invented.staff()])
        for correction in self.corrections:
            correction.signal, correction.by = signal, self.by
        for step in self.steps:
            step.case, step.signal = case, signal
            _put(step, "change", self.corrections)
            _put(step, "lapsed_by", self.corrections)
            _beside(step, outcomes=[row for row in self.outcomes if row.step_id == step.pk])
        for outcome in self.outcomes:
            outcome.recorded_by = self.by
            _put(outcome, "step", self.steps)
        for note in self.notes:
            note.author = self.by
        for change in self.changes:
            change.by = self.by
        _beside(signal, people=[self.person], additions=[], facts_changes=self.corrections)
        return self


def load(rehearsal: Rehearsal, by: User) -> Play | None:
    """The exercise as it stands; None when nothing was sent yet, or when an upgrade left nothing that can be read."""
    found: dict[type[Model], list[Any]] = {}
    for row in serializers.deserialize("python", rehearsal.rows, ignorenonexistent=True):
        found.setdefault(type(row.object), []).append(row.object)
    if not {Case, Signal, Person} <= set(found):
        return None
    play = Play(
        by=by,
        school=invented.school(rehearsal.sector),
        case=found[Case][0],
        signal=found[Signal][0],
        person=found[Person][0],
        steps=found.get(Step, []),
        outcomes=found.get(StepOutcome, []),
        notes=found.get(Note, []),
        changes=found.get(CaseChange, []),
        corrections=found.get(FactsChange, []),
    )
    return play.join()


def _put(row: Model, name: str, among: list[Any]) -> None:
    """Set what a foreign key points to, so that nobody asks the database for it."""
    wanted = getattr(row, f"{name}_id")
    setattr(row, name, next((one for one in among if one.pk == wanted), None))


def _beside(row: Model, **lists: list[Any]) -> None:
    """Give what prefetch_related would have fetched; what is asked of it further finds nothing in the database."""
    found: dict[str, QuerySet[Model]] = {}
    for name, rows in lists.items():
        found[name] = QuerySet(getattr(type(row), name).rel.related_model).none()
        found[name]._result_cache = rows
    row._prefetched_objects_cache = found  # type: ignore[attr-defined]
