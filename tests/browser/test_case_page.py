"""Small things on the page of a case that one trips over with a phone in one hand."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Case
from signals.services.persons import Newcomer, person_add
from tests.conftest import World
from tests.handing import key


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


def test_a_long_name_stands_as_far_from_its_link_as_a_short_one(world: World, taken_case: Case, page_for: Any) -> None:
    who = "Een meisje uit de tweede, dat alles op haar telefoon filmde"
    person_add(by=world.coordinator, case=taken_case, newcomer=Newcomer(description=who), role="witness", key=key())
    page = case_page(page_for, world, taken_case)
    gaps = page.locator("aside li:has(a[href*='/persoon/']):has(> strong)").evaluate_all(
        """found => found.map(one => {
            const above = [...one.children].slice(0, 2).map(part => part.getBoundingClientRect().bottom);
            const words = document.createRange();
            words.selectNodeContents(one.querySelector("a"));
            return words.getBoundingClientRect().top - Math.max(...above);
        })"""
    )
    assert len(gaps) == 2
    assert max(gaps) - min(gaps) < 2


def test_the_next_step_and_its_day_stand_below_each_other_on_a_phone(
    world: World, taken_case: Case, page_for: Any
) -> None:
    page: Page = page_for(world.principal)
    page.goto(reverse("signals:followup"))
    day = page.locator(".board tbody .due").first
    who = day.evaluate(
        """one => {
            const words = document.createRange();
            words.selectNode(one.previousSibling);
            return words.getBoundingClientRect().bottom;
        }"""
    )
    box = day.bounding_box()
    assert box
    assert box["y"] >= who - 1


@pytest.mark.parametrize("width", [390, 1280])
def test_what_one_does_with_a_case_is_one_click_away(world: World, taken_case: Case, page_for: Any, width: int) -> None:
    """Handing over, sharing and closing lie below what one can see; nothing on the first screen named them."""
    page = case_page(page_for, world, taken_case, width=width)
    link = page.locator(".jump a[href='#handling']")
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.locator("#handling > summary")).to_be_in_viewport()


def test_after_a_step_one_sees_that_it_worked_and_what_comes_next(
    world: World, taken_case: Case, page_for: Any
) -> None:
    """The words stood at the top of the page while one was led to the steps, far below it on a phone."""
    page = case_page(page_for, world, taken_case)
    page.locator("#steps a[href$='/gedaan/']").first.click()
    page.locator("[name=with_whom]").fill("De mentor")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main .message")).to_be_in_viewport()
    expect(page.locator("main .message")).to_contain_text("Vastgelegd als gedaan: ")
    expect(page.locator(".summary").first).to_be_in_viewport()
