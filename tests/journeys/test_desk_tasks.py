"""A row of the desk says what is due first: a step, or a task."""

import uuid
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import User
from signals import rules
from signals.ages import day_end
from signals.models import Case, Step
from signals.paging import DUE, ordered
from signals.services.cases import case_take
from signals.services.due import refresh_due
from signals.services.tasks import Wanted, task_change, task_end, task_reopen
from signals.services.transfers import case_merge, transfer_undo
from tests.conftest import World, send, typed
from tests.handing import WHY, make_task
from tests.journeys.page import Browser

MONDAY = datetime(2026, 11, 16, 9, tzinfo=timezone.get_default_timezone())  # an ordinary week
DAY = MONDAY.date()


@pytest.fixture
def case(world: World) -> Case:
    with time_machine.travel(MONDAY, tick=False):
        found = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    Step.objects.filter(case=found).update(state="done")
    Case.objects.filter(pk=found.pk).update(next_due_at=None, first_at=None)
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


def test_a_case_with_an_earlier_task_stands_above_one_with_a_later_step(world: World, login: Any, second: User) -> None:
    with time_machine.travel(MONDAY, tick=False):
        step, task, none = (case_take(by=world.coordinator, case=send(world.author, typed(world)).case) for _ in "123")
        Step.objects.update(state="done")
        must = {"state": "open", "obligation": "must", "due_at": MONDAY + timedelta(days=2)}
        Step.objects.filter(pk=step.steps.earliest("pk").pk).update(**must)
        for case in (step, task, none):
            refresh_due(Case.objects.get(pk=case.pk))
        browser = Browser(login(world.coordinator))

        def order() -> list[str]:
            page = browser.get("/werkplek/?tab=open")
            assert "What must be done first stands on top." in page.text
            assert "Is a task earlier?" not in page.text
            return [href for href in dict.fromkeys(page.hrefs("/casus/")) if href.endswith("/")]

        at_step, at_task, at_none = in_turn = [f"/casus/{row.reference}/" for row in (step, task, none)]
        assert order() == in_turn
        made = make_task(task, world.coordinator, due_on=DAY + timedelta(days=1))
        assert order() == [at_task, at_step, at_none]
        later = Wanted(made.text, made.assignee, DAY + timedelta(days=3))
        made = task_change(by=world.coordinator, task=made, wanted=later, version=1)
        assert order() == in_turn
        soon = make_task(none, world.coordinator, due_on=DAY)
        assert order() == [at_none, at_step, at_task]
        ended = task_end(by=world.coordinator, task=soon, done=True, text="", version=1)
        assert order() == in_turn
        task_reopen(by=world.coordinator, task=ended)
        assert order() == [at_none, at_step, at_task]


def test_what_is_put_together_takes_its_tasks_along(world: World, case: Case) -> None:
    """And back again."""
    with time_machine.travel(MONDAY, tick=False):
        other = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
        make_task(other, world.coordinator, due_on=DAY)
        row = case_merge(by=world.coordinator, case=other, into=case, reason=WHY, key=uuid.uuid4())
        assert [found.task_on for found in (again(case), again(other))] == [DAY, None]
        transfer_undo(by=world.coordinator, transfer=row)
        assert [found.task_on for found in (again(case), again(other))] == [None, DAY]
        assert again(other).first_at == min(day_end(DAY), again(other).next_due_at or day_end(DAY))


def test_a_case_of_an_older_version_knows_what_comes_first(world: World, case: Case, second: User) -> None:
    due = MONDAY + timedelta(days=1)
    with time_machine.travel(MONDAY, tick=False):
        make_task(case, second, due_on=DAY)
        make_task(case, second, due_on=DAY + timedelta(days=9))
        other, idle = (case_take(by=world.coordinator, case=send(world.author, typed(world)).case) for _ in "12")
        make_task(other, second, due_on=DAY + timedelta(days=5))
    Case.objects.filter(pk=other.pk).update(next_due_at=due)
    Case.objects.filter(pk=idle.pk).update(next_due_at=due + timedelta(days=1))
    Case.objects.update(task_on=None, first_at=None)
    import_module("signals.migrations.0024_first_at").fill(apps, None)
    found = [(row.task_on, row.first_at) for row in map(again, (case, other, idle))]
    assert found == [
        (DAY, day_end(DAY)),
        (DAY + timedelta(days=5), due),
        (None, due + timedelta(days=1)),
    ]


def again(case: Case) -> Case:
    return Case.objects.select_related("school", "board", "owner").get(pk=case.pk)


@pytest.mark.parametrize("walled", [False, True])
def test_the_desk_is_sorted_from_an_index_alone(db: None, walled: bool) -> None:
    place = {"board_id": 1} if walled else {"school_id": 1}
    rows = Case.objects.filter(status__in=sorted(rules.ACTIVE), walled=walled, **place)
    sql, given = ordered(rows, DUE, None).values("pk")[:26].query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "indexscan"):  # that leaves an index without the rows
                cursor.execute(f"SET LOCAL enable_{way} = off")
        explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        cursor.execute(explain + sql, given)
        plan = str(cursor.fetchall())
    name = "case_board_due" if walled else "case_school_due"
    assert name in plan
    assert "Index Only Scan" in plan or "COVERING INDEX" in plan, plan
