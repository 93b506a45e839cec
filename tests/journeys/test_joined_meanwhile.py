"""A colleague puts a case with another one while somebody writes in it: what they wrote is not lost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from accounts.models import OutgoingMail, User
from audit.models import AuditEvent
from signals.models import Attachment, Case, Meeting, Note, Signal, Task
from signals.services.cases import case_note
from signals.services.files import Upload, file_add
from signals.services.sending import signal_add, signal_called
from tests.conftest import World
from tests.joining import Cases, two_cases
from tests.journeys.page import Browser

TEXT = "Moeder belde, zij wil niet dat dit verder gaat."
DAY = (timezone.localdate() + timedelta(days=3)).isoformat()


@pytest.fixture
def cases(world: World, taken_case: Case) -> Cases:
    return two_cases(world, taken_case)


FORMS: dict[str, tuple[str, str, type[Model], dict[str, str]]] = {
    "note": ("", "/notitie/", Note, {"text": TEXT}),
    "task": ("taak/", "", Task, {"text": TEXT, "due_on": DAY, "anyway": "on"}),
    "meeting": ("overleg/", "", Meeting, {"text": TEXT, "held_on": DAY, "held_at": "10:00"}),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_words_come_back_and_are_kept_in_the_other_case(
    world: World, login: Any, cases: Cases, second: User, name: str
) -> None:
    part, action, row, values = FORMS[name]
    browser = Browser(login(second))
    page = browser.get(f"/casus/{cases.old.reference}/{part}")
    form = page.form(action=action) if action else page.form(has="key")
    path, data = form.action or page.path, form.fill(values)
    cases.merge()
    page = browser.post(path, data, 409)
    assert f"Case {cases.old.reference} was put with case {cases.new.reference} meanwhile." in page.text
    assert TEXT in page.html
    assert not row._default_manager.exists(), "nobody knows yet whether it belongs there"
    form = page.form(action=action) if action else page.form(has="key")
    browser.send(form)
    assert row._default_manager.get().case == cases.new  # type: ignore[attr-defined]


def test_what_is_wrong_with_the_words_does_not_hide_where_they_go(world: World, login: Any, cases: Cases) -> None:
    cases.merge()
    data = {"text": "", "key": str(uuid.uuid4())}
    page = Browser(login(world.coordinator)).post(f"/casus/{cases.old.reference}/notitie/", data, 409)
    assert f"Case {cases.old.reference} was put with case {cases.new.reference} meanwhile." in page.text


def test_a_note_that_arrived_before_is_not_kept_twice(world: World, login: Any, cases: Cases) -> None:
    browser, key = Browser(login(world.coordinator)), str(uuid.uuid4())
    case_note(by=world.coordinator, case=cases.old, text=TEXT, key=key)
    cases.merge()
    page = browser.post(f"/casus/{cases.old.reference}/notitie/", {"text": TEXT, "key": key}, 409)
    browser.send(page.form(action="/notitie/"))
    assert Note.objects.count() == 1


@pytest.mark.parametrize("by_script", [False, True])
def test_a_file_is_sent_to_the_other_case(world: World, login: Any, cases: Cases, by_script: bool) -> None:
    client, path = login(world.coordinator), f"/casus/{cases.old.reference}/bestand/"
    cases.merge()

    def added(path: str) -> Any:
        file = SimpleUploadedFile("a.txt", b"Kom je vanavond?")
        data = {"file": file, "about": "Wat hij zei", "key": str(uuid.uuid4())}
        return client.post(path, data, headers={"accept": "application/json"} if by_script else {})

    there = f"/casus/{cases.new.reference}/bestand/"
    response = added(path)
    assert cases.new.reference in response.content.decode()
    assert not Attachment.objects.exists()
    if by_script:
        assert response.json()["action"] == there
    else:
        assert response.status_code == 409
        assert f'action="{there}"' in response.content.decode()
    added(there)
    assert Attachment.objects.get().case == cases.new


@pytest.fixture
def report(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> Signal:
    """The report in the old case, which goes to the other one while the next that wants to lock its case waits."""
    found, lock = cases.old.signals.select_related("case__board", "case__school").get(), Case.objects.select_for_update

    def while_it_moves(*args: Any, **how: Any) -> Any:
        monkeypatch.setattr(Case.objects, "select_for_update", lock)
        cases.merge()
        return lock(*args, **how)

    monkeypatch.setattr(Case.objects, "select_for_update", while_it_moves)
    return found


def test_a_call_is_written_where_its_report_went(world: World, cases: Cases, report: Signal) -> None:
    signal_called(by=world.author, signal=report, at=timezone.now())
    assert AuditEvent.objects.get(action="signal.called").case_ref == cases.new.reference


def test_a_file_goes_where_its_report_goes_while_it_waits(world: World, cases: Cases, report: Signal) -> None:
    upload = Upload("a.txt", b"Kom je vanavond?", "", str(uuid.uuid4()))
    row = file_add(by=world.author, case=report.case, upload=upload, signal=report)
    assert row.case == Signal.objects.get(pk=report.pk).case == cases.new


def test_who_handles_the_other_case_hears_of_an_addition(world: World, cases: Cases, second: User) -> None:
    report = cases.old.signals.select_related("case__board", "case__school", "school").get()
    Case.objects.filter(pk=cases.new.pk).update(owner=second)
    cases.merge()
    signal_add(by=world.author, signal=report, text="Nog iets, en het is ernstig.", key=str(uuid.uuid4()))
    mails = OutgoingMail.objects.filter(kind="case.added_to")
    assert [(row.to, row.reference) for row in mails] == [(second, cases.new.reference)]
    event = AuditEvent.objects.get(action="signal.added")
    assert event.case_ref == cases.new.reference
