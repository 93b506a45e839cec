"""Somebody with two roles sees as whom they work on a page, and the log says which role counted there."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.grants import Grant, Grants
from accounts.models import User
from accounts.roles import Permission
from audit.models import AuditEvent
from signals.models import Case
from signals.services.cases import case_take
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser

RECTOR = "rector of directeur van Het Lyceum"
HANDLE = (Permission.CASE_HANDLE, Permission.WALLED_HANDLE)


@pytest.fixture
def both(world: World) -> User:
    """Principal of the secondary school and care coordinator of the primary school."""
    found = person("twee_petten")
    join(found, "principal", world.school)
    join(found, "coordinator", world.sister_school)
    return found


def sister_case(world: World) -> Case:
    data = typed(world, person=f"pupil:{world.sister_pupil.reference}")
    return send(world.sister_coordinator, data).case


def test_a_list_says_all_roles_that_open_it(world: World, login: Any, both: User) -> None:
    browser = Browser(login(both), "nl")
    # A principal has a desk too: for the walled cases on which they are named.
    for path in ("/werkplek/", "/contacten/"):
        page = browser.get(path)
        assert f"U werkt hier als {RECTOR} en intern begeleider van De Zusterschool." in page.text
    assert f"U werkt hier als {RECTOR}." in browser.get("/opvolging/").text
    assert f"U werkt hier als {RECTOR}." in browser.get("/logboek/").text


def test_a_case_says_the_role_that_counts_there(world: World, login: Any, both: User) -> None:
    browser = Browser(login(both), "nl")
    here, there = send(world.author, typed(world)).case, sister_case(world)
    assert "U werkt hier als intern begeleider van De Zusterschool." in browser.get(f"/casus/{there.reference}/").text
    assert f"U werkt hier als {RECTOR}." in browser.get(f"/opvolging/{here.reference}/").text


def test_the_menu_lists_the_roles(world: World, login: Any, both: User) -> None:
    text = Browser(login(both), "nl").get("/contacten/").text
    assert f"Twee Petten {RECTOR} intern begeleider van De Zusterschool" in text


@pytest.mark.parametrize("name", ["coordinator", "board_officer", "administrator"])
def test_somebody_with_one_role_is_not_told(world: World, login: Any, name: str) -> None:
    browser = Browser(login(world.people[name]), "nl")
    for path in ("/", "/logboek/"):
        page = browser.get(path)
        assert "U werkt hier als" not in page.text
        assert "van Het Lyceum" not in page.text


def test_the_log_names_the_role_of_that_place(world: World, login: Any) -> None:
    """Coordinator at one school, principal at another, given in the order that made the first role win before."""
    found = person("twee_petten")
    join(found, "coordinator", world.school)
    join(found, "principal", world.sister_school)
    browser = Browser(login(found))
    case = sister_case(world)
    browser.get(f"/opvolging/{case.reference}/")
    assert AuditEvent.objects.get(action="case.followed").actor_role == "principal"
    mine = send(world.author, typed(world)).case
    case_take(by=found, case=mine)
    assert AuditEvent.objects.get(action="case.taken").actor_role == "coordinator"
    browser.get("/opvolging/")
    browser.get("/werkplek/")
    listed = AuditEvent.objects.filter(action="case.listed").order_by("id").values_list("actor_role", flat=True)
    assert list(listed) == ["principal", "coordinator"]


def test_the_same_permission_at_two_schools(world: World) -> None:
    """Two roles that both may edit contacts: the one at the school in question counts."""
    grants = Grants((Grant("principal", 1, 10), Grant("coordinator", 1, 11), Grant("administrator", 2, None)))
    wanted = (Permission.CONTACT_EDIT,)
    assert grants.role_at(*wanted, board=1, school=11) == "coordinator"
    assert grants.role_at(*wanted, board=1, school=10) == "principal"
    assert grants.role_at(*wanted, board=2, school=12) == "administrator"
    assert grants.grant_at(*wanted, board=3, school=13) is None
    assert grants.role_at(*wanted, board=3, school=13) == "principal"
    assert grants.role_for_board(*wanted, board=2) == "administrator"


def test_behind_a_wall_the_role_at_the_board_counts() -> None:
    grants = Grants((Grant("coordinator", 1, 10), Grant("board_officer", 1, None)))
    assert grants.role_at(*HANDLE, board=1, school=10, board_first=True) == "board_officer"
    assert grants.role_at(*HANDLE, board=1, school=10) == "coordinator"


def test_a_role_that_is_over_is_no_hat(world: World, login: Any, both: User) -> None:
    both.memberships.filter(role="principal").update(ends_on=timezone.localdate() - timedelta(days=1))
    assert "U werkt hier als" not in Browser(login(both), "nl").get("/werkplek/").text
