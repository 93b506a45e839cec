"""A concern about somebody who works here finds its way to the person above, and the form says to whom beforehand."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership, OutgoingMail, User
from signals import access
from signals.models import Case, Draft, Named, Signal
from tests.conftest import World, join, person, typed
from tests.journeys.page import Browser, Page

NUMBER = "0900-1113111"
TEXT = "Zij schreeuwde tegen een leerling."


def check(world: World, login: Any, whom: User, **changes: Any) -> tuple[Browser, Page]:
    browser = Browser(login(world.author))
    role = "principal" if whom == world.principal else "staff"
    data = typed(world, subject_role=role, person=f"staff:{whom.reference}", concern="verbal_violence", observed=TEXT)
    return browser, browser.post(reverse("signals:signal-new"), data | {"action": "continue"} | changes)


def sent(browser: Browser, page: Page, expect: int = 200, **answers: Any) -> Page:
    return browser.send(page.form(id="check"), "send", expect, **answers)


def nothing_stored(world: World) -> None:
    assert not Signal.objects.exists()
    assert not Case.objects.exists()
    assert not OutgoingMail.objects.exists()
    kept = Draft.objects.get()
    assert kept.author == world.author
    assert kept.data["observed"] == TEXT


@pytest.mark.parametrize("name", ["coordinator", "principal", "subject"])
def test_about_staff_it_goes_to_the_board(world: World, login: Any, name: str) -> None:
    browser, page = check(world, login, world.people[name])
    assert "This goes to: Board Officer, board officer." in page.text
    assert "It goes past your school" in page.text
    sent(browser, page)
    case = Case.objects.get()
    assert case.walled
    assert access.may(world.board_officer, case, *access.HANDLE)
    assert not access.may(world.people[name], case)
    assert not Named.objects.exists()


def test_about_a_pupil_it_goes_to_the_coordinator(world: World, login: Any) -> None:
    changes = {"subject_role": "pupil", "person": f"pupil:{world.pupil.reference}", "concern": "bullying"}
    _browser, page = check(world, login, world.subject, **changes)
    assert "This goes to: Coordinator, care coordinator." in page.text
    assert "It goes past your school" not in page.text


def test_about_the_only_officer_nobody_can_read_it_and_nothing_is_stored(world: World, login: Any) -> None:
    browser, page = check(world, login, world.board_officer)
    assert "Nobody can read this here" in page.text
    assert page.hrefs("tel:09001113111")
    assert NUMBER in page.text
    assert "send" not in {control.value for control in page.form(id="check").controls}
    page = browser.post(page.path, {"action": "send"}, 422)
    assert "Nobody at the board can read this here, so it is not sent." in page.text
    nothing_stored(world)


def test_with_a_second_officer_it_goes_to_that_one(world: World, login: Any) -> None:
    join(second := person("tweede"), "board_officer", world.board)
    browser, page = check(world, login, world.board_officer)
    assert "This goes to: Tweede, board officer." in page.text
    sent(browser, page)
    assert access.may(second, Case.objects.get(), *access.HANDLE)
    assert not access.may(world.board_officer, Case.objects.get())


@pytest.fixture
def no_officer(world: World) -> None:
    Membership.objects.filter(role="board_officer", board=world.board).delete()


@pytest.mark.parametrize("name", ["coordinator", "subject"])
def test_without_an_officer_it_goes_to_the_principal_by_name(
    world: World, login: Any, no_officer: None, name: str
) -> None:
    join(world.coordinator, "teacher", world.sister_school)
    browser, page = check(world, login, world.people[name])
    assert "This goes to: Principal, school leader" in page.text or "This goes to: Principal, " in page.text
    assert "Your board has nobody in Schoolsafety for this yet." in page.text
    page = sent(browser, page)
    assert "Principal" in page.text
    case = Case.objects.get()
    assert case.walled
    assert list(Named.objects.values_list("user__name", "by")) == [("Principal", None)]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.reference) == ("case.walled", world.principal, case.reference)
    reader = Browser(login(world.principal))
    page = reader.get(reverse("signals:followup"))
    page = reader.get(page.hrefs(case.reference)[0])
    assert TEXT in page.text
    page = reader.send(page.form(action="/oppakken/"))
    assert Case.objects.get().owner == world.principal
    Browser(login(world.coordinator)).get(reverse("signals:case", args=[case.reference]), 404)


def test_without_an_officer_nothing_about_the_principal_is_stored(world: World, login: Any, no_officer: None) -> None:
    browser, page = check(world, login, world.principal)
    assert "Nobody can read this here" in page.text
    assert NUMBER in page.text
    browser.post(page.path, {"action": "send"}, 422)
    nothing_stored(world)


def test_without_a_principal_either_nothing_is_stored(world: World, login: Any, no_officer: None) -> None:
    Membership.objects.filter(role="principal").delete()
    browser, page = check(world, login, world.subject)
    assert "Nobody can read this here" in page.text
    browser.post(page.path, {"action": "send"}, 422)
    nothing_stored(world)


def test_a_leader_is_no_way_to_the_board_where_the_law_wants_the_board_itself(
    world: World, login: Any, no_officer: None
) -> None:
    """R18, until the answers say that no minor is a victim."""
    browser, page = check(world, login, world.subject, concern="sexual")
    assert "Nobody can read this here" in page.text
    page = sent(browser, page, 422, victim_is_minor="yes")
    assert "Nobody can read this here" in page.text
    assert "Principal, " not in page.text
    nothing_stored(world)
    page = browser.get(page.path)
    assert "Nobody can read this here" in page.text
    sent(browser, page, victim_is_minor="no")
    assert Named.objects.get().user == world.principal
