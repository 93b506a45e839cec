"""If the event can't be written, the change does not happen; for every service there is."""

import inspect
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from accounts.hours import Hours
from accounts.roles import Permission
from escalation.models import ClosingDays, Contact
from escalation.selectors import decisions
from escalation.services import calendar, own_steps, reminders
from escalation.services import contacts as contact_services
from escalation.services.contacts import Entry
from schoolsafety import boardfile
from signals import report
from signals.about import involved
from signals.casepeople import people_in
from signals.forms.concern import ConcernForm
from signals.models import Case, Draft, Signal, Step
from signals.practice import acts
from signals.services import cases, drafts, files, filters, persons, rehearsing, sending, steps, transfers
from tests.agreeing import agree, otherwise, propose
from tests.conftest import World, send, typed
from tests.filing import keep
from tests.practice import practised, rehearsed

KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"
KEPT = "2345-6789-BC"
REASON = "Hier staat waarom dit zo is."
FEATURES = (
    cases,
    drafts,
    files,
    filters,
    persons,
    rehearsing,
    sending,
    steps,
    transfers,
    contact_services,
    calendar,
    reminders,
    own_steps,
)


class TrailIsFullError(RuntimeError):
    pass


def everything() -> list[str]:
    """Every row of every table of the product, as text."""
    found = []
    for label in ("audit", "accounts", "escalation", "signals"):
        for model in apps.get_app_config(label).get_models():
            found.append(serializers.serialize("json", model._default_manager.order_by("pk")))
    return found


class Before:
    """What a call needs to succeed, made when it is first asked for: all of it takes longer than the test of one."""

    def __init__(self, world: World) -> None:
        self.world, self.author, self.by = world, world.author, world.coordinator
        self.pupil = typed(world, person="pupil:P1")
        self.upload = files.Upload("berichten.txt", b"Berichten", "", str(uuid4()))

    def taken(self) -> Case:
        return cases.case_take(by=self.by, case=send(self.author, typed(self.world)).case)

    def declined(self) -> Case:
        case = self.taken()
        for row in case.steps.filter(state="open", obligation="must"):
            steps.step_decline(by=self.by, step=row, reason=REASON, applies=True)
        return case

    @cached_property
    def new(self) -> Signal:
        return send(self.author, typed(self.world))

    @cached_property
    def other(self) -> Signal:
        return send(self.author, typed(self.world, concern="weapon"), {"immediate_danger": True})

    @cached_property
    def case(self) -> Case:
        return self.taken()

    @cached_property
    def ready(self) -> Case:
        return self.declined()

    @cached_property
    def shut(self) -> Case:
        return cases.case_close(by=self.by, case=self.declined(), outcome="resolved", reason=REASON)

    @cached_property
    def step(self) -> Step:
        return Step.objects.filter(case=self.case, state="open")[0]

    @cached_property
    def past(self) -> Step:
        return Step.objects.filter(case=self.ready, state="declined")[0]

    @cached_property
    def draft(self) -> Draft:
        return drafts.draft_save(by=self.author, draft=None, data=typed(self.world))

    @cached_property
    def content(self) -> Any:
        form = ConcernForm(typed(self.world), user=self.author, schools=[self.world.school])
        assert form.is_valid()
        return report.report(form.cleaned_data, {})

    @cached_property
    def sent(self) -> Any:
        return practised(self.author, self.pupil)

    @cached_property
    def begun(self) -> Any:
        return rehearsing.rehearsal_save(by=self.by, sector="vo", data=self.pupil)

    @cached_property
    def days(self) -> ClosingDays:
        day = date(2027, 4, 1)
        return ClosingDays.objects.create(school=self.world.school, starts_on=day, ends_on=day, label="Studiedag")

    @cached_property
    def waits(self) -> Any:
        return propose(self.by, self.world.board)

    @cached_property
    def holds(self) -> Any:
        return agree(self.by, self.world.board_officer, self.world.board)

    @cached_property
    def kept(self) -> Any:
        return filters.filter_save(by=self.by, name="Wat ik volg", query="tab=open&status=monitoring")

    @cached_property
    def second(self) -> Signal:
        """A report that was put with another case."""
        found = send(self.author, typed(self.world))
        self.put = transfers.case_merge(by=self.by, case=found.case, into=self.taken(), reason=REASON, key=uuid4())
        found.refresh_from_db()
        return found

    def undoable(self) -> Any:
        return self.second and self.put

    def file(self, name: str) -> Any:
        return keep(self.case, self.by, name)

    @cached_property
    def people(self) -> Any:
        """Who it is about, somebody who was added, and somebody who was taken out again."""
        self.outside = [
            persons.person_add(by=self.by, case=self.case, newcomer=newcomer, role="other", key=str(uuid4()))
            for newcomer in (persons.Newcomer(description="blijft"), persons.Newcomer(description="gaat"))
        ]
        found = involved(people_in(self.case))
        persons.person_remove(by=self.by, case=self.case, person=found[2])
        return found

    def out(self) -> Any:
        return self.people and self.outside[1]


# One call of each service that would succeed.
CALLS: dict[str, Callable[[Before], Callable[[], object]]] = {
    "case_merge": lambda s: partial(
        transfers.case_merge, by=s.by, case=s.ready, into=s.case, reason=REASON, key=UUID(KEY)
    ),
    "signal_move": lambda s: partial(
        transfers.signal_move, by=s.by, signal=s.second, into=s.case, reason=REASON, key=UUID(KEY)
    ),
    "signal_split": lambda s: partial(transfers.signal_split, by=s.by, signal=s.second, reason=REASON, key=UUID(KEY)),
    "transfer_undo": lambda s: partial(transfers.transfer_undo, by=s.by, transfer=s.undoable()),
    "file_add": lambda s: partial(files.file_add, by=s.by, case=s.case, upload=s.upload),
    "file_open": lambda s: partial(files.file_open, by=s.by, file=s.file("blijft"), to=(Permission.CASE_HANDLE,)),
    "file_remove": lambda s: partial(files.file_remove, by=s.by, file=s.file("gaat"), reason=REASON),
    "person_role": lambda s: partial(persons.person_role, by=s.by, case=s.case, person=s.people[0], role="witness"),
    "person_add": lambda s: partial(
        persons.person_add, by=s.by, case=s.case, newcomer=persons.Newcomer(user=s.author), role="witness", key=KEY
    ),
    "person_remove": lambda s: partial(persons.person_remove, by=s.by, case=s.case, person=s.people[1]),
    "person_back": lambda s: partial(persons.person_back, by=s.by, case=s.case, row=s.out()),
    "case_take": lambda s: partial(cases.case_take, by=s.by, case=s.other.case),
    "case_join": lambda s: partial(cases.case_join, by=s.by, case=s.other.case, into=s.case),
    "case_note": lambda s: partial(cases.case_note, by=s.by, case=s.case, text="Tekst", key=KEY),
    "case_move": lambda s: partial(cases.case_move, by=s.by, case=s.case, to="monitoring", reason=REASON),
    "case_close": lambda s: partial(cases.case_close, by=s.by, case=s.ready, outcome="resolved", reason=REASON),
    "case_reopen": lambda s: partial(cases.case_reopen, by=s.by, case=s.shut, reason=REASON),
    "story_open": lambda s: partial(cases.story_open, by=s.world.principal, case=s.case, reason=REASON),
    "draft_save": lambda s: partial(drafts.draft_save, by=s.author, draft=s.draft, data={"observed": "anders"}),
    "draft_keep": lambda s: partial(
        drafts.draft_keep, by=s.author, draft=None, data={"observed": "nieuw"}, key=KEPT, source=drafts.Source(KEPT)
    ),
    "draft_discard": lambda s: partial(drafts.draft_discard, by=s.author, draft=s.draft),
    "signal_send": lambda s: partial(sending.signal_send, by=s.author, draft=s.draft, report=s.content),
    "signal_add": lambda s: partial(sending.signal_add, by=s.author, signal=s.new, text="Tekst", key=KEY),
    "signal_called": lambda s: partial(sending.signal_called, by=s.author, signal=s.other, at=timezone.now()),
    "rehearsal_save": lambda s: partial(
        rehearsing.rehearsal_save, by=s.world.principal, sector="vo", data={"observed": "iets"}
    ),
    "rehearsal_send": lambda s: partial(
        rehearsing.rehearsal_send, by=s.by, rehearsal=s.begun, report=rehearsed(s.by, s.pupil)
    ),
    "rehearsal_change": lambda s: partial(rehearsing.rehearsal_change, by=s.author, rehearsal=s.sent, act=acts.take),
    "rehearsal_clear": lambda s: partial(rehearsing.rehearsal_clear, by=s.author, rehearsal=s.sent),
    "step_done": lambda s: partial(
        steps.step_done, by=s.by, step=s.step, done=steps.Done(timezone.now() - timedelta(hours=1), "Ik")
    ),
    "step_decline": lambda s: partial(steps.step_decline, by=s.by, step=s.step, reason=REASON, applies=False),
    "step_reopen": lambda s: partial(steps.step_reopen, by=s.by, step=s.past, reason=REASON),
    "filter_save": lambda s: partial(filters.filter_save, by=s.by, name="Van mij", query="tab=open&owner=me"),
    "filter_rename": lambda s: partial(filters.filter_rename, by=s.by, kept=s.kept, name="Wat wij volgen"),
    "filter_remove": lambda s: partial(filters.filter_remove, by=s.by, kept=s.kept),
    "contact_save": lambda s: partial(
        contact_services.contact_save,
        by=s.by,
        school=s.world.school,
        recipient="principal",
        entry=Entry("Naam", "+31301234567", ""),
    ),
    "contacts_confirm": lambda s: (
        lambda: contact_services.contacts_confirm(
            by=s.by, rows=[(s.world.school, Contact.objects.get(school=s.world.school))]
        )
    ),
    "calendar_save": lambda s: partial(
        calendar.calendar_save, by=s.by, school=s.world.school, region="noord", hours=Hours({0: (time(8), time(17))})
    ),
    "closing_add": lambda s: partial(
        calendar.closing_add,
        by=s.by,
        school=s.world.school,
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 3, 2),
        label="Studiedag",
    ),
    "closing_remove": lambda s: partial(
        calendar.closing_remove, by=s.by, school=s.world.school, reference=s.days.reference
    ),
    "contacts_remind": lambda _s: reminders.contacts_remind,
    "contact_confirm": lambda s: partial(
        contact_services.contact_confirm, by=s.by, school=s.world.school, recipient="police_contact"
    ),
    "own_step_propose": lambda s: partial(
        own_steps.own_step_propose,
        by=s.by,
        board=s.world.board,
        proposal=otherwise("R05", "principal", obligation="advice"),
        key=UUID(KEY),
    ),
    "own_step_approve": lambda s: partial(
        own_steps.own_step_approve, by=s.world.board_officer, row=s.waits, seen=decisions(s.world.board.pk)
    ),
    "own_step_stop": lambda s: partial(own_steps.own_step_stop, by=s.world.board_officer, row=s.holds, reason=REASON),
    "load": lambda s: partial(boardfile.load, {"board": {"name": "Nieuw"}, "schools": []}),
}


# These run inside the transaction of a service that calls them.
INNER = frozenset({"call_completes_step", "take_completes_steps", "emptied"})
NAMES = sorted(
    {
        name
        for module in FEATURES
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not name.startswith("_")
        and "by" in inspect.signature(found).parameters
    }
    - INNER
) + ["contacts_remind", "load"]


@pytest.mark.parametrize("name", NAMES)
def test_no_event_no_change(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Contact.objects.update(checked_on=timezone.localdate() - timedelta(days=9))
    call = CALLS[name](Before(world))
    before = everything()

    def full(*args: Any, **kwargs: Any) -> None:
        raise TrailIsFullError

    for module in (
        "signals.events",
        "escalation.services.contacts",
        "escalation.services.calendar",
        "escalation.services.own_steps",
        "escalation.services.reminders",
        "schoolsafety.boardfile",
    ):
        monkeypatch.setattr(f"{module}.record", full)
    with pytest.raises(TrailIsFullError):
        call()
    assert everything() == before
    monkeypatch.undo()
    call()
    assert everything() != before, "the call would have changed something"


def test_reading_without_an_event_shows_nothing(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch, pupil_signal: Signal
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise TrailIsFullError

    monkeypatch.setattr("signals.events.record", full)
    client = login(world.coordinator)
    client.raise_request_exception = False
    response = client.get(f"/casus/{pupil_signal.case.reference}/")
    assert response.status_code == 500
    assert pupil_signal.observed not in response.content.decode()
    assert Case.objects.get(pk=pupil_signal.case.pk).status == "new"
