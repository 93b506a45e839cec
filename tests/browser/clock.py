"""Time that passes at once, for the page and for the server together: nobody waits for the end of a session."""

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from accounts import idle, pauses, sessions

# A page with a clock of its own also has its own idea of when an event was. What measures asks for the real one.
REAL = """() => {
  const now = performance.now.bind(performance);
  const at = Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp").get;
  window.realNow = now;
  window.realTimeOf = event => at.call(event);
}"""


class Clock:
    """What pages and sessions take for now: the real time, and as much later as a test says."""

    def __init__(self, monkeypatch: Any) -> None:
        self.ahead = 0.0
        seconds = SimpleNamespace(time=lambda: time.time() + self.ahead)
        moments = SimpleNamespace(now=lambda: timezone.now() + timedelta(seconds=self.ahead))
        monkeypatch.setattr(pauses, "time", seconds)
        monkeypatch.setattr(idle, "time", seconds)
        monkeypatch.setattr(sessions, "timezone", moments)

    def on(self, page: Page) -> Page:
        """Give this clock to a page that was not opened yet, and to every tab beside it."""
        page.context.add_init_script(f"({REAL})()")
        page.context.clock.install()
        return page

    def later(self, page: Page, minutes: float = 0, seconds: float = 0) -> None:
        """The server first: what a page then asks is answered in the same time."""
        passed = minutes * 60 + seconds
        self.ahead += passed
        page.context.clock.fast_forward(int(passed * 1000))
