"""Small things on the page of a case that one trips over with a phone in one hand."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Case
from tests.conftest import World


def case_page(page_for: Any, world: World, case: Case, **more: Any) -> Page:
    page: Page = page_for(world.coordinator, **more)
    page.goto(reverse("signals:case", args=[case.reference]))
    return page


def test_on_a_phone_the_words_of_the_log_stand_below_their_moment(
    world: World, taken_case: Case, page_for: Any
) -> None:
    page = case_page(page_for, world, taken_case)
    when = page.locator("#readings time").first.bounding_box()
    words = page.locator("#readings .trail-line > span").first.bounding_box()
    assert when
    assert words
    assert words["y"] >= when["y"] + when["height"]
    assert words["width"] > 300, "the whole width is for the words"


def test_a_new_note_is_what_one_sees_next(world: World, taken_case: Case, page_for: Any) -> None:
    page = case_page(page_for, world, taken_case)
    page.locator("#note textarea").fill("Met Noor gesproken.")
    page.locator("#note button[type=submit]").click()
    note = page.locator("#chronology .story", has_text="Met Noor gesproken.")
    expect(note).to_be_in_viewport()
    expect(page.locator("h1")).not_to_be_in_viewport()
