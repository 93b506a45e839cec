"""A real Chromium on a live server. Every page that is opened is watched: what a user would not see as an error
(console, policy violations, requests to elsewhere, a sideways scroll bar) fails the test."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from tests.browser import chromium
from tests.browser.looks import SIDEWAYS
from tests.conftest import BACKEND, prove

HERE = Path(__file__).parent
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", settings.BASE_DIR / "var" / "screenshots"))
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    # A page is there for a moment: making its scripts fast took longer than running them, and so did forgetting them.
    "--js-flags=--no-maglev --no-turbofan --no-flush-bytecode",
]
HEIGHTS = {390: 844, 1280: 800}
PATIENCE = 30_000  # milliseconds, for a machine that has much else to do; only a test that fails waits so long
REPORT = pytest.StashKey[pytest.TestReport]()
MISSING = "No Chromium found: install one (apt install chromium) to run the browser tests."
WATCH = f"""
  document.addEventListener("securitypolicyviolation",
    event => console.error("CSP: " + event.violatedDirective + " " + event.blockedURI));
  {{
    const look = () => {{ const wide = ({SIDEWAYS})(); if (wide) console.error("sideways scroll: " + wide); }};
    addEventListener("load", look);
    addEventListener("resize", () => requestAnimationFrame(look));
    document.addEventListener("htmx:afterSettle", look);
  }}
"""

PageFor = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.stash[REPORT] = report
    return report


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium.find()
    if not path and os.environ.get("CI") == "true":
        pytest.fail(MISSING, pytrace=False)
    if not path:
        pytest.skip(MISSING)
    return path


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for the tests of this folder; other tests in this process never see Playwright's event loop.

    Django refuses database calls from a thread with an event loop. Here that is safe: the loop is Playwright's own,
    and it stands still while a test runs.
    """
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield found
        found.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def page_for(
    browser: Browser, live_server: Any, world: Any, request: pytest.FixtureRequest, answering: set[int]
) -> Iterator[PageFor]:
    """A page of somebody's own browser; None is a visitor. What goes wrong on it fails the test at its end."""
    pages: list[tuple[BrowserContext, Page, bool]] = []
    problems: list[str] = []

    def make(
        user: User | None,
        *,
        width: int = 390,
        js: bool = True,
        scheme: str = "light",
        also: str = "",
        fails: bool = False,
        **more: Any,
    ) -> Page:
        """`also`: another site to which this journey leads. `fails`: the test makes answers fail: not watched."""
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 844)},
            has_touch=width < 700,
            java_script_enabled=js,
            color_scheme=scheme,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        if user is not None:
            log_in(context, user, live_server.url)
        page = context.new_page()
        if not fails:
            watch(page, problems, live_server.url, also)
        pages.append((context, page, js))
        return page

    yield make
    report = request.node.stash.get(REPORT, None)
    for number, (context, page, js) in enumerate(pages):
        if not js and not page.is_closed() and (wide := sideways(page)):
            problems.append(f"{page.url}: sideways scroll: {wide}")
        if (problems or (report and report.failed)) and not page.is_closed():
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{request.node.name}-{number}.png", full_page=True)
        context.close()
    at_rest(answering)
    if problems:
        pytest.fail("\n".join(dict.fromkeys(problems)), pytrace=False)


@pytest.fixture(autouse=True, scope="package")
def answering() -> Iterator[set[int]]:
    """The threads that are answering a request now. One that only keeps a line open for the next is not among them."""
    threads: set[int] = set()

    def begins(**_more: Any) -> None:
        threads.add(threading.get_ident())

    def ends(**_more: Any) -> None:
        threads.discard(threading.get_ident())

    request_started.connect(begins)
    request_finished.connect(ends)
    yield threads
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


def at_rest(answering: set[int]) -> None:
    """What a page asked last may still be written after the page is gone, and would be found by the next test."""
    end = time.monotonic() + PATIENCE / 1000
    while answering & {thread.ident for thread in threading.enumerate()}:
        assert time.monotonic() < end, "the server still answers somebody"
        time.sleep(0.005)


def sideways(page: Page) -> str:
    page.wait_for_load_state()
    return str(page.evaluate(SIDEWAYS))


def log_in(context: BrowserContext, user: User, url: str) -> None:
    """Give this browser a session without the log-in form."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    prove(client, user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url, "httpOnly": True}])


def watch(page: Page, problems: list[str], home: str, also: str = "") -> None:
    """Collect what no user should be able to cause. A form that comes back with 422, or a 404 page, is no problem."""

    def on_console(message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            problems.append(f"{page.url}: console: {message.text}")

    def on_response(response: Any) -> None:
        document = response.request.resource_type == "document"
        if response.status >= (500 if document else 400):
            problems.append(f"{response.url}: {response.status}")

    def on_request(request: Any) -> None:
        if not request.url.startswith((home, also or home, "data:", "blob:")):
            problems.append(f"{page.url}: asks {request.url}")

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("request", on_request)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
