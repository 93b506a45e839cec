"""Asking for a page as somebody, and what it showed, cost and asked of the database."""

import re
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.references import PATTERN
from tests.bench import requests
from tests.bench.measure import Clock
from tests.bench.scale.pages import Page

COUNT = re.compile(r'class="count">([^<]*)<')
# PostgreSQL: a scan of a large table, or one by several processes. SQLite: a scan without an index.
SLOW = re.compile(r"Gather|Seq Scan on (signals_|audit_|accounts_(user|membership|pupil))|^SCAN (signals|audit)_\w+$")


Seen = tuple[list[str], list[str]]


def seen_in(text: str) -> Seen:
    """What stands in the text of a page: numbers above the tabs, and references of cases in their order."""
    return COUNT.findall(text), list(dict.fromkeys(PATTERN.findall(text)))


class Desk:
    """Somebody at each page, logged in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.browser = requests.Browser(User.objects.get(pk=page.who))
        self.answer = requests.product()

    def request(self) -> HttpRequest:
        if self.page.data:
            return self.browser.post(self.page.path, self.page.data)
        return self.browser.get(self.page.path)

    def look(self) -> HttpResponse:
        response = self.answer(self.request())
        if response.status_code != 200:
            raise RuntimeError(f"{self.page.name} answered {response.status_code}.")
        return response

    def shown(self) -> Seen:
        """What stands on it.

        Raises:
            RuntimeError: fewer cases than the page has to show.
        """
        found = seen_in(self.look().content.decode())
        if len(found[1]) < self.page.rows:
            raise RuntimeError(f"{self.page.name} showed {len(found[1])} cases instead of {self.page.rows}.")
        return found

    def cost(self, clock: Clock, count: int) -> tuple[float, float]:
        """Seconds of CPU a request, of this process and of the backend."""
        made = [self.request() for _ in range(count)]
        before = clock.parts()
        for request in made:
            self.answer(request)
        after = clock.parts()
        return (after[0] - before[0]) / count, (after[1] - before[1]) / count

    def asked(self) -> list[tuple[str, Any]]:
        """The statements of one request with their values."""
        found: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            self.look()
        return found


def slow_parts(asked: list[tuple[str, Any]]) -> list[str]:
    """Where the plans of these statements read through a whole large table, or start other processes for it."""
    found = []
    for sql, params in asked:
        if sql.startswith(("SELECT", "(SELECT")):
            found += [line.strip() for line in explain(sql, params) if SLOW.search(line)]
    return found


def explain(sql: str, params: Any, options: str = "") -> list[str]:
    """The plan of a query, a line each."""
    words = f"EXPLAIN {options}" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {sql}", params)
        return [str(row[-1]) for row in cursor.fetchall()]
