"""A case shows this and the last school year; what is older comes at a click, which is recorded."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.actions import Action
from audit.models import AuditEvent
from signals.models import Case
from signals.services.cases import case_close, case_note, case_take, story_open
from signals.services.shares import case_share
from signals.years import last_year_start, year_start
from tests.conftest import World, send
from tests.handing import key, make_task
from tests.journeys.page import Browser, Page
from tests.living import of_case, of_report, words

OLD, WHY = "Zilverreiger", "Omdat dit moet worden nagekeken."


@pytest.fixture
def old_case(world: World) -> Case:
    """Everything in it has the mark of long ago, and is over."""
    signal = send(world.author, words(world, OLD))
    case = case_take(by=world.coordinator, case=signal.case)
    of_report(world, signal, OLD)
    of_case(world, case, OLD)
    return Case.objects.get(pk=case.pk)


def first_of_september(years: int) -> datetime:
    """In the school year that begins so many years after that of today."""
    day = year_start(timezone.localdate())
    return timezone.make_aware(datetime(day.year + years, 9, 1, 10, 0))


@pytest.fixture
def now(old_case: Case) -> Iterator[datetime]:
    """Two school years later."""
    with time_machine.travel(first_of_september(2)):
        yield timezone.now()


def read(login: Any, user: Any, case: Case, asked: str = "") -> Page:
    return Browser(login(user)).get(reverse("signals:case", args=[case.reference]) + asked)


def click(login: Any, user: Any, page: Page, link: str) -> Page:
    """The page behind a link of a page, without the place on it."""
    href = next(href for href, text in page.links if link in text)
    return Browser(login(user)).get(urljoin(page.path, href.partition("#")[0]))


def counts(page: Page) -> dict[str, int]:
    return {link["label"]: link["count"] for link in page.response.context["kinds"]}


def opened() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=Action.CASE_OLDER_READ).order_by("id"))


def test_nothing_that_is_older_is_sent_before_the_click(
    world: World, login: Any, old_case: Case, now: datetime
) -> None:
    page = read(login, world.coordinator, old_case)
    assert OLD not in page.html
    assert "lines from before 1 August" in page.text
    assert "Nothing in this and the last school year." in page.text
    assert "Older files stand with what is older." in page.text
    assert not opened()
    page = click(login, world.coordinator, page, "Show what is older")
    for part in ("observed", "aanvulling", "antwoorden", "gedeeld", "notitie", "taak", "overleg", "bestand", "waarom"):
        assert f"{OLD} {part}" in page.text, part
    assert [(event.actor_ref, event.case_ref) for event in opened()] == [
        (world.coordinator.reference, old_case.reference)
    ]
    assert "lines that are older than the last school year" in read(login, world.coordinator, old_case).text
    page = click(login, world.coordinator, page, "Only this and the last school year")
    assert OLD not in page.html
    assert len(opened()) == 1


def test_the_last_school_year_is_shown_and_nothing_is_asked(world: World, login: Any, old_case: Case) -> None:
    with time_machine.travel(first_of_september(1)):
        page = read(login, world.coordinator, old_case, "?older=yes")
    assert f"{OLD} notitie" in page.text
    assert "older" not in page.text
    assert not opened(), "there is nothing older, whatever the address says"


def test_the_counts_are_of_what_is_shown_and_of_what_is_not(
    world: World, login: Any, old_case: Case, now: datetime
) -> None:
    for number in range(3):
        case_note(by=world.coordinator, case=old_case, text=f"Nieuw {number}", key=key())
    make_task(old_case, world.coordinator, text="Een taak")
    page = read(login, world.coordinator, old_case, "?kind=notes&order=old")
    assert [entry.text for entry in page.response.context["entries"]] == ["Nieuw 0", "Nieuw 1", "Nieuw 2"]
    assert counts(page) == {"Everything": 4, "Notes": 3, "Tasks and meetings": 1}
    assert "1 line from before 1 August" in page.text, "of this kind"
    whole = click(login, world.coordinator, page, "Show what is older")
    assert [entry.text for entry in whole.response.context["entries"]][:2] == [f"{OLD} notitie", "Nieuw 0"]
    assert (counts(whole)["Notes"], counts(whole)["Files"]) == (4, 4)
    assert "?order=old&older=yes#chronology" in [href for href, _text in whole.links], "the choice stays"


def test_what_others_added_counts_what_is_older_too(world: World, login: Any, old_case: Case) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        read(login, world.coordinator, old_case)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        case_note(by=world.board_officer, case=old_case, text="Van een ander", key=key())
    with time_machine.travel(first_of_september(2)):
        case_note(by=world.board_officer, case=old_case, text="Later", key=key())
        page = read(login, world.coordinator, old_case)
    assert "Others added 2 lines since." in page.text
    assert "1 of them is new to you." in page.text


def test_what_is_still_open_stays_whatever_its_age(world: World, login: Any) -> None:
    case = case_take(by=world.coordinator, case=send(world.author, words(world, OLD)).case)
    make_task(case, world.coordinator, text="Moeder bellen over maandag.")
    with time_machine.travel(first_of_september(2)):
        page = read(login, world.coordinator, case)
    assert "Moeder bellen over maandag." in page.text
    assert [card.state for card in page.response.context["cards"]].count("open") > 1
    assert OLD not in page.html


def test_why_it_was_closed_long_ago_is_older_too(world: World, login: Any, old_case: Case) -> None:
    for step in old_case.steps.filter(state="open"):
        old_case.steps.filter(pk=step.pk).update(state="declined")
    case_close(by=world.coordinator, case=old_case, outcome="resolved", reason=f"{OLD} gesloten")
    with time_machine.travel(first_of_september(2)):
        assert OLD not in read(login, world.coordinator, old_case).html
        assert f"{OLD} gesloten" in read(login, world.coordinator, old_case, "?older=yes").text


def test_a_colleague_and_the_principal_see_no_more_by_default(
    world: World, login: Any, old_case: Case, now: datetime
) -> None:
    case_share(
        by=world.coordinator,
        case=old_case,
        colleague=world.teacher,
        level="read",
        reason=WHY,
        ends_on=timezone.localdate() + timedelta(days=7),
        key=key(),
    )
    story_open(by=world.principal, case=old_case, reason=WHY)
    story = reverse("signals:story", args=[old_case.reference])
    assert OLD not in read(login, world.teacher, old_case).html
    page = Browser(login(world.principal)).get(story)
    assert OLD not in page.html
    assert not opened()
    assert f"{OLD} notitie" in read(login, world.teacher, old_case, "?older=yes").text
    assert f"{OLD} notitie" in click(login, world.principal, page, "Show what is older").text
    assert [(event.actor_ref, event.rule) for event in opened()] == [
        (world.teacher.reference, "shared_read"),
        (world.principal.reference, "case_follow"),
    ]
    Browser(login(world.author)).get(reverse("signals:case", args=[old_case.reference]) + "?older=yes", 404)
    assert len(opened()) == 2


def test_a_school_year_begins_in_august() -> None:
    assert year_start(date(2026, 7, 31)) == date(2025, 8, 1)
    assert year_start(date(2026, 8, 1)) == date(2026, 8, 1)
    assert last_year_start(date(2027, 1, 9)) == date(2025, 8, 1)
