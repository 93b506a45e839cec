"""What was typed for a page that is not there any more for who typed it: kept for them alone, and nothing is told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import KeptWords, User
from accounts.references import new_reference
from signals.models import Addition, Case, Note
from signals.services import cases as services
from signals.services.shares import share_end
from tests.conftest import BACKEND, World, join, person, prove, send, typed
from tests.journeys.page import Browser
from tests.sharing import share

WORDS = "Zij vertelde vandaag dat het thuis beter gaat."
STILL = "What you typed is still there. It was not sent, and only you can see it."
KEPT = "/bewaard/"


@pytest.fixture
def sharee(world: World) -> User:
    user = person("sharee")
    join(user, "teacher", world.sister_school)
    return user


def note_in(reference: str) -> str:
    return reverse("signals:case-note", args=[reference])


def test_a_note_of_whose_share_ran_out_is_kept(world: World, login: Any, taken_case: Case, sharee: User) -> None:
    share(taken_case, world.coordinator, sharee, level="contribute", days=3)
    browser = Browser(login(sharee))
    form = browser.get(f"/casus/{taken_case.reference}/").form(action="/notitie/")
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        browser = Browser(login(sharee))
        page = browser.post(form.action, form.fill({"text": WORDS}), 404)
        assert STILL in page.text
        assert WORDS not in page.text
        assert WORDS in browser.get(KEPT).text
        browser.post(form.action, form.fill({"text": WORDS}), 404)
        assert KeptWords.objects.count() == 1, "a second click"
        assert Browser(login(world.teacher)).get(KEPT).path != KEPT
    assert not Note.objects.exists()


def test_a_case_that_never_was_answers_the_same(world: World, login: Any, taken_case: Case, sharee: User) -> None:
    browser, data = Browser(login(sharee)), {"text": WORDS, "key": str(uuid.uuid4()), "kept_words": new_reference()}
    there = browser.post(note_in(taken_case.reference), data, 404)
    nowhere = browser.post(note_in(new_reference()), data, 404)
    assert there.text == nowhere.text
    assert STILL in there.text


def test_what_was_only_pressed_or_asked_by_a_part_of_a_page_is_not_kept(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    browser = Browser(login(sharee))
    mark = {"kept_words": new_reference()}
    page = browser.post(reverse("signals:case-take", args=[taken_case.reference]), mark, 404)
    assert STILL not in page.text
    browser.client.post(note_in(taken_case.reference), {"text": WORDS, **mark}, headers={"HX-Request": "true"})
    assert not KeptWords.objects.exists()


def test_what_comes_from_no_page_changes_nothing(world: World, login: Any, taken_case: Case, sharee: User) -> None:
    browser = Browser(login(sharee))
    page = browser.post(note_in(taken_case.reference), {"text": WORDS, "key": str(uuid.uuid4())}, 404)
    assert page.text == browser.get("/bestaat-niet/", 404).text
    assert not KeptWords.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/bestaat-niet/", b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        ("", b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        ("", b"a=1&" * 5_000, "application/x-www-form-urlencoded"),
        ("", b"--x\r\nbroken", "multipart/form-data"),
        ("/bestaat-niet/", b"--x\r\nbroken", "multipart/form-data"),
    ],
)
def test_what_can_not_be_read_is_refused_as_before(
    world: World, login: Any, taken_case: Case, sharee: User, path: str, body: bytes, kind: str
) -> None:
    client = login(sharee)
    client.raise_request_exception = False
    answer = client.generic("POST", path or note_in(taken_case.reference), body, content_type=kind)
    assert answer.status_code in (400, 404)


def test_a_note_of_who_may_only_read_by_now_is_kept(world: World, login: Any, taken_case: Case, sharee: User) -> None:
    given = share(taken_case, world.coordinator, sharee, level="contribute")
    browser = Browser(login(sharee))
    form = browser.get(f"/casus/{taken_case.reference}/").form(action="/notitie/")
    share_end(by=world.coordinator, share=given)
    share(taken_case, world.coordinator, sharee)
    assert STILL in browser.post(form.action, form.fill({"text": WORDS}), 403).text
    assert WORDS in browser.get(KEPT).text


def test_what_was_kept_while_it_was_typed_is_kept_once(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    browser, path, mark = Browser(login(sharee)), note_in(taken_case.reference), new_reference()
    form = {"text": WORDS[:30], "key": str(uuid.uuid4()), "kept_words": mark}
    browser.client.post(reverse("words_typed"), {**form, "kept_path": path})
    browser.post(path, {**form, "text": WORDS}, 404)
    assert KeptWords.objects.get().reference == mark
    assert WORDS in browser.get(KEPT).text


def test_what_a_mistake_of_ours_broke_off_stands_on_its_page(
    world: World, login: Any, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.coordinator, backend=BACKEND)
    prove(client, world.coordinator)
    client.raise_request_exception = False
    browser = Browser(client)
    form = browser.get(f"/casus/{taken_case.reference}/").form(action="/notitie/")
    data = form.fill({"text": WORDS})
    with monkeypatch.context() as broken:
        broken.setattr(services, "case_note", lambda **_given: 1 / 0)
        page = browser.post(form.action, data, 500)
        assert WORDS in page.text
        assert "What you sent may not have been kept" in page.text
        stranger = browser.post(form.action, {**data, "csrfmiddlewaretoken": "x" * 64}, 403)
        assert WORDS not in stranger.text
    browser.send(page.form(has="text"))
    assert Note.objects.get().text == WORDS


def test_words_of_who_needs_a_second_step_all_of_a_sudden_are_kept(world: World, login: Any, taken_case: Case) -> None:
    """A colleague shares a case with a teacher who is writing: from that moment on they log in with two steps."""
    report = send(world.teacher, typed(world))
    client = Client()
    client.force_login(world.teacher, backend=BACKEND)
    browser, path = Browser(client), reverse("signals:signal-add", args=[report.reference])
    form = browser.get(reverse("signals:signal", args=[report.reference])).form(action=path)
    mark = new_reference()
    typing = {**form.fill({"text": WORDS[:40]}), "kept_words": mark, "kept_path": path}
    assert client.post(reverse("words_typed"), typing).json() == {"kept": True}
    share(taken_case, world.coordinator, world.teacher)
    assert client.post(reverse("words_typed"), typing).status_code == 302, "what the page keeps by itself"
    assert KeptWords.objects.get().reference == mark
    page = browser.post(path, {**form.fill({"text": WORDS}), "kept_words": mark})
    assert WORDS not in page.html
    assert WORDS in str(KeptWords.objects.get().fields)
    assert not Addition.objects.exists()
    shown = Browser(login(world.teacher))
    shown.send(shown.get(KEPT).form(action=path))
    assert Addition.objects.get().text == WORDS
    assert not KeptWords.objects.exists()
