"""Finding somebody among the pupils and staff of one's own schools."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Pupil
from signals.people import LIMIT, find, search
from tests.conftest import World, join


def names(world: World, query: str, *, staff: bool = False) -> list[str]:
    return [found.name for found in search(query, schools=[world.school], staff=staff, but_not=world.author)]


@pytest.mark.parametrize("query", ["zandstra", "ZAND", "noor", "oor and", "  noor   zandstra  "])
def test_every_word_somewhere_in_the_name(world: World, query: str) -> None:
    assert names(world, query) == ["Noor Zandstra"]


@pytest.mark.parametrize("query", ["", " ", "z", "noor bram", "%", "__", "%%", "zand_tra"])
def test_nothing(world: World, query: str) -> None:
    assert names(world, query) == []


def test_no_more_than_ten(world: World) -> None:
    for number in range(LIMIT + 5):
        Pupil.objects.create(school=world.school, name=f"Kind {number:02}")
    assert names(world, "kind") == [f"Kind {number:02}" for number in range(LIMIT)]


def test_staff_of_the_school_and_the_board_once_each(world: World) -> None:
    join(world.coordinator, "teacher", world.school)
    assert names(world, "coordinator", staff=True) == ["Coordinator"]
    assert names(world, "officer", staff=True) == ["Board Officer", "Privacy Officer"]
    assert names(world, "author", staff=True) == []
    assert names(world, "former", staff=True) == []


def test_all_functions_are_shown(world: World) -> None:
    join(world.coordinator, "principal", world.school)
    found = find(f"staff:{world.coordinator.reference}", [world.school])
    assert found is not None
    assert found.is_principal
    assert found.detail.count(",") == 1


def test_a_principal_elsewhere_is_no_principal_here(world: World) -> None:
    join(world.teacher, "principal", world.other_school)
    found = find(f"staff:{world.teacher.reference}", [world.school])
    assert found is not None
    assert not found.is_principal


def test_a_role_that_has_to_start_does_not_count(world: World) -> None:
    world.teacher.memberships.update(starts_on=timezone.localdate() + timedelta(days=1))
    assert find(f"staff:{world.teacher.reference}", [world.school]) is None


@pytest.mark.parametrize("value", ["", "pupil", "pupil:", "staff:", "x:y", "pupil:\x00", "staff:\x00", ":", "pupil:1"])
def test_a_value_that_means_nobody(world: World, value: str) -> None:
    assert find(value, [world.school]) is None


def test_only_of_the_schools_given(world: World) -> None:
    value = f"pupil:{world.pupil.reference}"
    assert find(value, [world.school]) is not None
    assert find(value, [world.sister_school, world.other_school]) is None
    assert find(value, []) is None
    assert find(f"staff:{world.pupil.reference}", [world.school]) is None
