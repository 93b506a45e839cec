"""Who can read this, by name and by rule, on the pages where it stands; whose right ended in a fold below."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from signals.models import Case, Share, Signal
from signals.services.glass import glass_break
from signals.services.shares import case_share, share_end
from signals.services.walls import case_wall
from tests.conftest import World, typed
from tests.journeys.page import Browser, Page
from tests.journeys.test_teacher import first_page

WHY = "Besproken met het zorgteam op maandag, en zo besloten."
BEFORE = "Could read before"


def share(world: World, case: Case, colleague: User, days: int = 10) -> Share:
    ends_on = timezone.localdate() + timedelta(days=days)
    key = str(uuid.uuid4())
    return case_share(
        by=world.coordinator, case=case, colleague=colleague, level="read", ends_on=ends_on, reason=WHY, key=key
    )


def parts(page: Page) -> tuple[str, str]:
    """Who can read now, and who could before."""
    start = page.html.index('class="audience"')
    part = page.html[start : page.html.index("</section>", start)]
    now, _fold, before = part.partition("<details")
    return now, before


@pytest.fixture
def desk(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


def case_page(browser: Browser, case: Case) -> tuple[str, str]:
    return parts(browser.get(f"/casus/{case.reference}/"))


def test_a_share_stands_with_its_day_and_goes_to_the_fold(world: World, desk: Browser, taken_case: Case) -> None:
    given = share(world, taken_case, world.teacher)
    now, before = case_page(desk, taken_case)
    assert world.teacher.name in now
    assert "Shared with them, to read, until" in now
    assert before == ""
    share_end(by=world.coordinator, share=given)
    now, before = case_page(desk, taken_case)
    assert world.teacher.name not in now
    assert BEFORE in before
    assert world.teacher.name in before
    assert "no longer" in before


def test_an_expired_share_goes_to_the_fold_by_itself(world: World, login: Any, taken_case: Case) -> None:
    share(world, taken_case, world.teacher, days=2)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        now, before = case_page(Browser(login(world.coordinator)), taken_case)
    assert world.teacher.name not in now
    assert world.teacher.name in before


def test_a_share_of_who_lost_their_role_reads_nothing(world: World, desk: Browser, taken_case: Case) -> None:
    share(world, taken_case, world.teacher)
    world.teacher.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    now, before = case_page(desk, taken_case)
    assert world.teacher.name not in now
    assert world.teacher.name in before


def test_a_name_on_a_wall(world: World, desk: Browser, taken_case: Case) -> None:
    case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=world.coordinator)
    now, _before = case_page(desk, taken_case)
    assert world.coordinator.name in now
    assert "Handles this case by name" in now
    assert world.board_officer.name in now
    assert world.principal.name not in now


def test_a_broken_glass_stands_out_while_open_and_is_over_after(
    world: World, login: Any, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signals.services.glass._tell", lambda *_args: None)  # who is told is another test's matter
    glass_break(by=world.sister_coordinator, case=taken_case, reason=WHY)
    now, _before = case_page(Browser(login(world.coordinator)), taken_case)
    assert world.sister_coordinator.name in now
    assert 'class="alarm"' in now
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        now, before = case_page(Browser(login(world.coordinator)), taken_case)
    assert world.sister_coordinator.name not in now
    assert world.sister_coordinator.name in before
    assert "breaking the glass" in before


def test_a_role_that_ended_and_an_account_that_closed(world: World, login: Any, taken_case: Case) -> None:
    world.principal.memberships.update(ends_on=timezone.localdate())
    world.teacher.memberships.update(role="coordinator")
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        User.objects.filter(pk=world.teacher.pk).update(is_active=False)
        now, before = case_page(Browser(login(world.coordinator)), taken_case)
    assert world.principal.name not in now
    assert world.teacher.name not in now
    assert world.principal.name in before
    assert "until" in before
    assert world.teacher.name in before
    assert "The account is closed" in before.replace("the account", "The account")


def test_a_writer_who_left_is_no_reader(world: World, desk: Browser, taken_case: Case) -> None:
    now, _before = case_page(desk, taken_case)
    assert world.author.name in now
    assert "Wrote it" in now
    world.author.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    now, _before = case_page(desk, taken_case)
    assert world.author.name not in now


def test_on_the_page_of_the_report_and_of_the_follow_up_too(world: World, login: Any, taken_case: Case) -> None:
    signal = taken_case.signals.get()
    given = share(world, taken_case, world.teacher)
    share_end(by=world.coordinator, share=given)
    for user, path in (
        (world.author, f"/zorg/{signal.reference}/"),
        (world.principal, f"/opvolging/{taken_case.reference}/"),
    ):
        now, before = parts(Browser(login(user)).get(path))
        assert world.coordinator.name in now
        assert world.teacher.name not in now
        assert world.teacher.name in before


def test_before_sending_it_is_said_who_will_read_it(world: World, login: Any) -> None:
    browser = Browser(login(world.author))
    page = browser.send(first_page(browser), "continue", **_filled(world))
    now, before = parts(page)
    assert world.coordinator.name in now
    assert "Handles the concerns of this school" in now
    assert world.principal.name in now
    assert "only with a reason, and that is recorded" in now
    assert world.former.name not in now + before
    assert before == ""


def test_whom_it_is_about_is_on_no_list(world: World, login: Any, walled_signal: Signal) -> None:
    for user, path in (
        (world.author, f"/zorg/{walled_signal.reference}/"),
        (world.board_officer, f"/casus/{walled_signal.case.reference}/"),
    ):
        now, before = parts(Browser(login(user)).get(path))
        assert world.subject.name not in now + before
        assert world.board_officer.name in now
        assert world.coordinator.name not in now


def _filled(world: World) -> dict[str, Any]:
    """As typed in the form: somebody who is described, so that nobody has to be searched first."""
    data = typed(world, person="", subject_description="Een leerling uit de brugklas")
    return {name: value for name, value in data.items() if name != "person"}
