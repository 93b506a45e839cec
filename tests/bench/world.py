"""A school with a thousand cases: fifty sent through the real form and services, the rest copies of those.

They are about a quarter as many pupils: nobody is the subject of a thousand reports.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from django.db import transaction

from accounts.models import Board, Pupil, School, User
from accounts.references import new_reference
from signals.models import Case, Person, Signal, Step
from tests.conftest import World, join, person, send, typed

SENT, COPIES, PUPILS = 50, 19, 250


@dataclass
class Scene:
    """handler: a coordinator who sees all cases; author: a teacher; written: filled-in reports, again and again."""

    handler: User
    author: User
    case: Case
    written: Iterator[dict[str, Any]]

    @property
    def data(self) -> dict[str, Any]:
        """A filled-in report, about another pupil each time."""
        return next(self.written)


@transaction.atomic
def build(copies: int = COPIES) -> Scene:
    """Make it."""
    board = Board.objects.create(name="Bestuur A")
    school = School.objects.create(board=board, name="Het Lyceum", sector="vo", municipality="Merendal")
    made = [Pupil(school=school, name=f"Noor Zandstra {number}", group="3B") for number in range(PUPILS)]
    pupils = Pupil.objects.bulk_create(made)
    handler, author = person("coordinator"), person("author")
    join(handler, "coordinator", school)
    join(author, "teacher", school)
    written = reports(school, pupils)
    sent = [send(author, next(written)) for _ in range(SENT)]
    others = cycle(pupil.pk for pupil in pupils)
    _copy(Signal.objects.select_related("case").filter(pk__in=[signal.pk for signal in sent]), copies, others)
    return Scene(handler, author, sent[0].case, written)


def reports(school: School, pupils: Sequence[Pupil]) -> Iterator[dict[str, Any]]:
    """Filled-in reports about one pupil after the other, without end."""
    return cycle([typed(World(school.board, school, school, school, pupil, pupil)) for pupil in pupils])


def _copy(signals: Any, copies: int, pupils: Iterator[int]) -> None:
    """Copies of reports with their cases, people and steps, about one pupil after the other."""
    for signal in signals:
        case, people, steps = signal.case, list(signal.people.all()), list(signal.steps.all())
        cases = Case.objects.bulk_create(_fresh(case, Case, reference=new_reference) for _ in range(copies))
        made_of = Signal.objects.bulk_create(
            _fresh(signal, Signal, reference=new_reference, key=new_reference, case=made) for made in cases
        )
        Person.objects.bulk_create(
            _fresh(row, Person, signal=made, pupil_id=lambda: next(pupils)) for made in made_of for row in people
        )
        Step.objects.bulk_create(
            _fresh(row, Step, reference=new_reference, signal=made, case=made.case) for made in made_of for row in steps
        )


def _fresh(row: Any, model: Any, **changes: Any) -> Any:
    """A new row with the values of another; changes may be functions that make a value."""
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    made = model(**values | {"id": None})
    for name, value in changes.items():
        setattr(made, name, value() if callable(value) else value)
    return made
