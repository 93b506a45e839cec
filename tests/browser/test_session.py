"""Before a session ends and after: the question, the sheet, and going on with what was typed. Time passes at once."""

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
from tests.browser.clock import Clock
from tests.browser.conftest import PageFor
from tests.browser.looks import active, look
from tests.browser.test_private import KEPT, blanks_at_once, hidden
from tests.conftest import PASSWORD, World

NEW = reverse("signals:signal-new")
LONG = "Zilverreiger " * 1500 + "einde van het verhaal."
WARN, OVER = "#session-warn", "#session-over"


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Twenty minutes for everybody, the question two minutes before."""
    settings.IDLE_SECONDS = settings.IDLE_SECONDS_CASES = 20 * 60
    settings.IDLE_WARNING_SECONDS, settings.SEEN_EVERY_SECONDS = 2 * 60, 60
    return Clock(monkeypatch)


@pytest.fixture
def page_for(page_for: PageFor, clock: Clock) -> PageFor:
    """Pages that live by the clock."""
    return lambda *args, **more: clock.on(page_for(*args, **more))


def story(page: Page, text: str = LONG) -> None:
    """A report that is filled in, not sent."""
    page.goto(NEW)
    write(page, observed=text)


def wait_for(page: Page, part: str) -> None:
    page.locator(part).wait_for(state="visible")


def told(page: Page, act: Callable[[], Any]) -> None:
    """Do what makes the page ask the server, and wait until it took the answer: its forms then have a new token."""
    token = page.locator("main [name=csrfmiddlewaretoken]").first
    before = token.input_value()
    act()
    expect(token).not_to_have_value(before)


def ends(page: Page, clock: Clock, minutes: float = 21) -> None:
    """Let the session end, as far as the log-in on the sheet; no answer to the old session is still on its way."""
    with page.expect_response("**" + reverse("session_state")):
        clock.later(page, minutes=minutes)
    wait_for(page, OVER)
    page.locator(f"{OVER} [name=password]").wait_for()


def answer(page: Page, user: User, password: str = PASSWORD) -> None:
    """Fill in the log-in on the sheet."""
    page.locator(f"{OVER} [name=login]").fill(user.email)
    page.locator(f"{OVER} [name=password]").fill(password)
    page.locator(f"{OVER} form button[type=submit]").click()


def test_the_question_comes_first_and_one_button_goes_on(world: World, page_for: Any, clock: Clock) -> None:
    page = page_for(world.author)
    story(page, "Zilverreiger")
    page.locator("[name=observed]").focus()
    clock.later(page, minutes=19)
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
    clock.later(page, minutes=17)
    expect(page.locator(WARN)).to_be_hidden()
    assert not AuditEvent.objects.filter(action="session.locked").exists()
    clock.later(page, minutes=2)
    wait_for(page, WARN)


def test_who_types_is_not_asked(world: World, page_for: Any, clock: Clock) -> None:
    page = page_for(world.author)
    story(page, "")
    for _ in range(6):
        clock.later(page, minutes=10)
        told(page, lambda: page.locator("[name=observed]").press_sequentially("a"))
        expect(page.locator(WARN)).to_be_hidden()
    expect(page.locator(OVER)).to_be_hidden()
    assert not AuditEvent.objects.filter(action="session.locked").exists()


def test_twenty_thousand_characters_survive_and_one_report_is_sent(world: World, page_for: Any, clock: Clock) -> None:
    assert len(LONG) > 19_500
    page = page_for(world.author)
    story(page)
    title = page.title()
    ends(page, clock)
    expect(page.locator("main")).to_be_hidden()
    assert "Zilverreiger" not in page.locator("body").inner_text()
    assert page.title() != title
    assert AuditEvent.objects.filter(action="session.locked").count() == 1
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


def test_somebody_else_gets_their_own_page_and_nothing_of_this_one(world: World, page_for: Any, clock: Clock) -> None:
    page = page_for(world.author)
    story(page, "Zilverreiger")
    ends(page, clock)
    with page.expect_navigation():
        answer(page, world.teacher)
    expect(page.locator("[name=observed]")).to_have_value("")
    assert "Zilverreiger" not in page.content()
    assert world.author.name not in page.content()
    page.go_back()
    assert "Zilverreiger" not in page.content()


def test_tabs_share_one_clock(world: World, page_for: Any, clock: Clock) -> None:
    """Working in one keeps the other open; logging in in one opens the other."""
    page = page_for(world.author)
    story(page, "Zilverreiger")
    other = page.context.new_page()
    other.goto(reverse("signals:mine"))
    for minutes in (14, 10, 10):
        clock.later(page, minutes=minutes)
        other.reload()
        told(page, lambda: clock.later(page, minutes=4))
        expect(page.locator(WARN)).to_be_hidden()
        expect(page.locator(OVER)).to_be_hidden()
    ends(page, clock)
    log_in_by_form(other, world.author)
    page.bring_to_front()
    clock.later(page, seconds=5)
    page.locator(OVER).wait_for(state="hidden")
    page.locator("main [name=action][value=continue]").click()
    page.wait_for_url("**/vragen/")
    assert Draft.objects.get().data["observed"] == "Zilverreiger", "the form got the token of the new log-in"


def test_a_session_that_was_ended_elsewhere_covers_the_page(world: World, page_for: Any, clock: Clock) -> None:
    """As soon as somebody looks at it again."""
    page = page_for(world.author)
    story(page, "Zilverreiger")
    sessions_end(user=User.objects.get(pk=world.author.pk), by=world.administrator)
    clock.later(page, seconds=3)
    expect(page.locator(OVER)).to_be_hidden()
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    wait_for(page, OVER)
    expect(page.locator("main")).to_be_hidden()


def test_the_screen_is_hidden_at_once_from_the_question_and_from_the_sheet(
    world: World, page_for: Any, clock: Clock
) -> None:
    page = page_for(world.author)
    story(page, "Zilverreiger")
    clock.later(page, minutes=18.5)
    wait_for(page, WARN)

    def escape() -> None:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")

    blanks_at_once(page, "keydown", escape)
    page.locator(f"{WARN} [data-session-hide]").click()
    assert hidden(page)
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[data-show-screen]").click()
    expect(page.locator(WARN)).to_be_visible()
    ends(page, clock, minutes=2)
    blanks_at_once(page, "keydown", escape)
    escape()
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[data-show-screen]").click()
    expect(page.locator(OVER)).to_be_visible()
    expect(page.locator("main")).to_be_hidden()


def test_the_end_of_a_long_day_is_told_as_well(world: World, page_for: Any, clock: Clock, settings: Any) -> None:
    """Saying that one is there would not help, so there is no such button; what was typed stays here too."""
    settings.IDLE_SECONDS = settings.IDLE_SECONDS_CASES = 2 * settings.SESSION_COOKIE_AGE
    page = page_for(world.author)
    story(page, "Zilverreiger")
    clock.later(page, seconds=settings.SESSION_COOKIE_AGE - 90)
    wait_for(page, "#session-firm")
    expect(page.locator(WARN)).to_be_hidden()
    page.locator("[data-session-close]").click()
    expect(page.locator("#session")).to_be_hidden()
    page.locator("[name=observed]").press_sequentially(" op")
    ends(page, clock, minutes=2)
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    expect(page.locator("[name=observed]")).to_have_value("Zilverreiger op")


def test_without_a_connection_the_page_is_covered_all_the_same(world: World, page_for: Any, clock: Clock) -> None:
    page = page_for(world.author)
    story(page, "Zilverreiger")
    page.context.set_offline(True)
    clock.later(page, minutes=21)
    wait_for(page, OVER)
    expect(page.locator("[data-session-word]")).not_to_be_empty()
    expect(page.locator("main")).to_be_hidden()
    page.context.set_offline(False)
    clock.later(page, seconds=6)
    page.locator(f"{OVER} [name=password]").wait_for()
    answer(page, world.author)
    page.locator(OVER).wait_for(state="hidden")
    expect(page.locator("[name=observed]")).to_have_value("Zilverreiger")


def test_the_key_stands_where_one_looks_for_it(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:mine"))
    page.locator("details.menu > summary").click()
    expect(page.locator(".menu-hint kbd")).to_have_text("Esc")
    expect(page.locator(".menu-hint")).to_be_visible()


def test_how_they_look(world: World, page_for: Any, clock: Clock) -> None:
    page = page_for(world.author, width=1280)
    story(page, "Zilverreiger")
    clock.later(page, minutes=18.5)
    wait_for(page, WARN)
    problems = look(page, "session-warn")
    ends(page, clock, minutes=3)
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
