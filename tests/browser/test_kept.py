"""While somebody types the database goes away and comes back: the words stay, and the page says what is true."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from accounts.models import KeptWords
from signals.models import Case, Draft, Note
from tests.conftest import World

WORDS, MORE = "Hij zei dat hij weg wil.", " Morgen al, voor het eerste uur."
TROUBLE = re.compile("draft-trouble")
AGAIN = 60_000  # it tries again after eight seconds


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Within it no question reaches the database, of whoever asks."""

    def gone(*_of: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    @contextmanager
    def now() -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr(BaseDatabaseWrapper, "_prepare_cursor", gone)
            yield

    return now


def refused(page: Page, path: str) -> AbstractContextManager[Any]:
    """The page asks to keep something, and is told that this can't be done now."""

    def is_it(answer: Response) -> bool:
        return path in answer.url and answer.request.method == "POST" and answer.status == 503

    return page.expect_response(is_it)


def test_a_report_says_that_it_is_not_kept_and_is_kept_when_the_database_is_back(
    world: World, page_for: Any, outage: Any
) -> None:
    page = page_for(world.author, fails=True)
    page.goto(reverse("signals:signal-new"))
    status, box, keeping = page.locator("[data-draft-status]"), page.locator("[name=observed]"), "draft-keep"
    with outage():
        with refused(page, reverse(f"signals:{keeping}")):
            box.fill(WORDS)
        expect(status).to_have_class(TROUBLE)
        expect(status).to_contain_text("Nog niet bewaard")
        with refused(page, reverse(f"signals:{keeping}")):
            box.press_sequentially(MORE)
        expect(status).to_have_class(TROUBLE)
        expect(box).to_have_value(WORDS + MORE)
        expect(page).to_have_url(re.compile(reverse("signals:signal-new")))
    assert not Draft.objects.exists()
    expect(status).not_to_have_class(TROUBLE, timeout=AGAIN)
    expect(status).not_to_contain_text("Nog niet bewaard")
    expect(box).to_have_value(WORDS + MORE)
    assert Draft.objects.get().data["observed"] == WORDS + MORE


def test_the_words_of_a_note_stay_and_are_kept_when_the_database_is_back(
    world: World, taken_case: Case, page_for: Any, outage: Any
) -> None:
    page, keeping = page_for(world.coordinator, fails=True), reverse("words_typed")
    page.goto(reverse("signals:case", args=[taken_case.reference]))
    box = page.locator("#note textarea")
    with outage(), refused(page, keeping):
        box.fill(WORDS)
    expect(box).to_have_value(WORDS)
    assert not KeptWords.objects.exists()
    with page.expect_response(lambda answer: keeping in answer.url and answer.ok, timeout=AGAIN):
        pass
    assert KeptWords.objects.get().user == world.coordinator
    page.locator("#note button[type=submit]").click()
    expect(page.locator("#chronology .story", has_text=WORDS)).to_be_visible()
    assert (Note.objects.get().text, KeptWords.objects.count()) == (WORDS, 0)
