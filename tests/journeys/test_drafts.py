"""A half-written report keeps itself; two screens that write the same one lose nothing; sent once it is sent."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import KeptWords
from accounts.references import new_reference
from audit.models import AuditEvent
from signals import report
from signals.forms.concern import ConcernForm
from signals.models import Draft, Signal
from signals.services.drafts import Source, draft_discard, draft_keep, draft_save, mark
from signals.services.sending import signal_send
from tests.conftest import World, typed
from tests.journeys.page import Browser, Page

KEEP = reverse("signals:draft-keep")
NEW = reverse("signals:signal-new")


def words(page: Page, turn: int = 1, **typed_here: str) -> dict[str, Any]:
    """What the script of an open form sends."""
    return {**page.form(id="concern").data(), "turn": str(turn), **typed_here}


def keep(client: Client, data: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    response = client.post(KEEP, data)
    assert response.status_code == expect, response.content
    return response.json()


def test_what_somebody_types_is_kept_and_offered_on_another_device(world: World, login: Any) -> None:
    client = login(world.author)
    page = Browser(client).get(NEW)
    answer = keep(client, words(page, observed="Hij zei dat hij"))
    assert "Only you can see it." in answer["words"]
    keep(client, words(page, 2, observed="Hij zei dat hij weg wil"))
    assert Draft.objects.get().data["observed"] == "Hij zei dat hij weg wil"
    assert answer["url"] == reverse("signals:draft", args=[Draft.objects.get().reference])
    elsewhere = Browser(login(world.author)).get(NEW)
    assert "is not sent yet" in elsewhere.text
    assert answer["url"] in elsewhere.html
    assert "Hij zei dat hij weg wil" in Browser(login(world.author)).get(answer["url"]).html


def test_nobody_else_gets_at_it(world: World, login: Any) -> None:
    client = login(world.author)
    answer = keep(client, words(Browser(client).get(NEW), observed="Alleen van mij"))
    other = login(world.coordinator)
    assert "Alleen van mij" not in Browser(other).get(NEW).html
    stolen = keep(other, {"key": answer["key"], "observed": "Van een ander", "page": new_reference()})
    assert stolen["key"] != answer["key"]
    assert Draft.objects.get(reference=answer["key"]).data["observed"] == "Alleen van mij"


def test_an_empty_form_leaves_no_draft_and_wrong_dates_are_kept_as_typed(world: World, login: Any) -> None:
    client = login(world.author)
    page = Browser(client).get(NEW)
    assert keep(client, words(page)) == {}
    assert not Draft.objects.exists()
    keep(client, words(page, observed="x" * 21_000, happened_on="gisteren"))
    assert len(Draft.objects.get().data["observed"]) == 21_000, "too long is for the form to say, not to be cut"
    page = Browser(client).get(reverse("signals:draft", args=[Draft.objects.get().reference]))
    assert "x" * 21_000 in page.html


def test_it_is_one_event_a_sitting(world: World, login: Any) -> None:
    client = login(world.author)
    page = Browser(client).get(NEW)
    saved = AuditEvent.objects.filter(action="draft.saved")
    for turn in (1, 2, 3):
        keep(client, words(page, turn, observed=f"Zin {turn}"))
    assert saved.count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        keep(client, words(page, 4, observed="Zin 4"))
    assert saved.count() == 2


def test_what_arrives_late_does_not_undo_what_came_after(world: World, login: Any) -> None:
    client = login(world.author)
    browser = Browser(client)
    page = browser.get(NEW)
    keep(client, words(page, 1, observed="Eerst"))
    browser.post(NEW, {**words(page, 2, **typed(world)), "action": "save"})
    keep(client, words(page, 2, observed="Eerst, half"))
    assert Draft.objects.get().data["observed"] == typed(world)["observed"]


def test_two_screens_see_both_and_choose(world: World, login: Any) -> None:
    one, two = login(world.author), login(world.author)
    first = Browser(one).get(NEW)
    url = keep(one, words(first, observed="Op de telefoon"))["url"]
    second = Browser(two).get(url)
    keep(two, words(second, observed="Op de telefoon, en verder op het bureau"))
    problem = keep(one, words(first, 2, observed="Iets anders"), 409)["problem"]
    assert "another screen" in problem
    page = Browser(one).post(url, {**words(first, 2, observed="Iets anders"), "action": "save"}, 409)
    assert "Op de telefoon, en verder op het bureau" in page.text
    assert page.form(id="concern").data()["observed"] == "Iets anders"
    assert Draft.objects.get().data["observed"].endswith("op het bureau"), "nothing was overwritten"
    Browser(one).post(url, {**page.form(id="concern").data(), "action": "save"})
    assert Draft.objects.get().data["observed"] == "Iets anders", "it was chosen, with both in sight"


def test_a_call_to_112_is_recorded_whatever_another_screen_did(world: World, login: Any) -> None:
    one, two = login(world.author), login(world.author)
    url = keep(one, words(Browser(one).get(NEW), observed="Eerst"))["url"]
    stale = words(Browser(one).get(url), observed="Hier")
    keep(two, words(Browser(two).get(url), observed="Daar"))
    page = Browser(one).post(url, {**stale, "page": new_reference(), "action": "called"}, 409)
    assert Draft.objects.get().called_112_at is not None
    assert "Daar" in page.text


def test_back_in_the_same_form_is_no_other_screen(world: World, login: Any) -> None:
    browser = Browser(login(world.author))
    page = browser.get(NEW)
    first = {**words(page, 1, **typed(world)), "action": "continue"}
    browser.post(NEW, first)
    browser.post(NEW, {**first, "observed": "Verbeterd"})
    assert Draft.objects.get().data["observed"] == "Verbeterd"


def test_what_changed_elsewhere_is_read_before_it_is_sent(world: World, login: Any) -> None:
    one, two = login(world.author), login(world.author)
    browser = Browser(one)
    check = browser.post(NEW, {**words(browser.get(NEW), **typed(world)), "action": "continue"})
    url = reverse("signals:draft", args=[Draft.objects.get().reference])
    keep(two, words(Browser(two).get(url), observed="Heel iets anders"))
    send = {**check.form(id="check").data(), "action": "send"}
    again = browser.post(check.path, send, 422)
    assert "Heel iets anders" in again.text
    assert not Signal.objects.exists()
    browser.post(check.path, {**again.form(id="check").data(), "action": "send"})
    assert Signal.objects.get().observed == "Heel iets anders"


def test_what_was_sent_is_not_written_again(world: World, login: Any) -> None:
    client = login(world.author)
    browser = Browser(client)
    page = browser.get(NEW)
    check = browser.post(NEW, {**words(page, **typed(world)), "action": "continue"})
    browser.post(check.path, {**check.form(id="check").data(), "action": "send"})
    assert "sent already" in keep(client, words(page, 3, observed="Te laat"), 409)["problem"]
    assert not Draft.objects.exists()


def test_without_a_session_nothing_is_kept_twice(world: World, login: Any) -> None:
    """The page still holds the words and asks for the log-in; a copy under "kept for you" would be one too many."""
    client = login(world.author)
    data = words(Browser(client).get(NEW), observed="Nog niet af")
    client.session.flush()
    response = client.post(KEEP, data)
    assert response.status_code in (302, 401, 403)
    assert not Draft.objects.exists()
    assert not KeptWords.objects.exists()


def test_what_waited_for_the_sending_brings_no_draft_back(world: World) -> None:
    """It had looked before the report was sent, and then waited for the lock."""
    kept = draft_save(by=world.author, draft=None, data=typed(world))
    late = Draft.objects.get(pk=kept.pk)
    form = ConcernForm(typed(world), user=world.author, schools=[world.school])
    assert form.is_valid()
    signal_send(by=world.author, draft=kept, report=report.report(form.cleaned_data, {}))
    source = Source(new_reference(), turn=1)
    draft_keep(by=world.author, draft=late, data={"observed": "Nog een naam"}, key=late.reference, source=source)
    draft_save(by=world.author, draft=late, answers={})
    assert not Draft.objects.exists()


def test_a_draft_that_was_thrown_away_meanwhile_is_kept_whole(world: World) -> None:
    first = draft_save(by=world.author, draft=None, data=typed(world), answers={"weapon": "yes"})
    late = Draft.objects.get(pk=first.pk)
    draft_discard(by=world.author, draft=first)
    source = Source(new_reference(), seen=mark(late), turn=1)
    draft_keep(by=world.author, draft=late, data=typed(world, told="Meer"), key=late.reference, source=source)
    again = Draft.objects.get()
    assert (again.reference, again.data["told"], again.answers) == (late.reference, "Meer", {"weapon": "yes"})


def test_a_key_of_another_shape_is_refused(world: World, login: Any) -> None:
    for key in ("", "x", "'; drop table", "2222-2222-2222"):
        keep(login(world.author), {"key": key, "observed": "Iets", "page": new_reference()}, 422)
        keep(login(world.author), {"key": new_reference(), "observed": "Iets", "page": key}, 422)
    assert not Draft.objects.exists()
