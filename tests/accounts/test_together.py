"""Several queries asked in one statement find what each of them finds by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import BigIntegerField, BooleanField, Exists, OuterRef
from django.utils import timezone

from accounts.marks import Given
from accounts.models import Membership, Pupil, School
from accounts.prepared import with_names
from accounts.together import Together
from tests.conftest import World

BOARD = Given("board", BigIntegerField())
ASKED = Together(
    schools=lambda: School.objects.filter(board=BOARD).select_related("board").order_by(),
    pupils=lambda: Pupil.objects.filter(school__board=BOARD).order_by().values_list("id", "birth_date", "is_active"),
    numbers=lambda: School.objects.filter(board=BOARD).order_by().values_list("id"),
    roles=lambda: with_names(Membership.objects.filter(school__board=BOARD), "user").annotate(
        walled=Exists(School.objects.filter(pk=OuterRef("school"), region="")),
        asked=Given("yes", BooleanField()),
    ),
)


def test_each_part_gives_what_it_gives_alone(world: World, django_assert_num_queries: Any) -> None:
    born = date(2010, 5, 1)
    Pupil.objects.filter(pk=world.pupil.pk).update(birth_date=born)
    School.objects.filter(pk=world.school.pk).update(region="noord", hours={"mon": ["08:30", "15:00"]})
    for board, yes in ((world.board, True), (world.other_school.board, False)):
        with django_assert_num_queries(1):
            found = ASKED.rows(board=board.pk, yes=yes)
            names = {row.board.name for row in found["schools"]}
            people = sorted((row.user.name, row.role, row.starts_on) for row in found["roles"])
        schools = list(School.objects.filter(board=board).order_by("pk"))
        assert names == {board.name}
        assert sorted(found["schools"], key=lambda row: row.pk) == schools
        for row, same in zip(sorted(found["schools"], key=lambda row: row.pk), schools, strict=True):
            fields = [field.attname for field in School._meta.fields]
            assert [getattr(row, name) for name in fields] == [getattr(same, name) for name in fields]
        pupils = Pupil.objects.filter(school__board=board)
        assert sorted(found["pupils"]) == sorted(pupils.values_list("id", "birth_date", "is_active"))
        assert sorted(found["numbers"]) == [(row.pk,) for row in schools]
        roles = Membership.objects.filter(school__board=board).select_related("user", "school")
        assert people == sorted((row.user.name, row.role, row.starts_on) for row in roles)
        assert {(row.pk, row.walled, row.asked) for row in found["roles"]} == {
            (row.pk, row.school.region == "", yes) for row in roles
        }


def test_what_was_found_is_not_kept(world: World) -> None:
    count = len(ASKED.rows(board=world.board.pk, yes=True)["roles"])
    last = Membership.objects.filter(school__board=world.board).latest("pk")
    Membership.objects.filter(pk=last.pk).update(starts_on=timezone.localdate() - timedelta(days=1))
    Membership.objects.create(
        user=last.user, role="principal", school=world.sister_school, starts_on=timezone.localdate()
    )
    assert len(ASKED.rows(board=world.board.pk, yes=True)["roles"]) == count + 1


def test_a_value_that_was_forgotten_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        ASKED.rows(board=world.board.pk)
