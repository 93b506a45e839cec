"""Mails say "you are asked" and "there is a task for you" only to who is asked, or stands in for them."""

import pytest

from accounts.models import User
from accounts.outbox import KINDS
from signals.models import Case
from signals.services.handover import hand_over_withdraw
from signals.services.tasks import task_end
from tests.conftest import World, join, person
from tests.handing import away, make_task, propose


@pytest.fixture
def third(world: World) -> User:
    found = person("derde")
    join(found, "coordinator", world.school)
    return found


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)  # without remembered grants


def goes(kind: str, user: User, case: Case) -> bool:
    """Whether a mail that waits would still leave."""
    return KINDS[kind].wanted(again(user), case.reference)


def test_a_question_to_another_is_no_question_to_you(world: World, taken_case: Case, second: User, third: User) -> None:
    row = propose(taken_case, world.coordinator, second)
    hand_over_withdraw(by=world.coordinator, case=taken_case, reference=row.reference)
    propose(taken_case, world.coordinator, third)
    kind = "handover.asked"
    assert (goes(kind, second, taken_case), goes(kind, third, taken_case)) == (False, True)
    away(third, second, world.school)
    assert goes(kind, second, taken_case), "who stands in for them"


def test_the_task_of_another_is_no_task_for_you(world: World, taken_case: Case, second: User, third: User) -> None:
    mine = make_task(taken_case, world.coordinator, second)
    make_task(taken_case, world.coordinator, third)
    kind = "task.assigned"
    assert goes(kind, second, taken_case)
    task_end(by=second, task=mine, done=True, text="", version=mine.version)
    assert (goes(kind, second, taken_case), goes(kind, third, taken_case)) == (False, True)
    away(third, second, world.school)
    assert goes(kind, second, taken_case), "who stands in for them"


def test_the_owner_is_still_reminded_of_the_task_of_another(world: World, taken_case: Case, second: User) -> None:
    make_task(taken_case, world.coordinator, second)
    assert goes("task.reminder", world.coordinator, taken_case)
