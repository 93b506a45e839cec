"""A connection that was lost after the words arrived: the form stays open, gets other words, and is sent once more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts.models import KeptWords, User
from accounts.references import new_reference
from audit.models import AuditEvent
from signals.models import Addition, Attachment, Case, Dossier, HandOver, Meeting, Note, Task, Transfer, WorkLine
from signals.services.cases import case_take
from signals.services.files import file_remove
from signals.services.tasks import Wanted, task_change
from tests.conftest import World, send, typed
from tests.handing import key as new_key
from tests.handing import meet
from tests.journeys.page import Browser
from tests.signals.samples import photo

DAY = (timezone.localdate() + timedelta(days=3)).isoformat()
LATER = (timezone.localdate() + timedelta(days=4)).isoformat()
SENT_BEFORE = "This form was sent before."
FOR = "Het gaat over dezelfde pauzes."


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What a rule says, as it stands in the code."""
    with translation.override("en"):
        yield


@dataclass(frozen=True)
class Way:
    """A form: the page it is on, what it sends first, and what is filled in otherwise the second time."""

    page: str
    rows: Callable[[], QuerySet[Any]]
    first: dict[str, Any]
    then: dict[str, Any]
    action: str = ""


TEXT, MORE = {"text": "Moeder belde vandaag."}, {"text": "Moeder belde vandaag. En vader is erg boos."}
TASK = {**TEXT, "due_on": DAY, "anyway": "on"}
HELD = {**TEXT, "held_on": DAY, "held_at": "10:00"}
DECIDED = {"decision_1": "Wij bellen de ouders.", "due_on_1": DAY}
WAYS = {
    "note": Way("/casus/{case}/", Note.objects.all, TEXT, MORE, "/notitie/"),
    "addition": Way("/zorg/{signal}/", Addition.objects.all, TEXT, MORE, "/aanvullen/"),
    "answer": Way("/zorg/{signal}/aanvullen/", Addition.objects.all, TEXT, {"immediate_danger": "yes"}),
    "task": Way("/casus/{case}/taak/", Task.objects.all, TASK, MORE),
    "day": Way("/casus/{case}/taak/", Task.objects.all, TASK, {"due_on": LATER}),
    "meeting": Way("/casus/{case}/overleg/", Meeting.objects.all, HELD, MORE),
    "moment": Way("/casus/{case}/overleg/", Meeting.objects.all, HELD, {"held_at": "11:00"}),
    "outsider": Way("/casus/{case}/overleg/", Meeting.objects.all, HELD, {"outsider_1": "De wijkagent"}),
    "decision": Way("/casus/{case}/overleg/", Meeting.objects.all, HELD, {"decision_1": "Wij bellen."}),
    "decided": Way("/casus/{case}/overleg/", Meeting.objects.all, HELD | DECIDED, {"due_on_1": LATER}),
    "added": Way("/overleg/{meeting}/aanvullen/", lambda: WorkLine.objects.filter(kind="added"), TEXT, MORE),
    "cancelled": Way("/overleg/{meeting}/aanvullen/", WorkLine.objects.all, TEXT, {"cancel": "on"}),
}


@pytest.fixture
def places(world: World, taken_case: Case) -> dict[str, str]:
    meeting = meet(taken_case, world.coordinator, starts_at=timezone.now() + timedelta(days=2))
    signal = taken_case.signals.get()
    return {"case": taken_case.reference, "signal": signal.reference, "meeting": meeting.reference}


@pytest.fixture
def form_of(world: World, login: Any, places: dict[str, str]) -> Any:
    """Who writes, where their form goes, and what it sends first."""

    def opened(way: Way) -> tuple[Browser, str, dict[str, Any]]:
        browser = Browser(login(world.author if "signal" in way.page else world.coordinator))
        page = browser.get(way.page.format(**places))
        form = page.form(action=way.action) if way.action else page.form(has="key")
        values = {"assignee_1": world.coordinator.reference} if "due_on_1" in way.first else {}
        return browser, form.action or page.path, form.fill({**way.first, **values})

    return opened


@pytest.mark.parametrize("name", WAYS)
def test_other_words_under_the_same_key_come_back_and_arrive_when_sent_once_more(form_of: Any, name: str) -> None:
    way = WAYS[name]
    browser, path, data = form_of(way)
    browser.post(path, data)
    rows = way.rows().count()
    page = browser.post(path, {**data, **way.then}, 409 if name == "note" else 422)
    assert SENT_BEFORE in page.text
    assert way.rows().count() == rows
    form = page.form(action=way.action) if way.action else page.form(has="key")
    assert {field: form.data()[field] for field in way.then} == way.then, "what was typed stands there"
    browser.send(form)
    assert way.rows().count() > rows


@pytest.mark.parametrize("name", WAYS)
def test_the_same_words_sent_twice_are_kept_once(form_of: Any, name: str) -> None:
    way = WAYS[name]
    browser, path, data = form_of(way)
    data |= way.then
    first = browser.post(path, data)
    rows, events = way.rows().count(), AuditEvent.objects.exclude(action__endswith=".read").count()
    assert browser.post(path, data).path == first.path
    assert way.rows().count() == rows
    assert AuditEvent.objects.exclude(action__endswith=".read").count() == events


def test_words_that_did_not_arrive_stay_kept_until_they_stand_on_the_page(form_of: Any, world: World) -> None:
    browser, path, data = form_of(WAYS["note"])
    browser.post(path, data)
    row = KeptWords.objects.create(reference=new_reference(), user=world.coordinator, path=path, fields=[])
    page = browser.post(path, {**data, **MORE, "kept_words": row.reference}, 409)
    assert MORE["text"] in page.html


def test_a_colleague_who_changed_it_meanwhile_makes_it_no_other_form(
    form_of: Any, world: World, taken_case: Case
) -> None:
    browser, path, data = form_of(WAYS["task"])
    browser.post(path, data)
    task = Task.objects.get()
    wanted = Wanted("Vader bellen.", world.coordinator, task.due_on, "never")
    task_change(by=world.coordinator, task=task, wanted=wanted, version=task.version)
    browser.post(path, data)
    assert Task.objects.count() == 1


def test_a_meeting_that_was_moved_is_still_the_one_that_was_recorded(form_of: Any, world: World) -> None:
    browser, path, data = form_of(WAYS["decided"])
    browser.post(path, {**data, "outsider_1": "De wijkagent", "named_1": "yes", "place": "Kamer 3"})
    row = Meeting.objects.latest("pk")
    browser.get(f"/overleg/{row.reference}/verzetten/")
    assert browser.page
    browser.send(browser.page.form(has="held_on"), held_at="15:00", place="Kamer 4", outsider_1="")
    page = browser.post(path, {**data, "outsider_1": "De wijkagent", "named_1": "yes", "place": "Kamer 3"})
    assert page.path == f"/overleg/{row.reference}/"
    page = browser.post(path, {**data, "place": "Kamer 4"}, 422)
    assert SENT_BEFORE in page.text


def test_a_hand_over_with_other_words(world: World, login: Any, taken_case: Case, second: User) -> None:
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/overdragen/")
    path, data = page.path, page.form(has="to").fill({"to": second.reference, "text": "Er wacht een gesprek."})
    assert "has been asked" in browser.post(path, data).text
    assert "has been asked" in browser.post(path, data).text
    page = browser.post(path, {**data, "text": "Er wacht een gesprek met vader."}, 422)
    assert SENT_BEFORE in page.text
    assert "gesprek met vader" in page.html
    assert "You have asked a colleague already." in browser.send(page.form(has="to"), expect=422).text
    assert HandOver.objects.count() == 1


@pytest.fixture
def other_case(world: World, taken_case: Case) -> Case:
    return case_take(by=world.coordinator, case=send(world.author, typed(world)).case)


def test_reports_that_were_moved_before_for_another_reason(
    world: World, login: Any, taken_case: Case, other_case: Case
) -> None:
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/meldingen/")
    path, data = page.path, page.form(has="where").fill({"where": other_case.reference, "reason": FOR})
    for _click in range(2):
        assert browser.post(path, data).path == f"/casus/{other_case.reference}/"
    page = browser.post(path, {**data, "reason": f"{FOR} En nog iets."}, 409)
    assert f"{FOR} En nog iets." in page.html
    third = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    form = browser.get(f"/casus/{other_case.reference}/meldingen/").form(has="where")
    moved = form.fill({"what": other_case.signals.earliest("pk").reference, "where": third.reference, "reason": FOR})
    page = browser.post(form.action, {**moved, "key": data["key"]}, 422)
    assert SENT_BEFORE in page.text
    assert Transfer.objects.count() == 1
    browser.send(page.form(has="where"))
    assert Transfer.objects.count() == 2


def test_a_dossier_that_was_begun_for_something_else(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.coordinator))
    form = browser.get(f"/casus/{taken_case.reference}/dossier/").form(has="purpose")
    told = {"recipient": "police", "to_name": "Politie", "ground": "task", "consent": "not_asked", "purpose": FOR}
    whom = form.options("whom")[0]
    path = f"/casus/{taken_case.reference}/dossier/"
    data = form.fill({**told, "consent_reason": "Dat zou het onveiliger maken.", "whom": whom})
    for _click in range(2):
        assert browser.post(path, data).path.endswith("/onderdelen/")
    page = browser.post(path, {**data, "purpose": f"{FOR} En nog iets."}, 422)
    assert SENT_BEFORE in page.text
    assert Dossier.objects.count() == 1
    assert f"{FOR} En nog iets." in page.form(has="purpose").data().values()
    browser.send(page.form(has="purpose"))
    assert Dossier.objects.count() == 2


FILES = {
    "text": (b"Kom je vanavond?", b"Kom je morgen?"),
    "photo": (photo(), photo(size=(30, 30))),
}


@pytest.mark.parametrize("who", ["coordinator", "author"])
@pytest.mark.parametrize("kind", FILES)
def test_another_file_under_the_same_key(world: World, login: Any, taken_case: Case, kind: str, who: str) -> None:
    client, name = login(world.people[who]), "a.txt" if kind == "text" else "a.jpg"
    client.cookies["django_language"] = "en"
    at = f"/zorg/{taken_case.signals.get().reference}/" if who == "author" else f"/casus/{taken_case.reference}/"
    key, (one, other) = new_key(), FILES[kind]

    def send(content: bytes, key: str, **more: Any) -> Any:
        data = {"file": SimpleUploadedFile(name, content), "about": "Wat hij zei", "key": key, **more}
        return client.post(f"{at}bestand/", data, headers={"accept": "application/json"}).json()

    assert "url" in send(one, key)
    assert "url" in send(one, key), "a second click"
    assert SENT_BEFORE in send(one, key, about="Iets anders")["problem"]
    said = send(other, key)
    assert SENT_BEFORE in said["problem"]
    assert Attachment.objects.count() == 1
    assert "url" in send(other, said["key"])
    assert Attachment.objects.count() == 2


def test_a_file_that_was_taken_out_does_not_count_as_arrived(world: World, login: Any, taken_case: Case) -> None:
    client, key = login(world.coordinator), new_key()
    for status in (302, 422):
        data = {"file": SimpleUploadedFile("a.txt", b"Kom je?"), "about": "", "key": key}
        assert client.post(f"/casus/{taken_case.reference}/bestand/", data).status_code == status
        file_remove(by=world.coordinator, file=Attachment.objects.get(), reason="Dit hoort hier niet.")


def test_a_key_of_somebody_else_gives_nothing(world: World, login: Any, taken_case: Case, second: User) -> None:
    key = new_key()
    path = f"/casus/{taken_case.reference}/notitie/"
    Browser(login(world.coordinator)).post(path, {**TEXT, "key": key})
    assert SENT_BEFORE in Browser(login(second)).post(path, {**TEXT, "key": key}, 409).text
