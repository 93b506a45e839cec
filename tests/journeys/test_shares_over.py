"""A share that is over: who reads the line of time sees it, and who follows an old link finds where it says so."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from signals.models import Case
from tests.conftest import World, join, person
from tests.joining import two_cases
from tests.journeys.page import Browser
from tests.sharing import share

WHY = "Het gaat bij nader inzien over iets anders."


@pytest.fixture
def sharee(world: World) -> User:
    """A teacher at the sister school: only a share can open a case of `school` to them."""
    user = world.people["sharee"] = person("sharee")
    join(user, "teacher", world.sister_school)
    return user


def later(days: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days))


def test_a_share_that_ran_out_stands_in_the_line_of_time(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    given, path = share(taken_case, world.coordinator, sharee, days=3), f"/casus/{taken_case.reference}/?kind=shares"
    day = f"{given.ends_on.day} {given.ends_on:%B %Y}"
    assert "ran out" not in Browser(login(world.coordinator)).get(path).text
    with later(3):
        assert "ran out" not in Browser(login(world.coordinator)).get(path).text
    with later(4):
        page = Browser(login(world.coordinator)).get(path)
        assert f"The share with Sharee ran out: {day} was its last day" in page.text
        assert f"expired {day}" in page.text
        share(taken_case, world.coordinator, sharee, days=3)  # takes the old one back first
        page = Browser(login(world.coordinator)).get(path)
        assert page.text.count("ran out") == 1
        assert "Stopped sharing" not in page.text
        assert "ran out" not in Browser(login(sharee)).get(f"/casus/{taken_case.reference}/").text


def test_shares_of_before_a_case_was_put_with_another_stay_in_its_line(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    cases = two_cases(world, taken_case)
    share(cases.old, world.coordinator, sharee, reason=WHY)
    cases.merge()
    page = Browser(login(world.coordinator)).get(f"/casus/{cases.new.reference}/?kind=shares")
    assert "Shared the case with Sharee, to read" in page.text
    assert WHY in page.text
    assert f"Case {cases.old.reference}" in page.text, "they never read the rest of this one"
    assert "Stopped sharing the case with Sharee" in page.text
    assert "This case is not shared with anybody." in page.text
    assert WHY not in Browser(login(world.principal)).get(f"/opvolging/{cases.new.reference}/").text


def test_who_follows_an_old_link_learns_where_it_stands_until_when_they_could(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    given, path = share(taken_case, world.coordinator, sharee, days=3), f"/casus/{taken_case.reference}/"
    with later(4):
        browser = Browser(login(sharee))
        page = browser.get(path, 404)
        assert page.text == browser.get("/casus/7K3M-9QXD-T4/", 404).text, "as of a case that never was"
        assert "Did a colleague share a case with you?" in page.text
        shared = browser.get(page.hrefs("/gedeeld/")[-1])
        assert f"{taken_case.reference} expired" in shared.text
        assert f"until {given.ends_on.day} {given.ends_on:%B %Y}" in shared.text
    assert "Did a colleague" not in Browser(login(None)).get(path + "x", 404).text
