"""The principal's filters: a school, and only what was not done. Codes in the address, and counts that are right."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from signals.models import Case
from signals.services.cases import case_close, case_take
from signals.services.steps import step_decline
from tests.conftest import World, join, send, typed
from tests.journeys.page import Browser, Page

WHY = "De gemeente regelt dit zelf al."


@pytest.fixture
def both(world: World) -> None:
    """The principal follows two schools."""
    join(world.principal, "principal", world.sister_school)


def case_at(world: World, *, sister: bool = False, **more: Any) -> Case:
    who = f"pupil:{world.sister_pupil.reference}" if sister else f"pupil:{world.pupil.reference}"
    writer = world.sister_coordinator if sister else world.author
    return send(writer, typed(world, person=who, **more)).case


def tabs(page: Page) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r"(Open|Not reviewed yet|Too late|Closed) (\d+)", page.text)}


def test_a_school_narrows_rows_and_counts(world: World, login: Any, both: None) -> None:
    here, there = case_at(world), case_at(world, sister=True)
    browser = Browser(login(world.principal))
    page = browser.get("/opvolging/")
    assert here.reference in page.text
    assert there.reference in page.text
    schools = {world.school.reference, world.sister_school.reference}
    assert set(page.form(has="undone").options("school")) == {"", *schools}
    page = browser.get(f"/opvolging/?tab=open&undone=&school={world.sister_school.reference}")
    assert here.reference not in page.text
    assert there.reference in page.text
    assert tabs(page)["Open"] == 1
    other = next(url for url in page.hrefs("tab=unreviewed"))
    assert f"school={world.sister_school.reference}" in other
    assert tabs(browser.get("/opvolging/" + other))["Not reviewed yet"] == 1


def test_only_where_something_was_not_done(world: World, login: Any) -> None:
    fine, declined = case_at(world), case_at(world, concern="departure")
    declined = case_take(by=world.coordinator, case=declined)
    step = declined.steps.get(recipient="ess")
    step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    browser = Browser(login(world.principal))
    page = browser.get("/opvolging/?undone=yes")
    assert declined.reference in page.text
    assert fine.reference not in page.text
    assert tabs(page)["Open"] == 1
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        page = Browser(login(world.principal)).get("/opvolging/?undone=yes")
        late = {case.reference for case in (fine, declined) if case.steps.filter(obligation="must", state="open")}
        assert {case.reference for case in (fine, declined) if case.reference in page.text} == late | {
            declined.reference
        }


def test_what_is_closed_can_be_asked_too(world: World, login: Any) -> None:
    case = case_take(by=world.coordinator, case=case_at(world, concern="departure"))
    for step in case.steps.filter(state="open"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=case, outcome="resolved", reason=WHY, version=Case.objects.get().version)
    browser = Browser(login(world.principal))
    page = browser.get("/opvolging/?tab=closed&undone=yes")
    assert case.reference in page.text
    assert tabs(page)["Closed"] == 1
    assert tabs(page)["Open"] == 0
    assert "Noor" not in page.text
    assert WHY not in page.text


@pytest.mark.parametrize("query", ["school={other}", "school=onzin", "undone=misschien"])
def test_a_code_that_says_nothing_does_not_count_and_is_said(world: World, login: Any, query: str) -> None:
    """A school that one does not follow is no different from one that is not there."""
    case = case_at(world)
    away = case_at(world, sister=True)
    page = Browser(login(world.principal)).get("/opvolging/?" + query.format(other=world.sister_school.reference))
    assert "does not count" in page.text
    assert case.reference in page.text
    assert away.reference not in page.text
    assert "De Zusterschool" not in page.text
