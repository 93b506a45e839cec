"""A row of the desk says what is due first: a step, or a task."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from signals.models import Case, Step
from signals.services.cases import case_take
from signals.services.tasks import task_end
from tests.conftest import World, send, typed
from tests.handing import make_task
from tests.journeys.page import Browser

MONDAY = datetime(2026, 11, 16, 9, tzinfo=timezone.get_default_timezone())  # an ordinary week
DAY = MONDAY.date()


@pytest.fixture
def case(world: World) -> Case:
    with time_machine.travel(MONDAY, tick=False):
        found = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    Step.objects.filter(case=found).update(state="done")
    Case.objects.filter(pk=found.pk).update(next_due_at=None)
    return found


def row(login: Any, world: World, tab: str, days: int = 0) -> str:
    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        page = Browser(login(User.objects.get(pk=world.coordinator.pk))).get(f"/werkplek/?tab={tab}")
    _before, found, rest = page.html.partition('<p class="case-next">')
    assert found
    return " ".join(rest.partition("</p>")[0].split())


@pytest.mark.parametrize("tab", ["mine", "week", "waiting", "open"])
def test_a_task_that_is_due_first_stands_in_the_row(
    world: World, login: Any, case: Case, second: User, tab: str
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        make_task(case, world.coordinator, second, due_on=DAY + timedelta(days=5))
        make_task(case, world.coordinator, second, due_on=DAY + timedelta(days=3))
    assert "<span>Task</span>" in row(login, world, tab)
    assert "Thursday 19 November" in row(login, world, tab)
    assert "soon" not in row(login, world, tab, days=1)
    assert "soon" in row(login, world, tab, days=2), "as above the list, under “My tasks”"
    assert "too late" in row(login, world, tab, days=4)


def test_the_step_stands_there_when_it_is_due_before(world: World, login: Any, case: Case, second: User) -> None:
    step = case.steps.earliest("pk")
    at = MONDAY + timedelta(days=1, hours=8)
    Step.objects.filter(pk=step.pk).update(
        state="open", obligation="must", due_at=at, lapsed_by=None, urgency="planned"
    )
    Case.objects.filter(pk=case.pk).update(next_due_at=at)
    with time_machine.travel(MONDAY, tick=False):
        task = make_task(case, world.coordinator, second, due_on=DAY + timedelta(days=1))
    assert "<span>Task</span>" not in row(login, world, "mine"), "the day of a task ends later"
    Step.objects.filter(pk=step.pk).update(due_at=at + timedelta(days=2))
    Case.objects.filter(pk=case.pk).update(next_due_at=at + timedelta(days=2))
    assert "<span>Task</span>" in row(login, world, "mine")
    with time_machine.travel(MONDAY, tick=False):
        task_end(by=second, task=task, done=True, text="", version=1)
    assert "<span>Task</span>" not in row(login, world, "mine")


def test_the_desk_says_that_it_goes_by_steps_where_rows_tell_of_tasks(
    world: World, login: Any, case: Case, second: User
) -> None:
    """The order goes by the step: a row with an earlier task may stand lower than its day says."""
    browser = Browser(login(world.coordinator))
    assert "What must be done first stands on top." in browser.get("/werkplek/?tab=open").text
    make_task(case, world.coordinator, second)
    assert "Is a task earlier? Then its row says so." in browser.get("/werkplek/?tab=open").text
    assert "Is a task earlier?" not in browser.get("/werkplek/?tab=open&order=new").text
    assert "Is a task earlier?" not in browser.get("/werkplek/?tab=new").text
