"""If the event can't be written, the change does not happen; for every service there is."""

import inspect
from collections.abc import Callable
from datetime import date, time, timedelta
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
from signals.models import Case, Signal, Step
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


def prepared(world: World) -> dict[str, Callable[[], object]]:
    """One call of each service that would succeed."""
    author, by = world.author, world.coordinator
    new, other = send(author, typed(world)), send(author, typed(world, concern="weapon"), {"immediate_danger": True})
    case = cases.case_take(by=by, case=new.case)
    ready = cases.case_take(by=by, case=send(author, typed(world)).case)
    for row in ready.steps.filter(state="open", obligation="must"):
        steps.step_decline(by=by, step=row, reason=REASON, applies=True)
    shut = cases.case_take(by=by, case=send(author, typed(world)).case)
    for row in shut.steps.filter(state="open", obligation="must"):
        steps.step_decline(by=by, step=row, reason=REASON, applies=True)
    shut = cases.case_close(by=by, case=shut, outcome="resolved", reason=REASON)
    step = Step.objects.filter(case=case, state="open")[0]
    past = Step.objects.filter(case=ready, state="declined")[0]
    draft = drafts.draft_save(by=author, draft=None, data=typed(world))
    form = ConcernForm(typed(world), user=author, schools=[world.school])
    assert form.is_valid()
    content = report.report(form.cleaned_data, {})
    pupil = typed(world, person="pupil:P1")
    sent = practised(author, pupil)
    begun = rehearsing.rehearsal_save(by=by, sector="vo", data=pupil)
    days = ClosingDays.objects.create(
        school=world.school, starts_on=date(2027, 4, 1), ends_on=date(2027, 4, 1), label="Studiedag"
    )
    waits = propose(by, world.board)
    holds = agree(by, world.board_officer, world.board)
    other_step = otherwise("R05", "principal", obligation="advice")
    kept = filters.filter_save(by=by, name="Wat ik volg", query="tab=open&status=monitoring")
    done = steps.Done(timezone.now() - timedelta(hours=1), "Ik")
    pair = cases.case_take(by=by, case=send(author, typed(world)).case)
    second = send(author, typed(world))
    put = transfers.case_merge(by=by, case=second.case, into=pair, reason=REASON, key=uuid4())
    second.refresh_from_db()
    file, gone = (keep(case, by, name) for name in ("blijft", "gaat"))
    _stays, out = (
        persons.person_add(
            by=by, case=case, newcomer=persons.Newcomer(description=name), role="other", key=str(uuid4())
        )
        for name in ("blijft", "gaat")
    )
    whom, there, outside = involved(people_in(case))
    persons.person_remove(by=by, case=case, person=outside)
    upload = files.Upload("berichten.txt", b"Berichten", "", str(uuid4()))
    return {
        "case_merge": lambda: transfers.case_merge(by=by, case=ready, into=case, reason=REASON, key=UUID(KEY)),
        "signal_move": lambda: transfers.signal_move(by=by, signal=second, into=case, reason=REASON, key=UUID(KEY)),
        "signal_split": lambda: transfers.signal_split(by=by, signal=second, reason=REASON, key=UUID(KEY)),
        "transfer_undo": lambda: transfers.transfer_undo(by=by, transfer=put),
        "file_add": lambda: files.file_add(by=by, case=case, upload=upload),
        "file_open": lambda: files.file_open(by=by, file=file, to=(Permission.CASE_HANDLE,)),
        "file_remove": lambda: files.file_remove(by=by, file=gone, reason=REASON),
        "person_role": lambda: persons.person_role(by=by, case=case, person=whom, role="witness"),
        "person_add": lambda: persons.person_add(
            by=by, case=case, newcomer=persons.Newcomer(user=author), role="witness", key=KEY
        ),
        "person_remove": lambda: persons.person_remove(by=by, case=case, person=there),
        "person_back": lambda: persons.person_back(by=by, case=case, row=out),
        "case_take": lambda: cases.case_take(by=by, case=other.case),
        "case_join": lambda: cases.case_join(by=by, case=other.case, into=case),
        "case_note": lambda: cases.case_note(by=by, case=case, text="Tekst", key=KEY),
        "case_move": lambda: cases.case_move(by=by, case=case, to="monitoring", reason=REASON),
        "case_close": lambda: cases.case_close(by=by, case=ready, outcome="resolved", reason=REASON),
        "case_reopen": lambda: cases.case_reopen(by=by, case=shut, reason=REASON),
        "story_open": lambda: cases.story_open(by=world.principal, case=case, reason=REASON),
        "draft_save": lambda: drafts.draft_save(by=author, draft=draft, data={"observed": "anders"}),
        "draft_keep": lambda: drafts.draft_keep(
            by=author, draft=None, data={"observed": "nieuw"}, key=KEPT, source=drafts.Source(KEPT)
        ),
        "draft_discard": lambda: drafts.draft_discard(by=author, draft=draft),
        "signal_send": lambda: sending.signal_send(by=author, draft=draft, report=content),
        "signal_add": lambda: sending.signal_add(by=author, signal=new, text="Tekst", key=KEY),
        "signal_called": lambda: sending.signal_called(by=author, signal=other, at=timezone.now()),
        "rehearsal_save": lambda: rehearsing.rehearsal_save(by=world.principal, sector="vo", data={"observed": "iets"}),
        "rehearsal_send": lambda: rehearsing.rehearsal_send(by=by, rehearsal=begun, report=rehearsed(by, pupil)),
        "rehearsal_change": lambda: rehearsing.rehearsal_change(by=author, rehearsal=sent, act=acts.take),
        "rehearsal_clear": lambda: rehearsing.rehearsal_clear(by=author, rehearsal=sent),
        "step_done": lambda: steps.step_done(by=by, step=step, done=done),
        "step_decline": lambda: steps.step_decline(by=by, step=step, reason=REASON, applies=False),
        "step_reopen": lambda: steps.step_reopen(by=by, step=past, reason=REASON),
        "filter_save": lambda: filters.filter_save(by=by, name="Van mij", query="tab=open&owner=me"),
        "filter_rename": lambda: filters.filter_rename(by=by, kept=kept, name="Wat wij volgen"),
        "filter_remove": lambda: filters.filter_remove(by=by, kept=kept),
        "contact_save": lambda: contact_services.contact_save(
            by=by, school=world.school, recipient="principal", entry=Entry("Naam", "+31301234567", "")
        ),
        "contacts_confirm": lambda: contact_services.contacts_confirm(
            by=by, rows=[(world.school, Contact.objects.get(school=world.school))]
        ),
        "calendar_save": lambda: calendar.calendar_save(
            by=by, school=world.school, region="noord", hours=Hours({0: (time(8), time(17))})
        ),
        "closing_add": lambda: calendar.closing_add(
            by=by, school=world.school, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 2), label="Studiedag"
        ),
        "closing_remove": lambda: calendar.closing_remove(by=by, school=world.school, reference=days.reference),
        "contacts_remind": reminders.contacts_remind,
        "contact_confirm": lambda: contact_services.contact_confirm(
            by=by, school=world.school, recipient="police_contact"
        ),
        "own_step_propose": lambda: own_steps.own_step_propose(
            by=by, board=world.board, proposal=other_step, key=UUID(KEY)
        ),
        "own_step_approve": lambda: own_steps.own_step_approve(
            by=world.board_officer, row=waits, seen=decisions(world.board.pk)
        ),
        "own_step_stop": lambda: own_steps.own_step_stop(by=world.board_officer, row=holds, reason=REASON),
        "load": lambda: boardfile.load({"board": {"name": "Nieuw"}, "schools": []}),
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
    call = prepared(world)[name]
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
