"""What the database says is told apart: it is away, it is too busy, or the mistake is ours."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from signals.views import concern
from tests.conftest import World, typed
from tests.journeys.page import Page

AWAY, BUSY = "We can't reach what is kept here", "It is too busy here at this moment"


class SaidError(Exception):
    """An error as the library of a database gives it."""

    def __init__(self, sqlstate: str = "", sqlite_errorname: str = "") -> None:
        self.sqlstate, self.sqlite_errorname = sqlstate, sqlite_errorname


@pytest.fixture
def sends(world: World, login: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], Any]:
    """Somebody keeps a report, and the database answers with this."""
    client: Client = login(world.author)
    client.raise_request_exception, client.cookies["django_language"] = False, "en"

    def send(fails: Callable[..., Any]) -> Any:
        monkeypatch.setattr(concern, "draft_save", fails)
        return client.post(reverse("signals:signal-new"), typed(world, observed="Zilverreiger.", action="save"))

    return send


def raises(kind: type[DatabaseError], said: SaidError) -> Callable[..., Any]:
    def fails(**_given: Any) -> None:
        raise kind from said

    return fails


@pytest.mark.parametrize(
    "said", [SaidError("40P01"), SaidError("55P03"), SaidError("57014"), SaidError(sqlite_errorname="SQLITE_BUSY")]
)
def test_it_is_busy(sends: Any, said: SaidError) -> None:
    response = sends(raises(OperationalError, said))
    page = Page(response)
    assert (response.status_code, BUSY in page.text, AWAY in page.text) == (503, True, False)
    assert page.form(has="observed").data()["observed"] == "Zilverreiger."


@pytest.mark.parametrize(
    "fails",
    [
        raises(OperationalError, SaidError("57P01")),
        raises(OperationalError, SaidError(sqlite_errorname="SQLITE_FULL")),
        raises(InternalError, SaidError("25006")),
    ],
)
def test_it_is_away(sends: Any, fails: Any) -> None:
    response = sends(fails)
    page = Page(response)
    assert (response.status_code, BUSY in page.text, AWAY in page.text) == (503, False, True)


def test_after_a_mistake_of_ours_it_is_not_said_to_be_away(sends: Any) -> None:
    assert sends(raises(InternalError, SaidError("25P02"))).status_code == 500


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite goes on after an error")
def test_a_mistake_in_a_transaction_is_ours(sends: Any) -> None:
    @transaction.atomic
    def fails(**_given: Any) -> None:
        with connection.cursor() as cursor:
            with suppress(DatabaseError):
                cursor.execute("SELECT 1 / 0")
            cursor.execute("SELECT 1")

    assert sends(fails).status_code == 500
