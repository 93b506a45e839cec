"""After too long a pause nobody is logged in any more; the server decides, not the page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as live
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sessions import session_lock
from audit.models import AuditEvent
from schoolsafety.settings import at_most
from tests.accounts.test_sessions import LOGIN, MINE, enter, is_out
from tests.conftest import World, join

STATE, HERE = "/sessies/stand/", "/sessies/hier/"
LIMITS = {
    "author": 30,
    "coordinator": 15,
    "principal": 15,
    "board_officer": 15,
    "privacy_officer": 15,
    "administrator": 15,
}
NOW = timezone.now().replace(microsecond=0)


def later(minutes: float = 0, seconds: float = 0) -> Any:
    return time_machine.travel(NOW + timedelta(minutes=minutes, seconds=seconds), tick=False)


def start(login: Any, user: User) -> Client:
    with later():
        client: Client = login(user)
    return client


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_pause_ends_the_session(world: World, login: Any, name: str, limit: int) -> None:
    client = start(login, world.people[name])
    with later(limit, -1):
        assert client.get("/logboek/").status_code == 200
    with later(2 * limit, -1):
        assert client.get(STATE).json() == {"left": 0}
        response = client.get("/logboek/")
        assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next=/logboek/")
    assert "_auth_user_id" not in client.session


def test_it_ends_on_the_second(world: World, login: Any) -> None:
    for offset, out in ((-1, False), (0, True)):
        client = start(login, world.author)
        with later(30, offset):
            assert is_out(client) is out


def test_a_role_that_is_given_meanwhile_counts_at_once(world: World, login: Any) -> None:
    client = start(login, world.author)
    with later(14):
        join(world.author, "coordinator", world.school)
    with later(16):
        assert is_out(client)


def test_no_page_shows_anything_afterwards(world: World, login: Any) -> None:
    """Also one that does not exist, and the public ones: nothing of who was here."""
    for path in ("/bestaat-niet/", "/inloggen/", "/livez", "/wachtwoord/vergeten/"):
        client = start(login, world.author)
        with later(31):
            page = client.get(path).content.decode()
        assert world.author.name not in page
        assert "menu-in" not in page


def test_one_event_is_left(world: World, login: Any) -> None:
    client = start(login, world.coordinator)
    with later(16):
        for _ in range(3):
            client.get(MINE)
    event = AuditEvent.objects.get(action="session.locked")
    assert (event.actor_ref, event.board_ref) == (world.coordinator.reference, world.board.reference)


def test_two_requests_at_the_same_moment_leave_one_event(world: World, login: Any, rf: Any) -> None:
    client = start(login, world.author)
    requests = [rf.get("/") for _ in range(2)]
    for request in requests:
        request.session, request.user = client.session, world.author
        assert request.session["seen"]
    for request in requests:
        session_lock(request)
    assert AuditEvent.objects.filter(action="session.locked").count() == 1


def test_the_session_is_gone_and_no_cookie_brings_it_back(world: World, settings: Any) -> None:
    with later():
        browser = enter(world.author)
        key = browser.client.session.session_key
    with later(31):
        assert is_out(browser.client)
        assert not UserSession.objects.filter(session_key=key).exists()
    with later(32):
        browser.client.cookies[live.SESSION_COOKIE_NAME] = key
        assert is_out(browser.client)


def test_doing_something_starts_the_pause_anew_and_a_page_that_asks_by_itself_does_not(
    world: World, login: Any
) -> None:
    client = start(login, world.coordinator)
    for minute in range(10, 60, 10):
        with later(minute):
            assert client.get("/werkplek/").status_code == 200
    for minute in range(51, 65, 2):
        with later(minute):
            assert client.get(STATE).json()["left"] == (65 - minute) * 60
    with later(65):
        assert is_out(client)


def test_saying_that_one_is_there_counts(world: World, login: Any) -> None:
    client = start(login, world.coordinator)
    with later(14):
        assert client.get(STATE).json()["left"] == 60
        assert client.post(HERE).json()["left"] == 15 * 60
        assert client.get(HERE).status_code == 405
    with later(28):
        assert not is_out(client)


def test_it_is_written_once_a_minute_at_most(world: World, login: Any) -> None:
    client = start(login, world.author)

    def writes(second: int) -> int:
        with later(0, second), CaptureQueriesContext(connection) as found:
            client.get(MINE)
        return sum('UPDATE "django_session"' in query["sql"] for query in found.captured_queries)

    assert [writes(second) for second in (10, 59, 61, 100, 120, 122)] == [0, 0, 1, 0, 0, 1]


def test_after_ten_hours_one_logs_in_again_whatever_one_did(world: World, login: Any) -> None:
    client = start(login, world.author)
    for minute in range(20, 10 * 60, 20):
        with later(minute):
            assert not is_out(client)
    with later(9 * 60 + 58):
        assert client.post(HERE).json() | {"token": "", "who": ""} == {
            "left": 120,
            "firm": True,
            "token": "",
            "who": "",
        }
    with later(10 * 60):
        assert is_out(client)


def test_a_session_without_a_clock_is_over(world: World, login: Any) -> None:
    client = login(world.author)
    session = client.session
    del session["seen"]
    session.save()
    assert is_out(client)


def test_a_part_of_a_page_is_no_place_to_log_in(world: World, login: Any) -> None:
    client = start(login, world.author)
    with later(31):
        response = client.post(reverse("signals:person-search"), {"person_query": "x"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (401, b"")


def test_two_people_differ_for_the_page_and_nobody_is_named(world: World, login: Any) -> None:
    one, two = (login(user).get(STATE).json() for user in (world.author, world.teacher))
    assert one["who"] != two["who"]
    assert world.author.reference not in str(one)
    assert login(world.author).get(STATE).json()["who"] == one["who"]
    assert Client().get(STATE).json() == {"left": 0}


@pytest.mark.parametrize(("value", "fine"), [("15", True), ("4", True), ("16", False), ("3", False), ("0", False)])
def test_a_school_may_choose_shorter_and_never_longer(monkeypatch: pytest.MonkeyPatch, value: str, fine: bool) -> None:
    monkeypatch.setenv("IDLE_MINUTES_CASES", value)
    if fine:
        assert at_most("IDLE_MINUTES_CASES", 15) == int(value)
    else:
        with pytest.raises(ImproperlyConfigured):
            at_most("IDLE_MINUTES_CASES", 15)
