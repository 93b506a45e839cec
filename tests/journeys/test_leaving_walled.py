"""The last who handles a walled case can't leave it with nobody: nobody would see it, nor hear of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.access import reach
from accounts.models import Membership, User
from signals.errors import RuleError
from signals.models import Case, Signal
from signals.services.leaving import left_behind, person_leave, role_leave
from signals.services.moving import look_at_due
from signals.services.walls import case_wall
from signals.told import handlers_of
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser

WHY = "Dit moet achter een muur blijven."


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)  # without remembered grants


def leaves(world: World, user: User) -> None:
    person_leave(by=world.administrator, person=again(user), within=reach(world.administrator), takers={})


def ends(world: World, user: User, **more: Any) -> None:
    role = Membership.objects.select_related("user", "board", "school__board").get(user=user)
    within = reach(world.administrator)
    role_leave(by=world.administrator, role=role, within=within, last_day=more.get("last_day"), takers={})


@pytest.mark.parametrize("way", [leaves, ends])
def test_the_only_officer_does_not_leave_a_new_report(world: World, walled_signal: Signal, way: Any) -> None:
    officer = world.board_officer
    assert left_behind(again(officer), reach(world.administrator)).stuck
    with pytest.raises(RuleError):
        way(world, officer)
    assert handlers_of(walled_signal.case) == [officer]
    join(person("tweede_bestuurder"), "board_officer", world.board)
    assert not left_behind(again(officer), reach(world.administrator)).walled
    way(world, officer)
    assert [user.name for user in handlers_of(walled_signal.case)] == ["Tweede Bestuurder"]


def test_a_colleague_whom_it_is_about_is_not_somebody(world: World) -> None:
    other = person("tweede_bestuurder")
    join(other, "board_officer", world.board)
    about = f"staff:{other.reference}"
    send(world.author, typed(world, subject_role="staff", person=about, concern="radicalisation"))
    with pytest.raises(RuleError):
        leaves(world, world.board_officer)


def test_who_keeps_a_new_case_by_name_does_not_leave_it(world: World) -> None:
    case = send(world.author, typed(world)).case
    Membership.objects.filter(user=world.board_officer).delete()
    case_wall(by=world.principal, case=case, reason=WHY, keeper=again(world.coordinator))
    with pytest.raises(RuleError):
        leaves(world, world.coordinator)
    assert handlers_of(Case.objects.get(pk=case.pk)) == [world.coordinator]


def test_the_page_says_that_somebody_must_be_named_first(world: World, login: Any, walled_signal: Signal) -> None:
    browser = Browser(login(world.administrator))
    page = browser.get(f"/mensen/{world.board_officer.reference}/vertrekken/")
    assert "Ask the board to name somebody first." in page.text
    assert walled_signal.case.reference not in page.html
    browser.send(next(form for form in page.forms if not form.action), expect=422)
    assert again(world.board_officer).is_active


def test_with_a_last_day_to_come_the_server_sounds_an_alarm_when_nobody_is_left(
    world: World, walled_signal: Signal, caplog: pytest.LogCaptureFixture
) -> None:
    """There is time to name somebody; who did not, hears of it."""
    look_at_due()
    ends(world, world.board_officer, last_day=timezone.localdate() + timedelta(days=2))
    assert not caplog.records
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        look_at_due()
    assert f"ALARM: nobody handles case {walled_signal.case.reference}" in caplog.text
