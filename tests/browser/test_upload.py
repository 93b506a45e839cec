"""Sending a file with a script: how far it is, stopping, a lost connection, two clicks; and without any script."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Attachment, Case
from tests.browser.looks import look
from tests.conftest import World

FILE = {"name": "verslag.txt", "mimeType": "text/plain", "buffer": b"Een verslag van het gesprek. " * 200}
BUTTON = "main form[enctype] button[type=submit]"
WORD = "[data-upload-word]"


def filled(page: Page, case: Case) -> str:
    """The form of a file, filled in; its address."""
    path = reverse("signals:case-file-add", args=[case.reference])
    page.goto(path)
    page.locator("[name=file]").set_input_files(FILE)
    page.locator("[name=about]").fill("Verslag van maandag")
    return path


def arrived(page: Page, case: Case) -> None:
    page.wait_for_url(f"**/casus/{case.reference}/#files")
    row = Attachment.objects.get()
    assert (row.name, row.about) == ("verslag.txt", "Verslag van maandag")


def test_a_file_arrives_once_however_often_one_presses(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator)
    path = filled(page, taken_case)
    waiting: list[Any] = []
    page.route(f"**{path}", lambda route: waiting.append(route))
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith(path)):
        page.locator(BUTTON).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(BUTTON)).to_be_disabled()
    page.evaluate("document.querySelector('form[enctype]').requestSubmit()")
    assert look(page, "upload-sending") == []
    assert len(waiting) == 1
    waiting[0].continue_()
    arrived(page, taken_case)


def test_stopping_keeps_what_was_filled_in_and_no_file(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator, width=1280)
    path = filled(page, taken_case)
    page.route(f"**{path}", lambda route: None)
    page.locator(BUTTON).click()
    page.locator("[data-upload-stop]").click()
    expect(page.locator(WORD)).to_have_text(page.locator("[data-upload]").get_attribute("data-stopped") or "")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert not Attachment.objects.exists()
    page.unroute(f"**{path}")
    page.locator(BUTTON).click()
    arrived(page, taken_case)


def keep_and_lose(route: Any) -> None:
    """It arrives, and the answer does not."""
    if route.request.method == "POST":
        route.fetch()
    route.abort()


def test_a_lost_connection_is_said_and_the_same_button_tries_again(
    world: World, taken_case: Case, page_for: Any
) -> None:
    page = page_for(world.coordinator)
    path = filled(page, taken_case)
    page.route(f"**{path}", keep_and_lose)
    page.locator(BUTTON).click()
    expect(page.locator(WORD)).to_have_text(page.locator("[data-upload]").get_attribute("data-lost") or "")
    assert look(page, "upload-lost") == []
    assert page.locator("[name=about]").input_value() == "Verslag van maandag"
    assert Attachment.objects.count() == 1
    page.unroute(f"**{path}")
    page.locator(BUTTON).click()
    arrived(page, taken_case)


def test_another_file_after_a_lost_connection_is_kept_as_well(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator)
    path = filled(page, taken_case)
    page.route(f"**{path}", keep_and_lose)
    page.locator(BUTTON).click()
    expect(page.locator("[data-upload][data-state=lost]")).to_be_visible()
    page.unroute(f"**{path}")
    page.locator("[name=file]").set_input_files(FILE | {"name": "ander.txt", "buffer": b"Een ander verslag."})
    page.locator(BUTTON).click()
    expect(page.locator("[data-upload][data-state=refused]")).to_be_visible()
    expect(page.locator(WORD)).to_contain_text("Dit formulier is al eens verstuurd.")
    page.locator(BUTTON).click()
    page.wait_for_url(f"**/casus/{taken_case.reference}/#files")
    assert [row.name for row in Attachment.objects.all()] == ["verslag.txt", "ander.txt"]


def test_what_is_refused_is_said_and_what_was_filled_in_stays(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator)
    filled(page, taken_case)
    page.locator("[name=file]").set_input_files(FILE | {"name": "verslag.exe"})
    page.locator(BUTTON).click()
    expect(page.locator("[data-upload][data-state=refused]")).to_be_visible()
    assert page.locator("[name=about]").input_value() == "Verslag van maandag"
    assert not Attachment.objects.exists()
    page.locator("[name=file]").set_input_files(FILE)
    page.locator(BUTTON).click()
    arrived(page, taken_case)


def test_without_a_script_it_arrives_as_well(world: World, taken_case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator, js=False)
    filled(page, taken_case)
    expect(page.locator("[data-upload]")).to_be_hidden()
    page.locator(BUTTON).click()
    arrived(page, taken_case)
