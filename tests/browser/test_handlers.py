"""The coordinator at a desk takes a case through to its end; the principal looks on."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Case, Note, Share, Signal, StoryOpening
from signals.services.cases import case_take
from tests.browser.acts import log_in_by_form
from tests.conftest import World, send, typed

WHY = "Besproken met het zorgteam op maandag."


def path(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def open_from_desk(page: Page, case: Case) -> None:
    page.locator(f"main .rows a[href='{path('case', case)}']").click()
    page.wait_for_url(f"**{path('case', case)}")


def take_and_note(page: Page, case: Case) -> None:
    """Take the new case and write a note in it."""
    page.locator(f"form[action='{path('case-take', case)}'] button").click()
    expect(page.locator(f"form[action='{path('case-take', case)}']")).to_have_count(0)
    page.locator(f"form[action='{path('case-note', case)}'] textarea").fill("Met Noor gesproken.")
    page.locator(f"form[action='{path('case-note', case)}'] button[type=submit]").click()
    expect(page.locator("#chronology .story", has_text="Met Noor gesproken.")).to_be_visible()


def decline(page: Page) -> None:
    """On the form of a step: we don't do this, because."""
    page.locator("label:has([name=applies][value=yes])").click()
    page.locator("[name=reason]").fill(WHY)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/casus/**")


def test_coordinator_from_new_to_closed(world: World, page_for: Any) -> None:
    case = send(world.author, typed(world, concern="departure")).case
    page = page_for(None, width=1280)
    log_in_by_form(page, world.coordinator)
    assert page.url.endswith(reverse("signals:desk"))
    open_from_desk(page, case)
    take_and_note(page, case)

    page.locator("#steps a[href$='/gedaan/']").first.click()
    page.locator("[name=with_whom]").fill("De mentor")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/casus/**")
    expect(page.locator("main .message")).to_be_visible()
    expect(page.locator("article.step-done")).not_to_have_count(0)

    page.goto(path("case-close", case))
    assert page.locator("[name=outcome]").count() == 0, "a step that must be done is still open"
    while page.locator("main a[href$='/niet-doen/']").count():
        page.locator("main a[href$='/niet-doen/']").first.click()
        decline(page)
        page.goto(path("case-close", case))
    page.locator("label:has([name=outcome])").first.click()
    page.locator("[name=reason]").fill(WHY)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{path('case', case)}")
    assert Case.objects.get().status == "closed"
    expect(page.locator("main .lead", has_text=WHY)).to_be_visible()


def test_coordinator_without_javascript(world: World, pupil_signal: Signal, page_for: Any) -> None:
    page = page_for(None, width=1280, js=False)
    log_in_by_form(page, world.coordinator)
    open_from_desk(page, pupil_signal.case)
    take_and_note(page, pupil_signal.case)
    assert Note.objects.count() == 1


def test_a_note_is_not_lost_by_a_click_away(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator, width=1280)
    page.goto(path("case", taken_case))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#note textarea").fill("Half af")
    with page.expect_event("dialog"):
        page.locator("a.brand").click(no_wait_after=True)
    expect(page.locator("#note textarea")).to_have_value("Half af")
    assert asked == ["beforeunload"]
    with page.expect_response("**" + reverse("words_typed")) as kept:
        page.locator("#note textarea").fill("Half af, maar al te lang om kwijt te raken.")
    assert kept.value.json() == {"kept": True}
    page.locator("a.brand").click()
    page.wait_for_url("**" + reverse("signals:desk"))
    assert asked == ["beforeunload"], "what is kept need not be asked about"
    page.goto(reverse("kept_words"))
    expect(page.locator("main")).to_contain_text("Half af, maar al te lang om kwijt te raken.")


def test_order_of_the_chronology(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator, width=1280)
    page.goto(path("case", taken_case))
    titles = page.locator("#chronology .entry-title").all_text_contents()
    page.locator("#chronology .head-row a[href*='order=old']").click()
    page.wait_for_url("**?order=old#chronology")
    assert page.locator("#chronology .entry-title").all_text_contents() == titles[::-1]


@pytest.mark.parametrize("width", [390, 1280])
def test_principal_asks_for_the_story(world: World, taken_case: Case, page_for: Any, width: int) -> None:
    page = page_for(None, width=width)
    log_in_by_form(page, world.principal)
    assert page.url.endswith(reverse("signals:followup"))
    row = page.locator("table.board tbody tr")
    expect(row).to_have_count(1)
    row.locator("a").click()
    page.wait_for_url(f"**{path('followup-case', taken_case)}")
    assert "riep groep 3B" not in page.content()
    page.locator(f"main a[href='{path('story', taken_case)}']").click()
    page.locator("[name=reason]").fill("kort")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert "riep groep 3B" not in page.content()
    page.locator("[name=reason]").fill("De ouders dienen een klacht in.")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".timeline", has_text="riep groep 3B")).to_be_visible()
    assert StoryOpening.objects.count() == 1


@pytest.mark.parametrize("js", [True, False])
def test_coordinator_shares_and_stops(world: World, page_for: Any, js: bool) -> None:
    """Found while typing, or with the button when scripts are off; the colleague reads it until it is stopped."""
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    page = page_for(world.coordinator, width=390, js=js)
    page.goto(path("case", case))
    page.locator("details:has(#shares) > summary").click()
    page.locator(f"#shares a[href='{path('case-share', case)}']").click()
    page.wait_for_url(f"**{path('case-share', case)}")  # and its script runs, which hears what is typed
    page.locator("[name=reason]").fill(WHY)
    page.locator("[name=colleague_query]").fill("teach")
    if not js:
        page.locator("#search-button").click()
    page.locator("label[for=colleague-1]").click()
    assert page.locator("[name=reason]").input_value() == WHY
    page.locator("main [name=action][value=share].btn").click()
    page.wait_for_url(f"**{path('case', case)}#shares")
    assert Share.objects.get().colleague == world.teacher

    reader = page_for(world.teacher)
    reader.goto(reverse("signals:shared"))
    reader.locator(f"main a[href='{path('case', case)}']").click()
    expect(reader.locator("#chronology")).to_be_visible()
    expect(reader.locator("#readings, #note, #shares")).to_have_count(0)

    fold = page.locator("details:has(#shares)")
    if fold.get_attribute("open") is None:
        fold.locator("> summary").click()
    page.locator("#shares summary").click()
    page.locator("#shares form[action$='/stoppen/'] button").click()
    expect(page.locator("#shares form[action$='/stoppen/']")).to_have_count(0)
    assert Share.objects.get().ended_at
    assert reader.goto(path("case", case)).status == 404
