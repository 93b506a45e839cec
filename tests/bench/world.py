"""A school with a thousand cases: fifty sent through the real form and services, the rest copies of those."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Board, Pupil, School, User
from accounts.references import new_reference
from signals.models import Case, Person, Signal, Step
from tests.conftest import World, join, person, send, typed

SENT, COPIES = 50, 19


@dataclass
class Scene:
    """handler: a coordinator who sees all cases; author: a teacher; data: a filled-in report."""

    handler: User
    author: User
    case: Case
    data: dict[str, Any]


@transaction.atomic
def build(copies: int = COPIES) -> Scene:
    """Make it."""
    board = Board.objects.create(name="Bestuur A")
    school = School.objects.create(board=board, name="Het Lyceum", sector="vo", municipality="Merendal")
    pupil = Pupil.objects.create(school=school, name="Noor Zandstra", group="3B")
    handler, author = person("coordinator"), person("author")
    join(handler, "coordinator", school)
    join(author, "teacher", school)
    data = typed(World(board, school, school, school, pupil, pupil))
    sent = [send(author, data) for _ in range(SENT)]
    _copy(Signal.objects.select_related("case").filter(pk__in=[signal.pk for signal in sent]), copies)
    return Scene(handler, author, sent[0].case, data)


def _copy(signals: Any, copies: int) -> None:
    """Copies of reports with their cases, people and steps."""
    for signal in signals:
        case, people, steps = signal.case, list(signal.people.all()), list(signal.steps.all())
        cases = Case.objects.bulk_create(_fresh(case, Case, reference=new_reference) for _ in range(copies))
        reports = Signal.objects.bulk_create(
            _fresh(signal, Signal, reference=new_reference, key=new_reference, case=made) for made in cases
        )
        Person.objects.bulk_create(_fresh(row, Person, signal=made) for made in reports for row in people)
        Step.objects.bulk_create(
            _fresh(row, Step, reference=new_reference, signal=made, case=made.case) for made in reports for row in steps
        )


def _fresh(row: Any, model: Any, **changes: Any) -> Any:
    """A new row with the values of another; changes may be functions that make a value."""
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    made = model(**values | {"id": None})
    for name, value in changes.items():
        setattr(made, name, value() if callable(value) else value)
    return made
