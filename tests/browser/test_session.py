"""Before a session ends and after: the question, the sheet, and going on with what was typed. With short limits."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import KeptWords, User
from accounts.sessions import sessions_end
from audit.models import AuditEvent
from signals.models import Draft, Signal
from tests.browser.acts import log_in_by_form, write
from tests.browser.looks import active, look
from tests.browser.test_private import KEPT, fastest, hidden
from tests.conftest import PASSWORD, World

NEW = reverse("signals:signal-new")
LONG = "Zilverreiger " * 1500 + "einde van het verhaal."
WARN, OVER = "#session-warn", "#session-over"


@pytest.fixture
def clock(settings: Any) -> Callable[..., None]:
    """Sets limits of seconds for everybody."""

    def make(limit: int = 12, warning: int = 6) -> None:
        settings.IDLE_SECONDS = settings.IDLE_SECONDS_CASES = limit
        settings.IDLE_WARNING_SECONDS, settings.SEEN_EVERY_SECONDS = warning, 1

    return make


def story(page: Page, text: str = LONG) -> None:
    """A report that is filled in, not sent."""
    page.goto(NEW)
    write(page, observed=text)


def wait_for(page: Page, part: str) -> None:
    page.locator(part).wait_for(state="visible", timeout=30_000)


def answer(page: Page, user: User, password: str = PASSWORD) -> None:
    """Fill in the log-in on the sheet."""
    page.locator(f"{OVER} [name=login]").fill(user.email)
    page.locator(f"{OVER} [name=password]").fill(password)
    page.locator(f"{OVER} form button[type=submit]").click()


def test_the_question_comes_first_and_one_button_goes_on(world: World, page_for: Any, clock: Any) -> None:
    clock()
    page = page_for(world.author)
    story(page, "Zilverreiger")
    page.locator("[name=observed]").focus()
    wait_for(page, WARN)
    assert active(page, "one.hasAttribute('data-session-here')"), "the keyboard is on the button"
    assert page.locator(WARN).get_attribute("role") == "alertdialog"
    for key in ("Tab", "Tab", "Shift+Tab"):
        page.keyboard.press(key)
        assert active(page, "!one.closest('main, header, footer')"), "what lies behind can't be reached"
    page.locator("[data-session-here]").focus()
    page.keyboard.press("Enter")
    page.locator(WARN).wait_for(state="hidden")
    expect(page.locator("[name=observed]")).to_have_value("Zilverreiger")
    assert active(page, "one.name") == "observed", "and back where it was"
    assert not AuditEvent.objects.filter(action="session.locked").exists()
    wait_for(page, WARN)


def test_who_types_is_not_asked(world: World, page_for: Any, clock: Any) -> None:
    clock(limit=8, warning=4)
    page = page_for(world.author)
    story(page, "")
    for _ in range(24):
        page.locator("[name=observed]").press_sequentially("a")
        page.wait_for_timeout(500)
        assert not page.locator(WARN).is_visible()
    assert not AuditEvent.objects.filter(action="session.locked").exists()


def test_twenty_thousand_characters_survive_and_one_report_is_sent(world: World, page_for: Any, clock: Any) -> None:
    assert len(LONG) > 19_500
    clock(limit=6, warning=3)
    page = page_for(world.author)
    story(page)
    title = page.title()
    wait_for(page, OVER)
    expect(page.locator("main")).to_be_hidden()
    assert "Zilverreiger" not in page.locator("body").inner_text()
    assert page.title() != title
    page.locator(f"{OVER} [name=password]").wait_for()
    assert AuditEvent.objects.filter(action="session.locked").count() == 1
    clock(limit=600, warning=3)
    answer(page, world.author, "verkeerd-wachtwoord")
    page.locator(f"{OVER} .error-summary").wait_for()
    expect(page.locator("main")).to_be_hidden()
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    assert page.title() == title
    expect(page.locator("[name=observed]")).to_have_value(LONG)
    stored = page.evaluate(KEPT) + str(page.context.storage_state(indexed_db=True))
    assert "Zilverreiger" not in stored
    assert page.evaluate("() => [localStorage.length, Object.keys(sessionStorage).join()]") in (
        [0, ""],
        [0, "htmx-current-path-for-history"],
    )
    page.locator("main [name=action][value=continue]").click()
    page.wait_for_url("**/vragen/")
    page.locator("main [name=action][value=send]").click()
    page.wait_for_url("**sent=1")
    assert Signal.objects.get().observed == LONG
    assert not Draft.objects.exists()
    assert not KeptWords.objects.exists()


def test_somebody_else_gets_their_own_page_and_nothing_of_this_one(world: World, page_for: Any, clock: Any) -> None:
    clock(limit=6, warning=3)
    page = page_for(world.author)
    story(page, "Zilverreiger")
    wait_for(page, OVER)
    page.locator(f"{OVER} [name=password]").wait_for()
    clock(limit=600, warning=3)
    with page.expect_navigation():
        answer(page, world.teacher)
    expect(page.locator("[name=observed]")).to_have_value("")
    assert "Zilverreiger" not in page.content()
    assert world.author.name not in page.content()
    page.go_back()
    assert "Zilverreiger" not in page.content()


def test_tabs_share_one_clock(world: World, page_for: Any, clock: Any) -> None:
    """Working in one keeps the other open; logging in in one opens the other."""
    clock(limit=8, warning=4)
    page = page_for(world.author)
    story(page, "Zilverreiger")
    other = page.context.new_page()
    other.goto(reverse("signals:mine"))
    for _ in range(6):
        other.reload()
        page.wait_for_timeout(2000)
        assert not page.locator(OVER).is_visible()
    wait_for(page, OVER)
    clock(limit=600, warning=4)
    log_in_by_form(other, world.author)
    page.bring_to_front()
    page.locator(OVER).wait_for(state="hidden")
    page.locator("main [name=action][value=continue]").click()
    page.wait_for_url("**/vragen/")
    assert Draft.objects.get().data["observed"] == "Zilverreiger", "the form got the token of the new log-in"


def test_a_session_that_was_ended_elsewhere_covers_the_page(world: World, page_for: Any, clock: Any) -> None:
    """As soon as somebody looks at it again."""
    clock(limit=600)
    page = page_for(world.author)
    story(page, "Zilverreiger")
    sessions_end(user=User.objects.get(pk=world.author.pk), by=world.administrator)
    page.wait_for_timeout(2500)
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    wait_for(page, OVER)
    expect(page.locator("main")).to_be_hidden()


def test_the_screen_is_hidden_at_once_from_the_question_and_from_the_sheet(
    world: World, page_for: Any, clock: Any
) -> None:
    clock(limit=26, warning=20)
    page = page_for(world.author)
    story(page, "Zilverreiger")
    wait_for(page, WARN)

    def escape() -> None:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")

    assert fastest(page, "keydown", escape) < 100
    page.locator(f"{WARN} [data-session-hide]").click()
    assert hidden(page)
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[data-show-screen]").click()
    expect(page.locator(WARN)).to_be_visible()
    wait_for(page, OVER)
    page.locator(f"{OVER} [name=password]").wait_for()
    assert fastest(page, "keydown", escape) < 100
    escape()
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[data-show-screen]").click()
    expect(page.locator(OVER)).to_be_visible()
    expect(page.locator("main")).to_be_hidden()


def test_the_end_of_a_long_day_is_told_as_well(world: World, page_for: Any, clock: Any, settings: Any) -> None:
    """Saying that one is there would not help, so there is no such button; what was typed stays here too."""
    clock(limit=600, warning=8)
    settings.SESSION_COOKIE_AGE = 16
    page = page_for(world.author)
    story(page, "Zilverreiger")
    wait_for(page, "#session-firm")
    expect(page.locator(WARN)).to_be_hidden()
    page.locator("[data-session-close]").click()
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[name=observed]").press_sequentially(" op")
    wait_for(page, OVER)
    page.locator(f"{OVER} [name=password]").wait_for()
    settings.SESSION_COOKIE_AGE = 36000
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    expect(page.locator("[name=observed]")).to_have_value("Zilverreiger op")


def test_without_a_connection_the_page_is_covered_all_the_same(world: World, page_for: Any, clock: Any) -> None:
    clock(limit=8, warning=4)
    page = page_for(world.author)
    story(page, "Zilverreiger")
    page.context.set_offline(True)
    wait_for(page, OVER)
    expect(page.locator("[data-session-word]")).not_to_be_empty()
    expect(page.locator("main")).to_be_hidden()
    page.context.set_offline(False)
    page.locator(f"{OVER} [name=password]").wait_for()
    clock(limit=600)
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    expect(page.locator("[name=observed]")).to_have_value("Zilverreiger")


def test_the_key_stands_where_one_looks_for_it(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:mine"))
    page.locator("details.menu > summary").click()
    expect(page.locator(".menu-hint kbd")).to_have_text("Esc")
    expect(page.locator(".menu-hint")).to_be_visible()


def test_how_they_look(world: World, page_for: Any, clock: Any) -> None:
    clock(limit=70, warning=60)
    page = page_for(world.author, width=1280)
    story(page, "Zilverreiger")
    wait_for(page, WARN)
    problems = look(page, "session-warn")
    clock(limit=1, warning=1)
    wait_for(page, OVER)
    page.locator(f"{OVER} [name=password]").wait_for()
    clock(limit=600)
    problems += look(page, "session-over")
    answer(page, world.author, "verkeerd-wachtwoord")
    page.locator(f"{OVER} .error-summary").wait_for()
    problems += look(page, "session-over-wrong")
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    page.evaluate("() => document.querySelector('[name=observed]').value = ''")
    Client(headers={"user-agent": "Firefox Windows"}).post(
        reverse("account_login"), {"login": world.author.email, "password": PASSWORD}
    )
    page.goto(reverse("sessions"))
    problems += look(page, "sessions")
    fields = [["observed", LONG[:900]], ["concern", "bullying"], ["odd", "Een zin zonder vraag."]]
    KeptWords.objects.create(user=world.author, path=NEW, fields=fields)
    page.goto(reverse("kept_words"))
    problems += look(page, "kept-words")
    assert not problems, "\n".join(problems)
