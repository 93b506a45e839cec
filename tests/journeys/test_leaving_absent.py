"""Who stops stands in for nobody any more: their absences end, and the other hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import reach
from accounts.models import Membership, OutgoingMail, User
from accounts.outbox import KINDS
from audit.models import AuditEvent
from signals.models import Absence, Case
from signals.services.cases import case_take
from signals.services.leaving import person_leave, role_leave
from tests.conftest import World, join, send, typed
from tests.handing import away
from tests.journeys.page import Browser


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)  # without remembered grants


def leaves(world: World, user: User) -> None:
    person_leave(by=world.administrator, person=again(user), within=reach(world.administrator), takers={})


def ends(world: World, user: User) -> None:
    role = Membership.objects.select_related("user", "board", "school__board").get(user=user, school=world.school)
    role_leave(by=world.administrator, role=role, within=reach(world.administrator), last_day=None, takers={})


def told() -> list[User]:
    return [row.to for row in OutgoingMail.objects.filter(kind="absence.stopped")]


@pytest.mark.parametrize("way", [leaves, ends])
def test_a_deputy_who_stops_stands_in_no_more(
    world: World, login: Any, taken_case: Case, second: User, way: Any
) -> None:
    row = away(world.coordinator, second, world.school)
    browser, path = Browser(login(world.coordinator)), f"/casus/{taken_case.reference}/"
    assert "Tweede stands in" in browser.get(path).text
    way(world, second)
    row.refresh_from_db()
    assert (row.ended_at is not None, row.ended_by) == (True, world.administrator)
    assert "stands in" not in browser.get(path).text
    assert told() == [world.coordinator]
    assert KINDS["absence.stopped"].wanted(world.coordinator, "")
    event = AuditEvent.objects.get(action="absence.ended")
    assert (event.actor_role, event.rule) == ("administrator", "people_edit")


def test_who_is_away_and_stops_frees_the_deputy(world: World, login: Any, second: User) -> None:
    away(second, world.coordinator, world.school)
    leaves(world, second)
    assert told() == [world.coordinator]
    assert "You stand in for" not in Browser(login(world.coordinator)).get("/werkplek/").text


def test_at_another_school_it_goes_on(world: World, second: User) -> None:
    join(second, "coordinator", world.sister_school)
    row = away(world.sister_coordinator, again(second), world.sister_school)
    ends(world, second)
    assert Absence.objects.get(pk=row.pk).ended_at is None


def test_a_role_that_ended_by_its_date_shows_no_deputy(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    away(world.coordinator, second, world.school)
    Membership.objects.filter(user=second).update(ends_on=timezone.localdate() - timedelta(days=1))
    page = Browser(login(world.coordinator)).get(f"/casus/{taken_case.reference}/")
    assert "stands in" not in page.text


def test_a_deputy_at_one_school_has_not_the_cases_of_another(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    """Where both handle cases: among one's own stand those of the school for which one stands in."""
    for user in (world.coordinator, second):
        join(user, "coordinator", world.sister_school)
    sister = typed(world, person=f"pupil:{world.sister_pupil.reference}")
    there = case_take(by=again(world.coordinator), case=send(world.sister_coordinator, sister).case)
    away(again(world.coordinator), again(second), world.school)
    page = Browser(login(second)).get("/werkplek/?tab=mine")
    assert taken_case.reference in page.html
    assert there.reference not in page.html
