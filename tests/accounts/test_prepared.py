"""A prepared query asks what the same queryset asks, with other values each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, DateField, DateTimeField, QuerySet, Value
from django.db.models.functions import Length
from django.utils import timezone

from accounts.grants import grants_of
from accounts.marks import Given, keys
from accounts.models import Membership, School, User
from accounts.prepared import Prepared
from accounts.statement import _moment
from tests.conftest import World, join, person


def roles(schools: int, boards: int) -> QuerySet[Membership, Any]:
    rows = Membership.objects.filter(starts_on__lte=Given("day", DateField()))
    found = rows.filter(school_id__in=keys(0, schools)) | rows.filter(board_id__in=keys(1, boards))
    return found.order_by("id").values_list("user_id", "starts_on")


def test_lists_and_values_are_filled_in_each_time(world: World) -> None:
    asked = Prepared(roles)
    today = timezone.localdate()
    for schools, boards, day in (
        ([world.school.pk], [], today),
        ([world.sister_school.pk, world.school.pk], [world.board.pk], today),
        ([world.school.pk], [world.board.pk], today - timedelta(days=4000)),
        ([world.other_school.pk], [], today),
    ):
        rows = Membership.objects.filter(starts_on__lte=day)
        wanted = rows.filter(school_id__in=schools) | rows.filter(board_id__in=boards)
        found = asked.rows(schools, boards, day=day)
        assert found == list(wanted.order_by("id").values_list("user_id", "starts_on"))
    assert asked.statement.cache_info().misses == 3  # once for each pair of lengths
    assert asked.rows([], [], day=today) == []


def test_objects_come_with_what_belongs_to_them(world: World, django_assert_num_queries: Any) -> None:
    def make(count: int) -> QuerySet[School]:
        rows = School.objects.filter(pk__in=keys(0, count)).select_related("board")
        return rows.annotate(big=Length("name")).order_by("id")

    asked, wanted = Prepared(make), [world.school.pk, world.other_school.pk]
    assert asked.objects([world.school.pk])[0].hours == world.school.hours
    with django_assert_num_queries(1):
        found = asked.objects(wanted)
        assert [(row.board.name, row.big) for row in found] == [("Bestuur A", 10), ("Bestuur B", 15)]
    assert found == [world.school, world.other_school]
    for row, same in zip(found, School.objects.filter(pk__in=wanted).order_by("id"), strict=True):
        values = [{field.attname: getattr(one, field.attname) for field in School._meta.fields} for one in (row, same)]
        assert values[0] == values[1]


def test_each_form_has_a_statement_of_its_own(world: World) -> None:
    def make(*, word: str) -> QuerySet[School, Any]:
        return School.objects.filter(name__startswith=word).order_by("id").values_list("pk", Value("100% 'so' %s"))

    asked = Prepared(make)
    assert asked.rows(form={"word": "De Z"}) == [(world.sister_school.pk, "100% 'so' %s")]
    assert asked.rows(form={"word": "Het"}) == [(world.school.pk, "100% 'so' %s")]
    assert asked.rows(form={"word": "De Z"}) == asked.rows(form={"word": "De Z"}) != []


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_keeps_what_is_asked_a_second_time(world: World, django_assert_num_queries: Any) -> None:
    """Only the values that change go beside it: a plan without values needs the others to choose its index."""
    asked, day = Prepared(roles), timezone.localdate()
    with django_assert_num_queries(3):
        found = [asked.rows([world.school.pk], [], day=day) for _ in range(3)]
    assert found[0] == found[1] == found[2] != []
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, parameter_types::text[] FROM pg_prepared_statements")
        kept = [types for statement, types in cursor.fetchall() if "accounts_membership" in statement]
    assert kept == [["date", "bigint"]]


def test_a_moment_is_the_one_that_django_reads(world: World) -> None:
    moments = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, 23, 59, 59, 123456, tzinfo=UTC))
    for moment in moments:
        User.objects.filter(pk=world.author.pk).update(last_login=moment)
        rows = User.objects.filter(pk=Given("who", BigIntegerField())).values_list("last_login")
        asked, [wanted] = Prepared(lambda rows=rows: rows), User.objects.filter(pk=world.author.pk)
        [(found,)] = asked.rows(who=world.author.pk)
        assert (found, found.tzinfo) == (moment, UTC) == (wanted.last_login, wanted.last_login.tzinfo)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_plans_once_and_compiles_nothing(world: World) -> None:
    with connection.cursor() as cursor:
        for name, wanted in (("plan_cache_mode", "force_generic_plan"), ("jit", "off"), ("random_page_cost", "1.1")):
            cursor.execute("SELECT current_setting(%s)", [name])
            assert cursor.fetchone() == (wanted,)


def test_what_was_found_is_not_kept(world: World) -> None:
    user = person("nieuw")
    assert grants_of(user).items == ()
    row = join(user, "teacher", world.school)
    (grant,) = grants_of(User.objects.get(pk=user.pk)).items
    assert (grant.role, grant.school_id, grant.board_id) == ("teacher", world.school.pk, world.board.pk)
    assert (grant.place, grant.sector) == ("Het Lyceum", "vo")
    Membership.objects.filter(pk=row.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert grants_of(User.objects.get(pk=user.pk)).items == ()


def test_a_value_that_was_forgotten_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        Prepared(roles).rows([world.school.pk], [])
    with pytest.raises(ValueError, match="too many keys"):
        keys(0, 70_000)
    assert Given("day", BigIntegerField()) != Given("night", BigIntegerField())


def test_one_name_stands_for_values_of_one_kind(world: World) -> None:
    both = User.objects.filter(pk=Given("it", BigIntegerField()), last_login__gt=Given("it", DateTimeField()))
    with pytest.raises(ValueError, match="different kinds: it"):
        Prepared(lambda: both.values_list("pk")).rows(it=1)


@pytest.mark.parametrize(
    "text", ["2026-11-28 10:00:00", "2026-11-28 10:00:00.012345", "2026-11-28T10:00:00+01:00", "2026-11-28"]
)
def test_what_sqlite_keeps_of_a_moment_is_in_utc_unless_it_says_otherwise(text: str) -> None:
    plain = datetime.fromisoformat(text)
    wanted = plain if plain.tzinfo else plain.replace(tzinfo=UTC)
    for value in (text, plain):
        found = _moment(value)
        assert found == wanted
        assert found.utcoffset() == wanted.utcoffset()
    assert _moment(None) is None
