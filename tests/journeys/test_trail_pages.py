"""The logbook: who sees which lines, narrowing it down, and pages of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import AuditEvent
from audit.record import record
from signals.models import Case, Signal
from signals.services.cases import case_join, case_take
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

TRAIL = reverse("signals:trail")


@pytest.fixture
def open_trail(login: Callable[[User], Client]) -> Callable[..., Page]:
    """Open the logbook of somebody, narrowed down."""

    def look(user: User, expect: int = 200, **filters: str) -> Page:
        return Browser(login(user)).get(f"{TRAIL}?{urlencode(filters)}", expect)

    return look


def who_and_what(page: Page) -> list[str]:
    """The lines without their times."""
    return [f"{line.who} {line.sentence}" for _day, lines in page.response.context["days"] for line in lines]


def events(world: World, count: int, user: User) -> None:
    for _number in range(count):
        record(Action.CASE_NOTED, actor=user.reference, school=world.school.reference, board=world.board.reference)


def test_the_principal_sees_the_school_and_nothing_walled(
    world: World, pupil_signal: Signal, walled_signal: Signal, open_trail: Any
) -> None:
    page = open_trail(world.principal)
    assert pupil_signal.case.reference in page.text
    assert walled_signal.case.reference not in page.text
    assert who_and_what(page)[-1].startswith("Author sent a concern; ")
    assert who_and_what(open_trail(world.principal, case=walled_signal.case.reference)) == []


def test_the_privacy_officer_sees_the_board_and_no_other(
    world: World, pupil_signal: Signal, walled_signal: Signal, open_trail: Any
) -> None:
    away = record(Action.CASE_READ, actor="x", board=world.other_school.board.reference, case="ANDERE-ZAAK")
    page = open_trail(world.privacy_officer)
    assert pupil_signal.case.reference in page.text
    assert walled_signal.case.reference in page.text
    assert away.case_ref not in page.text


def test_a_teacher_sees_only_what_they_did(world: World, taken_case: Case, open_trail: Any) -> None:
    assert who_and_what(open_trail(world.teacher)) == ["Teacher logged in"]
    page = open_trail(world.author)
    assert {line.split(" ")[0] for line in who_and_what(page)} == {"Author"}
    assert not page.form(id="trail-filter").names() & {"person"}
    assert who_and_what(open_trail(world.author, person=world.coordinator.reference)) == []


def test_whom_a_case_is_about_finds_nothing_of_it(world: World, walled_signal: Signal, open_trail: Any) -> None:
    reference = walled_signal.case.reference
    for filters in ({}, {"case": reference}, {"person": world.author.reference}):
        page = open_trail(world.subject, **filters)
        assert not [line for line in who_and_what(page) if not line.startswith("Subject ")]
        assert not page.hrefs(f"?case={reference}")


def test_a_principal_finds_nothing_of_a_case_about_themselves(
    world: World, principal_signal: Signal, open_trail: Any
) -> None:
    assert who_and_what(open_trail(world.principal, case=principal_signal.case.reference)) == []


def test_a_handler_sees_all_of_the_case_also_what_was_put_with_it(world: World, open_trail: Any) -> None:
    first = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    second = send(world.teacher, typed(world)).case
    case_join(by=world.coordinator, case=second, into=first)
    for reference in (first.reference, second.reference):
        found = who_and_what(open_trail(world.coordinator, case=reference))
        assert {line.split(" ")[0] for line in found} == {"Author", "Teacher", "Coordinator"}
        assert "Coordinator put another case with this one" in found
    page = open_trail(world.coordinator, case=first.reference)
    assert page.form(id="trail-filter").options("person") == [
        "",
        world.author.reference,
        world.coordinator.reference,
        world.teacher.reference,
    ]
    assert who_and_what(open_trail(world.sister_coordinator, case=first.reference)) == []


def test_the_board_officer_sees_all_of_a_walled_case(world: World, walled_signal: Signal, open_trail: Any) -> None:
    assert who_and_what(open_trail(world.board_officer, case=walled_signal.case.reference))
    assert who_and_what(open_trail(world.coordinator, case=walled_signal.case.reference)) == []


def test_the_case_page_leads_to_the_whole_logbook_of_the_case(
    world: World, taken_case: Case, login: Any, open_trail: Any
) -> None:
    browser = Browser(login(world.coordinator))
    path = reverse("signals:case", args=[taken_case.reference])
    assert not browser.get(path).hrefs("?case=")
    for _number in range(30):
        page = browser.get(path)
    [address] = page.hrefs("?case=")
    assert len(who_and_what(browser.get(address))) > 30


def test_by_person(world: World, taken_case: Case, open_trail: Any) -> None:
    page = open_trail(world.principal)
    choices = page.form(id="trail-filter").options("person")
    assert {world.author.reference, world.coordinator.reference, world.administrator.reference} <= set(choices)
    assert not {world.sister_coordinator.reference, world.other_coordinator.reference} & set(choices)
    page = open_trail(world.principal, person=world.coordinator.reference)
    assert {line.split(" ")[0] for line in who_and_what(page)} == {"Coordinator"}
    assert "You see: Coordinator." in page.text


def test_somebody_of_another_school_is_not_named(world: World, open_trail: Any) -> None:
    page = open_trail(world.principal, person=world.other_coordinator.reference)
    assert who_and_what(page) == []
    assert world.other_coordinator.name not in page.text


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("reading", ["Coordinator read the story"]),
        ("refusals", []),
        ("settings", []),
        ("changes", ["Coordinator recorded a step as done: care coordinator", "Coordinator took the case"]),
    ],
)
def test_by_kind(world: World, taken_case: Case, login: Any, open_trail: Any, kind: str, found: list[str]) -> None:
    Browser(login(world.coordinator)).get(reverse("signals:case", args=[taken_case.reference]))
    page = open_trail(world.principal, kind=kind, person=world.coordinator.reference)
    assert sorted(line.lower() for line in who_and_what(page)) == sorted(line.lower() for line in found)


def test_only_what_was_refused(world: World, pupil_signal: Signal, login: Any, open_trail: Any) -> None:
    Browser(login(world.sister_coordinator)).get(f"/casus/{pupil_signal.case.reference}/", 404)
    page = open_trail(world.privacy_officer, refused="1")
    assert who_and_what(page) == [
        "Sister Coordinator wanted to open a case that does not exist or is not theirs to see"
    ]
    assert "only what was refused" in page.text
    assert len(who_and_what(open_trail(world.privacy_officer, refused="0"))) > 1


def test_by_period(world: World, open_trail: Any) -> None:
    now = timezone.localtime().replace(hour=23, minute=59)
    for days in (0, 1, 2):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            events(world, 1, world.author)
    days = [(now - timedelta(days=number)).date().isoformat() for number in (0, 1, 2)]
    noted = "Author wrote a note"

    def count(**filters: str) -> int:
        return who_and_what(open_trail(world.principal, **filters)).count(noted)

    assert count() == 3
    assert count(since=days[1]) == 2
    assert count(until=days[1]) == 2
    assert count(since=days[1], until=days[1]) == 1
    assert count(since="1990-01-01", until="1990-01-02") == 0


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"since": "31-31-2026"}, "Fill in a day, such as 31-12-2026."),
        ({"until": "morgen"}, "Fill in a day, such as 31-12-2026."),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "This day lies before the first day."),
        ({"until": "9999-12-31"}, "This day is too far away."),
    ],
)
def test_a_day_that_is_no_day_is_said_and_nothing_is_lost(
    world: World, open_trail: Any, filters: dict[str, str], words: str
) -> None:
    page = open_trail(world.principal, 422, kind="reading", person=world.author.reference, **filters)
    assert words in page.text
    data = page.form(id="trail-filter").data()
    assert data["kind"] == "reading"
    assert data["person"] == world.author.reference
    assert {name: data[name] for name in filters} == filters


@pytest.mark.parametrize("value", ["ZZZZ-ZZZZ-ZZ", "2222-2222-22", "\x00", "Noor Zandstra", "%", "x" * 3000])
@pytest.mark.parametrize("name", ["person", "case", "kind"])
def test_what_is_unknown_finds_nothing(world: World, taken_case: Case, open_trail: Any, name: str, value: str) -> None:
    page = open_trail(world.principal, **{name: value})
    assert who_and_what(page) == []
    assert page.hrefs(TRAIL)


def test_pages_keep_the_filter(world: World, open_trail: Any, login: Any) -> None:
    events(world, 120, world.author)
    events(world, 1, world.coordinator)
    browser, seen = Browser(login(world.principal)), []
    address = f"{TRAIL}?person={world.author.reference}&kind=changes"
    for expected in (50, 50, 20):
        page = browser.get(address)
        found = [line for _day, lines in page.response.context["days"] for line in lines]
        assert len(found) == expected
        seen += found
        events(world, 3, world.author)  # what comes in meanwhile does not move a page
        address = TRAIL + page.response.context["page_next"]
        assert ("kind=changes" in address) == (expected == 50)
    assert len(seen) == 120
    assert {line.who for line in seen} == {"Author"}


def test_looking_is_recorded_with_codes_only(world: World, open_trail: Any) -> None:
    open_trail(world.principal, person=world.author.reference, kind="reading", case="Noor", refused="1")
    event = AuditEvent.objects.filter(action=Action.TRAIL_READ).latest("id")
    assert event.details == {"events": 0, "person": world.author.reference, "kind": "reading", "refused": "1"}


def test_it_costs_the_same_with_few_and_with_many(world: World, login: Any) -> None:
    client, costs = login(world.principal), []
    for count in (3, 60):
        events(world, count, world.author)
        for user in list(world.people.values())[: count // 6]:
            events(world, 1, user)
        with CaptureQueriesContext(connection) as found:
            client.get(TRAIL)
        costs.append(len(found))
    assert costs[0] == costs[1]


def test_dutch(world: World, pupil_signal: Signal, login: Any) -> None:
    page = Browser(login(world.principal), language="nl").get(TRAIL)
    assert "Author meldde een zorg" in page.text


def test_reading_again_and_again_is_one_line_with_a_number(
    world: World, login: Callable[[User], Client], pupil_signal: Signal
) -> None:
    """On the page of the case; the logbook itself keeps every line."""
    browser = Browser(login(world.coordinator))
    address = reverse("signals:case", args=[pupil_signal.case.reference])
    for _time in range(3):
        page = browser.get(address)
    found = [(line.who, line.times) for line in page.response.context["trail"]]
    assert found == [(world.coordinator.name, 3), (world.author.name, 1)]
    assert AuditEvent.objects.filter(action=Action.CASE_READ).count() == 3
