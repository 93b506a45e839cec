"""What stays behind on a screen or in a browser for the next one who looks: nothing."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Signal
from tests.browser.acts import write
from tests.browser.clock import REAL
from tests.conftest import World

STORY = "Zilverreiger vloog langs het raam"

HIDDEN = """() => getComputedStyle(document.querySelector("#blank")).display !== "none"
  && getComputedStyle(document.querySelector("main")).display === "none\""""
# From the key or the click until the page is laid out blank, in milliseconds.
CLOCK = f"""kind => {{
  window.took = undefined;
  const hidden = {HIDDEN};
  const now = window.realNow || (() => performance.now()), at = window.realTimeOf || (event => event.timeStamp);
  addEventListener(kind, event => {{
    const look = () => {{ if (hidden()) window.took = now() - at(event); }};
    setTimeout(look); requestAnimationFrame(look);
  }}, true);
}}"""
TOOK = """() => new Promise(done => {
  const look = () => window.took === undefined ? requestAnimationFrame(look) : done(window.took);
  look();
})"""
# All that a page of this site can keep in the browser.
KEPT = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state, name,
  await indexedDB.databases(), await caches.keys(),
  (await navigator.serviceWorker.getRegistrations()).length])"""


def hidden(page: Page) -> bool:
    found: bool = page.evaluate(HIDDEN)
    return found


@pytest.fixture
def form(world: World, page_for: Any) -> Page:
    """A form with half a story in it."""
    page: Page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    write(page, observed=STORY)
    return page


def blanks_at_once(page: Page, kind: str, act: Any) -> None:
    """Within a tenth of a second, in the best of ten: other work on this machine counts in the time."""
    times = list[float]()
    page.evaluate(CLOCK, kind)
    while min(times, default=100) >= 100 and len(times) < 10:
        act()
        times.append(page.evaluate(TOOK))
        page.locator("[data-show-screen]").click()
        page.evaluate("() => { window.took = undefined; }")
    assert min(times) < 100


def test_button_blanks_at_once(form: Page) -> None:
    button = form.locator("[data-hide-screen]")
    blanks_at_once(form, "click", button.click)
    title = form.title()
    button.click()
    assert hidden(form)
    assert form.title() != title
    assert STORY not in form.locator("body").inner_text()
    form.locator("[data-show-screen]").click()
    assert not hidden(form)
    assert form.title() == title
    expect(form.locator("[name=observed]")).to_have_value(STORY)


def test_escape_twice_blanks_at_once_and_once_does_not(form: Page) -> None:
    form.evaluate(REAL)
    form.clock.install()
    form.locator("[name=observed]").focus()
    form.keyboard.press("Escape")
    assert not hidden(form)
    form.clock.fast_forward(1100)
    form.keyboard.press("Escape")
    assert not hidden(form), "two slow ones are two times one"
    form.clock.fast_forward(1100)

    def escape() -> None:
        form.keyboard.press("Escape")
        form.keyboard.press("Escape")

    blanks_at_once(form, "keydown", escape)
    expect(form.locator("[name=observed]")).to_have_value(STORY)


def test_hidden_stays_hidden(world: World, page_for: Any) -> None:
    """After a reload, on the next page, and for the keyboard; it takes one click to come back."""
    page = page_for(world.author)
    page.goto(reverse("signals:mine"))
    page.locator("[data-hide-screen]").click()
    page.reload()
    assert hidden(page)
    page.goto(reverse("signals:signal-new"))
    assert hidden(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !!document.activeElement.closest('#blank')")
    page.locator("[data-show-screen]").click()
    assert not hidden(page)
    page.reload()
    assert not hidden(page)


def test_hiding_needs_no_javascript(world: World, page_for: Any) -> None:
    page = page_for(world.author, js=False)
    page.goto(reverse("signals:mine"))
    page.locator("[data-hide-screen]").click()
    expect(page.locator("#blank")).to_be_visible()
    expect(page.locator("main")).to_be_hidden()
    page.locator("[data-show-screen]").click()
    expect(page.locator("main")).to_be_visible()


def test_browser_keeps_nothing_that_was_typed(form: Page) -> None:
    """Neither while typing nor after hiding and sending; a mark that the screen is hidden is all there is."""

    def kept() -> str:
        return form.evaluate(KEPT) + str(form.context.storage_state(indexed_db=True))

    found = kept()
    form.locator("[data-hide-screen]").click()
    found += kept()
    form.locator("[data-show-screen]").click()
    form.locator("main [name=action][value=continue]").click()
    form.wait_for_url("**/vragen/")
    found += kept()
    form.locator("main [name=action][value=send]").click()
    form.wait_for_url("**sent=1")
    found += kept()
    for word in ("Zilverreiger", "Zandstra", "zandst", "bullying"):
        assert word not in found
    assert "screen-hidden" in found


def test_logging_out_leaves_nothing(world: World, form: Page) -> None:
    """The half story is asked about once; then it is gone, also for the back button."""
    asked: list[str] = []
    form.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    address = form.url
    form.locator("details.menu > summary").click()
    form.locator(f".menu-in form[action='{reverse('account_logout')}'] button").click()
    form.wait_for_url("**" + reverse("account_login") + "**")
    assert asked == ["beforeunload"]
    assert {cookie["name"] for cookie in form.context.cookies()} <= {"csrftoken", "messages"}
    local, tab = form.evaluate("() => [{...localStorage}, {...sessionStorage}]")
    assert local == {}
    assert set(tab) <= {"htmx-current-path-for-history"}, "htmx notes the address of its page, which names nobody"
    form.go_back()
    form.wait_for_load_state()
    assert STORY not in form.content()
    assert form.url != address
    expect(form.locator("[name=login]")).to_be_visible()


def test_back_after_log_out_shows_no_report(pupil_signal: Signal, world: World, page_for: Any) -> None:
    page = page_for(world.coordinator, width=1280)
    page.goto(reverse("signals:case", args=[pupil_signal.case.reference]))
    assert "riep groep 3B" in page.content()
    page.goto(reverse("account_logout"))
    page.locator(f"main form[action='{reverse('account_logout')}'] button").click()
    page.wait_for_url("**" + reverse("account_login") + "**")
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        assert "riep groep 3B" not in page.content()
        expect(page.locator("[name=login]")).to_be_visible()
