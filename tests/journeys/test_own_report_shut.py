"""It turns out to be about its writer: they keep what they sent, and see nothing of what it became."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from signals.answers import facts_now, with_role
from signals.models import Addition, Case, FactsChange, Signal
from signals.services.cases import case_take
from signals.services.facts import facts_correct
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

WHY = "Het gaat over de melder zelf, zegt de leerling."
FOLLOWS = ("walled", "being handled", "Who can read this", "behind a wall")


@pytest.fixture
def sent(world: World) -> Signal:
    signal = send(world.author, typed(world))
    case_take(by=world.coordinator, case=signal.case)
    return Signal.objects.select_related("case__board", "case__school", "school").get(pk=signal.pk)


def turns_out(world: World, signal: Signal) -> None:
    answers = with_role(facts_now(signal), {"subject_role": "staff"})
    writer = User.objects.get(pk=world.author.pk)
    facts_correct(by=world.coordinator, signal=signal, answers=answers, reason=WHY, seen=0, keep_out=(writer,))
    assert Case.objects.get(pk=signal.case_id).walled


def recipients(page: Page) -> list[str]:
    shown = page.response.context
    return sorted(card.recipient for name in ("mine", "others") for card in shown[name])


def test_whom_it_turns_out_to_be_about_sees_the_report_as_it_was_sent(world: World, login: Any, sent: Signal) -> None:
    writer, path = Browser(login(world.author)), f"/zorg/{sent.reference}/"
    before = writer.get(path)
    assert "being handled" in before.text.lower()
    turns_out(world, sent)
    page = writer.get(path)
    assert not [word for word in FOLLOWS if word in page.text]
    assert world.board_officer.name not in page.text
    assert "received" in page.text.lower()
    assert recipients(page) == sorted(step.recipient for step in sent.steps.filter(change=None))
    assert not page.response.context["ended"], "what was done since is not told either"
    assert sent.observed in page.text, "what they wrote stays theirs"
    listed = writer.get("/mijn-meldingen/")
    assert "being handled" not in listed.text.lower()
    file_page = writer.get(f"{path}bestand/")
    assert not [word for word in FOLLOWS if word in file_page.text]


def test_they_may_add_a_text_but_change_no_answer(world: World, login: Any, sent: Signal) -> None:
    """A refusal would tell; another answer would make steps needless in a case about themselves."""
    turns_out(world, sent)
    client, path = login(world.author), f"/zorg/{sent.reference}/"
    assert client.get(f"{path}aanvullen/").headers["Location"] == path
    changes = FactsChange.objects.count()
    data = {"text": "Ik denk dat het niet klopt.", "key": str(uuid.uuid4()), "answers": "on", "refuted": "yes"}
    assert client.post(f"{path}aanvullen/", data).status_code == 302
    assert (Addition.objects.count(), FactsChange.objects.count()) == (1, changes)


def test_another_writer_keeps_following_their_report(world: World, login: Any, sent: Signal) -> None:
    turns_out(world, sent)
    other = send(world.teacher, typed(world))
    page = Browser(login(world.teacher)).get(f"/zorg/{other.reference}/")
    assert "Who can read this" in page.text
