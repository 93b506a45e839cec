"""A year that was typed wrong: what would come back in two hundred years comes back with a question at once."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from signals.models import Absence, Case, Meeting, Task
from tests.conftest import World
from tests.journeys.page import Browser

DAYS = [("9999-12-31", "more than two years away"), ("0001-01-01", "too long ago")]
AWAY = DAYS[0][1]


@pytest.fixture
def browser(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.mark.parametrize(("day", "words"), DAYS)
def test_a_meeting(browser: Browser, taken_case: Case, day: str, words: str) -> None:
    form = browser.get(f"/casus/{taken_case.reference}/overleg/").form(has="held_on")
    page = browser.send(form, expect=422, held_on=day, held_at="00:00", text="Wij spraken erover.")
    assert words in page.text
    assert "Wij spraken erover." in page.html
    assert not Meeting.objects.exists()


def test_a_task_of_a_decision(browser: Browser, taken_case: Case) -> None:
    form = browser.get(f"/casus/{taken_case.reference}/overleg/").form(has="held_on")
    decided = {"decision_1": "De mentor belt.", "assignee_1": form.options("assignee_1")[1], "due_on_1": "9999-12-31"}
    page = browser.send(form, expect=422, **decided)
    assert "Choose today or a day that has yet to come." in page.text
    assert not Task.objects.exists()


def test_a_step_that_is_looked_at_again(browser: Browser, taken_case: Case) -> None:
    step = taken_case.steps.filter(state="open")[0]
    form = browser.get(reverse("signals:step-decline", args=[step.reference])).form(has="applies")
    page = browser.send(form, expect=422, reason="Dat doen wij later nog.", look_again_on="2206-03-01")
    assert AWAY in page.text


@pytest.mark.parametrize("name", ["starts_on", "ends_on"])
def test_an_absence(world: World, browser: Browser, second: User, name: str) -> None:
    form = browser.get(reverse("signals:absences")).form(has="deputy")
    days = {"starts_on": timezone.localdate().isoformat(), "ends_on": "2206-03-01", name: "2206-03-01"}
    page = browser.send(form, expect=422, deputy=second.reference, **days)
    assert AWAY in page.text
    assert not Absence.objects.exists()
