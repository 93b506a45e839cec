"""A share that is over: who reads the line of time sees it, and who follows an old link is told so."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Barred, Case
from signals.services.shares import share_end
from signals.services.walls import case_wall
from tests.conftest import World, join, person
from tests.joining import two_cases
from tests.journeys.page import Browser
from tests.sharing import share

OVER = "is not shared with you any more"
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


def test_who_follows_an_old_link_is_told_that_the_share_is_over(
    world: World, login: Any, taken_case: Case, sharee: User
) -> None:
    given, path = share(taken_case, world.coordinator, sharee, days=3), f"/casus/{taken_case.reference}/"
    day = f"{given.ends_on.day} {given.ends_on:%B %Y}"
    with later(4):
        page = Browser(login(sharee)).get(path, 404)
        assert f"Case {taken_case.reference} {OVER}" in page.text
        assert f"It was until {day}." in page.text
        assert page.hrefs("/gedeeld/")
        for secret in (world.pupil.name, world.coordinator.name, "Bullying", "bullying"):
            assert secret not in page.text
        assert AuditEvent.objects.filter(action="access.refused", actor_ref=sharee.reference).exists()
    share_end(by=world.coordinator, share=given)
    assert OVER in Browser(login(sharee)).get(path, 404).text


@pytest.mark.parametrize("why", ["never", "walled", "barred", "left"])
def test_others_and_who_is_kept_out_find_nothing(
    world: World, login: Any, taken_case: Case, sharee: User, why: str
) -> None:
    if why != "never":
        share(taken_case, world.coordinator, sharee, days=-1)
    if why == "walled":
        case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=None)
    if why == "barred":
        Barred.objects.create(case=taken_case, user=sharee, by=world.coordinator, at=timezone.now())
    if why == "left":
        sharee.memberships.all().delete()
        join(sharee, "teacher", world.other_school)
    browser = Browser(login(User.objects.get(pk=sharee.pk)))
    page = browser.get(f"/casus/{taken_case.reference}/", 404)
    assert OVER not in page.text
    assert page.text == browser.get("/casus/7K3M-9QXD-T4/", 404).text
