"""A change with its event, against the same change without and against two audit libraries.

"As the services do it": in one transaction lock, validate, save, and leave a trail (signals/services). The bare save,
without lock and validation, stands beside it: nothing in the product writes like that, so it has no limit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import User
from audit.actions import Action
from audit.middleware import RequestMark, current_mark
from audit.record import record
from tests.bench.app.models import STATUSES, AuditlogNote, BaseNote, EventNote, HistoryNote, PlainNote
from tests.bench.measure import Variant, compare, ratio
from tests.bench.table import Line
from tests.bench.world import Scene

LIMIT = 1.6
TEXT = "Vandaag met de leerling gesproken, en daarna met de ouders gebeld. Zij herkennen het. " * 5
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MODELS = {"plain": PlainNote, "event": EventNote, "auditlog": AuditlogNote, "history": HistoryNote}
Change = Callable[[int], None]
MakeChange = Callable[[type[BaseNote], User], Change]


@contextmanager
def in_a_request() -> Iterator[None]:
    """As inside a request: every event gets a personal part with address and browser."""
    token = current_mark.set(RequestMark("5f0c7d6e1b0a4c2f9a7be3d1c6f08e42", "192.0.2.7", AGENT))
    try:
        yield
    finally:
        current_mark.reset(token)


def note_event(by: User, details: dict[str, object]) -> None:
    """An event as the services write one about a note in a case."""
    record(
        Action.CASE_NOTED,
        actor=by.reference,
        role="coordinator",
        board="7K3M-9QXD-T4",
        school="8D2P-7RMC-X5",
        case="9F4K-2WTB-H6",
        kind="note",
        ref="9F4K-2WTB-H6",
        rule="case.handle/walled.handle",
        details=details,
    )


def adding(model: type[BaseNote], by: User) -> Change:
    """A new note, validated as the services do."""

    @transaction.atomic
    def add(number: int) -> None:
        note = model(author=by, status=STATUSES[number % len(STATUSES)], text=TEXT)
        note.full_clean()
        note.save()
        if model is EventNote:
            note_event(by, {"status": note.status})

    return add


def changing(model: type[BaseNote], by: User) -> Change:
    """Lock a note, change status and text, validate, save."""
    notes = _hundred(model, by)

    @transaction.atomic
    def change(number: int) -> None:
        note = model.objects.select_for_update().get(pk=notes[number].pk)
        old = note.status
        _next_status(note)
        note.full_clean()
        note.save()
        if model is EventNote:
            note_event(by, {"from": old, "to": note.status})

    return change


def saving(model: type[BaseNote], by: User) -> Change:
    """Nothing but save() of a note at hand."""
    notes = _hundred(model, by)

    @transaction.atomic
    def save(number: int) -> None:
        note = notes[number]
        old = note.status
        _next_status(note)
        note.save()
        if model is EventNote:
            note_event(by, {"from": old, "to": note.status})

    return save


def _hundred(model: type[BaseNote], by: User) -> list[BaseNote]:
    return model.objects.bulk_create(model(author=by, status="new", text=TEXT) for _ in range(100))


def _next_status(note: BaseNote) -> None:
    note.status = STATUSES[(STATUSES.index(note.status) + 1) % len(STATUSES)]
    note.text = f"{TEXT} {note.status}"


def lines(scene: Scene) -> Iterator[Line]:
    """New rows and changed rows as the services do it; then the bare save."""
    with in_a_request():
        yield from _compare("new row", adding, scene.handler, LIMIT)
        yield from _compare("changed row", changing, scene.handler, LIMIT)
        yield from _compare("bare save()", saving, scene.handler, None)


def _compare(what: str, make: MakeChange, by: User, limit: float | None) -> Iterator[Line]:
    found = {name: Variant(make(model, by)) for name, model in MODELS.items()}
    compare(found, count=100)
    plain, event = found["plain"], found["event"]
    yield Line(f"{what}, no trail", plain.milliseconds, "ms")
    yield Line(f"{what}: event / no trail", ratio(event, plain), "x", most=limit)
    yield Line(f"{what}: django-auditlog / no trail", ratio(found["auditlog"], plain), "x")
    yield Line(f"{what}: django-simple-history / no trail", ratio(found["history"], plain), "x")
    yield Line(f"{what}: event / django-auditlog", ratio(event, found["auditlog"]), "x", most=1.0)
    yield Line(f"{what}: event / django-simple-history", ratio(event, found["history"]), "x", most=1.0)
