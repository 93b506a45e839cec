"""Giving and ending roles: by day, never one's own, never both keeping roles and reading cases, never the last one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.utils import timezone

from accounts.access import reach
from accounts.errors import RoleError
from accounts.models import Membership, User
from accounts.services.closing import account_close
from accounts.services.roles import role_end, role_give
from audit.models import AuditEvent
from tests.conftest import World, join, person
from tests.journeys.page import Browser, Page


@pytest.fixture
def admin(world: World, login: Any) -> Browser:
    return Browser(login(world.administrator))


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def give(browser: Browser, user: User, role: str, place: Any, expect: int = 200, **days: str) -> Page:
    form = browser.get(f"/mensen/{user.reference}/rol/").form(has="role")
    return browser.send(form, role=role, place=place.reference, expect=expect, **days)


def end(browser: Browser, row: Membership, expect: int = 200, last_day: str = "") -> Page:
    form = browser.get(f"/mensen/{row.user.reference}/rol/{row.reference}/stoppen/").form(has="last_day")
    return browser.send(form, last_day=last_day, expect=expect)


def role_of(user: User) -> Membership:
    return user.memberships.order_by("-pk")[0]


def test_a_role_works_on_the_very_next_page_and_stops_on_the_next(world: World, login: Any, admin: Browser) -> None:
    teacher = Browser(login(world.teacher))
    teacher.get("/werkplek/", 404)
    give(admin, world.teacher, "coordinator", world.school)
    teacher.get("/werkplek/")
    end(admin, role_of(world.teacher))
    teacher.get("/werkplek/", 404)
    teacher.get("/mijn-meldingen/")


def test_a_role_has_a_first_and_a_last_day_that_both_count(world: World, login: Any, admin: Browser) -> None:
    days = {"starts_on": in_days(0).isoformat(), "ends_on": in_days(0).isoformat()}
    give(admin, world.teacher, "coordinator", world.school, **days)
    Browser(login(world.teacher)).get("/werkplek/")
    days = {"starts_on": in_days(1).isoformat(), "ends_on": in_days(9).isoformat()}
    give(admin, world.author, "coordinator", world.school, **days)
    Browser(login(world.author)).get("/werkplek/", 404)


def test_the_events_say_what_where_and_when(world: World, admin: Browser) -> None:
    last = in_days(9)
    give(admin, world.teacher, "coordinator", world.sister_school, ends_on=last.isoformat())
    event = AuditEvent.objects.get(action="role.granted")
    days = {"role": "coordinator", "starts": in_days(0).isoformat(), "ends": last.isoformat()}
    assert event.details == {**days, "school": world.sister_school.reference}
    assert (event.actor_role, event.object_ref) == ("administrator", world.teacher.reference)
    assert (event.board_ref, event.school_ref) == (world.board.reference, world.sister_school.reference)
    end(admin, role_of(world.teacher))
    assert AuditEvent.objects.get(action="role.ended").details["role"] == "coordinator"
    page = admin.get("/logboek/")
    assert "gave somebody the role of care coordinator: Teacher" in page.text
    assert "ended somebody’s role of care coordinator: Teacher" in page.text


def test_a_last_day_to_come(world: World, login: Any, admin: Browser) -> None:
    row = role_of(world.teacher)
    end(admin, row, last_day=in_days(7).isoformat())
    row.refresh_from_db()
    assert row.ends_on == in_days(7)
    Browser(login(world.teacher)).get("/mijn-meldingen/")
    end(admin, row, last_day=in_days(8).isoformat(), expect=422)
    end(admin, row, last_day=in_days(-1).isoformat(), expect=422)
    end(admin, row)
    row.refresh_from_db()
    assert row.ends_on == in_days(-1)


def test_a_role_that_has_not_begun_goes_without_a_trace_but_in_the_log(world: World, admin: Browser) -> None:
    row = join(world.teacher, "coordinator", world.school, starts_on=in_days(5))
    end(admin, row)
    assert not Membership.objects.filter(pk=row.pk).exists()
    assert AuditEvent.objects.filter(action="role.ended", object_ref=world.teacher.reference).count() == 1


def test_the_same_role_twice_in_one_time_is_refused_and_keeps_what_was_typed(world: World, admin: Browser) -> None:
    page = give(admin, world.teacher, "teacher", world.school, expect=422, ends_on=in_days(30).isoformat())
    assert "has this role here already: from" in page.text
    assert page.form(has="role").data()["ends_on"] == in_days(30).isoformat()
    assert world.teacher.memberships.count() == 1


def test_a_double_click_is_one_role(world: World, admin: Browser) -> None:
    for _click in range(2):
        give(admin, world.teacher, "coordinator", world.school)
    assert world.teacher.memberships.count() == 2
    assert AuditEvent.objects.filter(action="role.granted").count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"role": ""}, "Choose one from the list."),
        ({"place": ""}, "Choose one from the list."),
        ({"starts_on": ""}, "Fill in the first day."),
        ({"starts_on": "gisteren"}, "Fill in a day, such as"),
        ({"starts_on": "2020-01-01"}, "A role starts today or later."),
        ({"ends_on": "2020-01-01"}, "The last day can't be before the first one."),
        ({"role": "principal", "place": "board"}, "This role is at a school."),
        ({"role": "board_officer"}, "This role is for the whole board."),
        ({"role": "emperor"}, "Choose one from the list."),
        ({"place": "other"}, "Choose one from the list."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(world: World, admin: Browser, values: Any, words: str) -> None:
    places = {"board": world.board.reference, "other": world.other_school.reference}
    data = {
        "role": "teacher",
        "place": world.sister_school.reference,
        "starts_on": in_days(0).isoformat(),
        "ends_on": "",
    }
    data |= {name: places.get(value, value) for name, value in values.items()}
    path = f"/mensen/{world.teacher.reference}/rol/"
    admin.get(path)
    assert words in admin.post(path, data, 422).text
    assert world.teacher.memberships.count() == 1


@pytest.mark.parametrize("role", ["coordinator", "principal", "board_officer", "privacy_officer"])
def test_an_administrator_gets_no_role_that_reads_cases(world: World, admin: Browser, role: str) -> None:
    other = person("tweede")
    join(other, "administrator", world.board)
    place = world.board if role.endswith("officer") else world.school
    assert "always two different people" in give(admin, other, role, place, expect=422).text
    reader = person("lezer")
    join(reader, role, place)
    assert "always two different people" in give(admin, reader, "administrator", world.board, expect=422).text
    give(admin, other, "teacher", world.school)
    assert other.memberships.count() == 2


def test_at_two_boards_somebody_may_be_both(world: World, admin: Browser) -> None:
    join(world.teacher, "coordinator", world.other_school)
    give(admin, world.teacher, "administrator", world.board)
    assert world.teacher.memberships.count() == 3


def test_nobody_changes_their_own_roles(world: World, admin: Browser) -> None:
    me = world.administrator
    other = person("tweede")
    join(other, "administrator", world.board)
    page = admin.get(f"/mensen/{me.reference}/")
    assert "This is you" in page.text
    assert not page.hrefs("/stoppen/")
    assert not page.hrefs("/rol/")
    today = in_days(0).isoformat()
    data = {"role": "teacher", "place": world.school.reference, "starts_on": today}
    page = admin.post(f"/mensen/{me.reference}/rol/", data, 422)
    assert "Nobody changes their own roles" in page.text
    admin.post(f"/mensen/{me.reference}/rol/{role_of(me).reference}/stoppen/", {}, 422)
    admin.post(f"/mensen/{me.reference}/vertrekken/", {}, 422)
    me.refresh_from_db()
    assert (me.is_active, role_of(me).ends_on) == (True, None)


def test_roles_ask_again_who_you_are(world: World, login: Any) -> None:
    client = login(world.administrator, confirmed=False)
    row = role_of(world.teacher)
    base = f"/mensen/{world.teacher.reference}/"
    for path in ("/mensen/uitnodigen/", base + "rol/", base + "vertrekken/", f"{base}rol/{row.reference}/stoppen/"):
        for response in (client.get(path), client.post(path, {})):
            assert response.status_code == 302
            assert response.url.startswith("/bevestigen/?next=")
    assert client.get(base).status_code == 200
    row.refresh_from_db()
    assert row.ends_on is None


# ---- the last administrator ----


def second(world: World, **dates: Any) -> User:
    found = person("tweede")
    join(found, "administrator", world.board, **dates)
    return found


def test_one_of_two_administrators_may_go(world: World, admin: Browser) -> None:
    other = second(world)
    end(admin, role_of(other))
    assert role_of(other).ends_on == in_days(-1)


def test_the_last_one_without_a_last_day_stays(world: World, login: Any) -> None:
    """Whoever ends the role has one that stops: then nobody would be left."""
    browser = Browser(login(second(world, ends_on=in_days(3))))
    page = end(browser, role_of(world.administrator), expect=422)
    assert "the last administrator of the board" in page.text
    page = browser.post(f"/mensen/{world.administrator.reference}/vertrekken/", {}, 422)
    assert "the last administrator of the board" in page.text
    world.administrator.refresh_from_db()
    assert world.administrator.is_active
    assert role_of(world.administrator).ends_on is None


@pytest.mark.parametrize("kind", ["closed", "later", "elsewhere"])
def test_who_does_not_count_as_another_administrator(world: World, kind: str) -> None:
    by = second(world, ends_on=in_days(3))
    third = person("derde")
    if kind == "later":
        join(third, "administrator", world.board, starts_on=in_days(1))
    elif kind == "elsewhere":
        join(third, "administrator", world.other_school.board)
    else:
        join(third, "administrator", world.board)
        User.objects.filter(pk=third.pk).update(is_active=False)
    with pytest.raises(RoleError, match="laatste beheerder"):
        role_end(by=by, membership=role_of(world.administrator), last_day=None)


def test_who_lost_the_role_meanwhile_gives_and_ends_nothing(world: World) -> None:
    """The rule is asked again under lock, not only when the page was opened."""
    gone = second(world, ends_on=in_days(-1))
    place = {"place": world.school, "starts_on": in_days(0), "ends_on": None}
    with pytest.raises(PermissionDenied):
        role_give(by=gone, person=world.teacher, role="coordinator", **place)
    with pytest.raises(PermissionDenied):
        role_end(by=gone, membership=role_of(world.teacher), last_day=None)
    with pytest.raises(PermissionDenied):
        role_give(by=world.other_administrator, person=world.teacher, role="coordinator", **place)


def test_an_account_that_was_closed_meanwhile_gets_no_role(world: World) -> None:
    User.objects.filter(pk=world.teacher.pk).update(is_active=False)
    before = Membership.objects.count()
    with pytest.raises(RoleError, match="intussen gesloten"):
        role_give(
            by=world.administrator,
            person=world.teacher,
            role="coordinator",
            place=world.school,
            starts_on=in_days(0),
            ends_on=None,
        )
    assert Membership.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["end", "close"])
def test_two_administrators_who_remove_each_other_leave_one(world: World, how: str) -> None:
    pair = (world.administrator, second(world))
    start = Barrier(2)

    def remove(by: User, other: User) -> bool:
        try:
            within, row = reach(by), role_of(other)
            start.wait(timeout=60)
            if how == "end":
                role_end(by=by, membership=row, last_day=None)
            else:
                account_close(by=by, person=other, within=within)
            return True
        except (RoleError, PermissionDenied):
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(remove, pair, pair[::-1]))
    assert sorted(done) == [False, True], connection.vendor
    still = Membership.objects.filter(board=world.board, role="administrator", ends_on=None, user__is_active=True)
    assert still.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_roles_that_can_t_stand_together_given_at_once_are_one(world: World) -> None:
    by = (world.administrator, second(world))
    wanted = (("administrator", world.board), ("coordinator", world.school))
    start = Barrier(2)

    def give_one(who: User, what: Any) -> bool:
        try:
            start.wait(timeout=60)
            role, place = what
            role_give(by=who, person=world.teacher, role=role, place=place, starts_on=in_days(0), ends_on=None)
            return True
        except RoleError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(give_one, by, wanted))
    assert sorted(done) == [False, True]
    assert world.teacher.memberships.count() == 2
