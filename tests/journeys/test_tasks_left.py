"""Somebody who has a task can't open the case any more: the owner hears of it, and the leaving page says how many."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import reach
from accounts.models import OutgoingMail, User
from accounts.outbox import KINDS
from signals import access
from signals.models import Barred, Case, CaseUserPermission, Named, Share, Task
from signals.services.cases import case_take
from signals.services.leaving import left_behind, person_leave, role_leave
from signals.services.shares import share_end
from signals.services.transfers import case_merge
from signals.services.walls import case_wall
from tests.conftest import World, join, person, send, typed
from tests.handing import away, make_task
from tests.journeys.page import Browser
from tests.sharing import share

WHY = "Het gaat bij nader inzien over iets anders."


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)  # without remembered grants


def told() -> list[tuple[str, str]]:
    """Who gets a mail of it, and about which case; each would still leave."""
    rows = OutgoingMail.objects.filter(kind="task.left").order_by("to__name")
    assert all(KINDS["task.left"].wanted(again(row.to), row.reference) for row in rows)
    return [(row.to.name, row.reference) for row in rows]


@pytest.fixture
def helped(world: World, taken_case: Case) -> Any:
    """A teacher with whom the case is shared to add to it, and who has a task in it."""
    row = share(taken_case, world.coordinator, world.teacher, level="contribute")
    make_task(taken_case, world.coordinator, again(world.teacher))
    return row


def test_a_share_that_is_stopped(world: World, taken_case: Case, helped: Any) -> None:
    assert told() == []
    share_end(by=world.coordinator, share=helped)
    share_end(by=world.coordinator, share=helped)
    assert told() == [("Coordinator", taken_case.reference)]


def test_without_an_open_task_there_is_no_mail(world: World, taken_case: Case) -> None:
    row = share(taken_case, world.coordinator, world.teacher, level="contribute")
    share_end(by=world.coordinator, share=row)
    assert told() == []


def test_behind_a_wall_who_handles_it_there_hears(world: World, taken_case: Case, second: User, helped: Any) -> None:
    make_task(taken_case, world.coordinator, second)
    case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=None)
    assert told() == [(world.board_officer.name, taken_case.reference)]


def test_a_merge_tells_of_the_case_that_goes_on(world: World, taken_case: Case, helped: Any) -> None:
    other = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    case_merge(by=world.coordinator, case=taken_case, into=other, reason=WHY, key=uuid.uuid4())
    assert Task.objects.get().case == other
    assert told() == [("Coordinator", other.reference)]


def test_who_leaves(world: World, login: Any, taken_case: Case, helped: Any) -> None:
    browser = Browser(login(world.administrator))
    page = browser.get(f"/mensen/{world.teacher.reference}/vertrekken/")
    assert "1 open task stands in this name. The owner of the case gets a mail." in page.text
    assert taken_case.reference not in page.html
    person_leave(by=world.administrator, person=again(world.teacher), within=reach(world.administrator), takers={})
    assert told() == [("Coordinator", taken_case.reference)]


def test_a_role_that_ends(world: World, login: Any, taken_case: Case, second: User) -> None:
    make_task(taken_case, world.coordinator, second)
    role = second.memberships.select_related("user", "board", "school__board").get()
    within = reach(world.administrator)
    teaches = join(second, "teacher", world.school)
    assert left_behind(again(second), within, teaches).tasks == 0, "it does not hang on that role"
    page = Browser(login(world.administrator)).get(f"/mensen/{second.reference}/rol/{role.reference}/stoppen/")
    assert "1 open task stands in this name." in page.text
    role_leave(by=world.administrator, role=role, within=within, last_day=None, takers={})
    assert told() == [("Coordinator", taken_case.reference)]


LOST = "can't open this case any more."


@pytest.fixture
def says(login: Any, world: World) -> Callable[[Case, User], bool]:
    """Whether the page of the case and the desk of its owner say that somebody can't do their task any more."""

    def asked(case: Case, user: User) -> bool:
        browser = Browser(login(again(world.coordinator)))
        page, desk = browser.get(f"/casus/{case.reference}/"), browser.get("/werkplek/")
        said = f"{user.name} {LOST}" in page.text
        assert said == (f"{user.name} has a task here, and {LOST}" in desk.text)
        assert said == (not access.may(again(user), case, *access.ADD)), "it never disagrees with the access"
        return said

    return asked


def test_a_task_of_who_lost_their_role_is_marked(
    world: World, login: Any, taken_case: Case, second: User, says: Callable[[Case, User], bool]
) -> None:
    task = make_task(taken_case, world.coordinator, second)
    make_task(taken_case, world.coordinator)
    assert not says(taken_case, second)
    assert not says(taken_case, world.coordinator)
    yesterday = timezone.localdate() - timedelta(days=1)
    second.memberships.update(ends_on=yesterday)
    assert says(taken_case, second)
    browser = Browser(login(world.coordinator))
    desk = browser.get("/werkplek/")
    assert f"/casus/{taken_case.reference}/#task-{task.reference}" in desk.hrefs("#task-")
    page = browser.get(f"/casus/{taken_case.reference}/")
    [change] = [href for href, text in page.links if text.startswith("Give it to somebody else")]
    page = browser.send(browser.get(change).form(has="assignee"), assignee=world.coordinator.reference)
    assert LOST not in page.text + browser.get("/werkplek/").text


def test_a_task_of_who_is_kept_out_is_marked(
    world: World, taken_case: Case, second: User, says: Callable[[Case, User], bool]
) -> None:
    make_task(taken_case, world.coordinator, second)
    Barred.objects.create(case=taken_case, user=second, by=world.coordinator, at=timezone.now())
    assert says(taken_case, second)


def test_a_task_of_whose_share_ran_out_is_marked(
    world: World, taken_case: Case, helped: Any, says: Callable[[Case, User], bool]
) -> None:
    assert not says(taken_case, world.teacher)
    Share.objects.update(level="read")
    CaseUserPermission.objects.filter(permission__codename="add_to_shared_case").delete()
    assert says(taken_case, world.teacher), "they read it, and can't record anything"
    Share.objects.update(level="contribute", ends_on=timezone.localdate() - timedelta(days=1))
    assert says(taken_case, world.teacher)


def test_a_task_of_whose_account_is_closed_is_marked(
    world: World, taken_case: Case, helped: Any, says: Callable[[Case, User], bool]
) -> None:
    join(world.teacher, "administrator", world.board)
    assert says(taken_case, world.teacher), "who administers the board reads no share"
    User.objects.filter(pk=world.teacher.pk).update(is_active=False)
    assert says(taken_case, world.teacher)


def test_behind_a_wall_a_name_on_it_still_opens(
    world: World, login: Any, taken_case: Case, second: User, says: Callable[[Case, User], bool]
) -> None:
    make_task(taken_case, world.coordinator, second)
    case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=world.coordinator)
    taken_case.refresh_from_db()
    assert says(taken_case, second)
    Named.objects.create(case=taken_case, user=second, at=timezone.now())
    assert not says(taken_case, second)


def test_who_reads_by_a_share_is_not_told_who_lost_access(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    share(taken_case, world.coordinator, world.teacher, level="contribute")
    make_task(taken_case, world.coordinator, second)
    second.memberships.all().delete()
    page = Browser(login(again(world.teacher))).get(f"/casus/{taken_case.reference}/")
    assert second.name in page.text
    assert LOST not in page.text


def test_who_stands_in_for_the_owner_sees_it_on_their_desk(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    deputy = person("derde")
    join(deputy, "coordinator", world.school)
    make_task(taken_case, world.coordinator, second)
    second.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    said = f"Tweede has a task here, and {LOST}"
    assert said not in Browser(login(again(deputy))).get("/werkplek/").text, "the owner is there"
    away(world.coordinator, deputy, world.school)
    assert said in Browser(login(again(deputy))).get("/werkplek/").text
    case_wall(by=world.principal, case=taken_case, reason=WHY, keeper=world.coordinator)
    assert said not in Browser(login(again(deputy))).get("/werkplek/").text, "never past a wall"
    assert said in Browser(login(again(world.coordinator))).get("/werkplek/").text
