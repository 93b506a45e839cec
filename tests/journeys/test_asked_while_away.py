"""A case is handed over to somebody who is away: the choice says so, and who stands in hears of it and can answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail, User
from audit.models import AuditEvent
from signals.models import Case, HandOver
from tests.conftest import World, join, person
from tests.handing import away, propose
from tests.journeys.page import Browser

NO = "Hij is tot het eind van de maand weg."


@pytest.fixture
def third(world: World) -> User:
    found = person("derde")
    join(found, "coordinator", world.school)
    return found


def asked_by_mail() -> list[str]:
    return sorted(row.to.name for row in OutgoingMail.objects.filter(kind="handover.asked"))


def test_the_choice_says_who_is_away(world: World, login: Any, taken_case: Case, second: User, third: User) -> None:
    away(second, third, world.school, ends_on=timezone.localdate() + timedelta(days=5))
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/overdragen/")
    assert "Tweede (away until " in page.text
    assert "Derde stands in)" in page.text
    browser.send(page.form(has="to"), to=second.reference, text="Er wacht maandag een gesprek.")
    assert asked_by_mail() == ["Derde", "Tweede"]


def test_who_asks_and_stands_in_gets_no_mail_of_it(world: World, login: Any, taken_case: Case, second: User) -> None:
    away(second, world.coordinator, world.school)
    propose(taken_case, world.coordinator, second)
    assert asked_by_mail() == ["Tweede"]
    assert "is asked to take a case over" not in Browser(login(world.coordinator)).get("/werkplek/").text


def test_who_stands_in_takes_it_over_themselves(
    world: World, login: Any, taken_case: Case, second: User, third: User
) -> None:
    propose(taken_case, world.coordinator, second)
    away(second, third, world.school)
    browser, path = Browser(login(third)), f"/casus/{taken_case.reference}/"
    page = browser.get(browser.get("/werkplek/").hrefs("overdracht")[0])
    assert "You can take the case over yourself, or refuse" in page.text
    form = page.form(has="answer")
    for _click in range(2):
        page = browser.post(f"{path}overdracht/", form.data())
        assert "The case is yours now." in page.text
    case, row = Case.objects.get(pk=taken_case.pk), HandOver.objects.get()
    assert (case.owner, row.state, row.to, row.ended_by) == (third, "accepted", second, third)
    assert page.text.count("Became the owner of the case") == 1
    assert "Asked Tweede to take the case over" in page.text
    assert OutgoingMail.objects.filter(kind="handover.answered", to=world.coordinator).exists()
    event = AuditEvent.objects.get(action="handover.accepted")
    assert (event.actor_ref, event.details["to"]) == (third.reference, third.reference)
    assert path not in Browser(login(User.objects.get(pk=second.pk))).get("/werkplek/?tab=mine").html


def test_the_case_itself_offers_the_answer_to_who_stands_in(
    world: World, login: Any, taken_case: Case, second: User, third: User
) -> None:
    """A link in a mail leads to the case, and from there one had to know the way to the desk."""
    path = f"/casus/{taken_case.reference}/"
    propose(taken_case, world.coordinator, second)
    browser = Browser(login(third))
    assert not browser.get(path).hrefs("overdracht"), "who is there answers for themselves"
    away(second, third, world.school)
    page = browser.get(path)
    assert "Tweede is away and you stand in: you can answer." in page.text
    assert browser.get(page.hrefs("overdracht")[0]).form(has="answer")
    assert "Withdraw the question" in Browser(login(world.coordinator)).get(path).text


def test_who_stands_in_can_refuse(world: World, login: Any, taken_case: Case, second: User, third: User) -> None:
    path = f"/casus/{taken_case.reference}/overdracht/"
    row = propose(taken_case, world.coordinator, second)
    browser = Browser(login(third))
    assert "Nothing is asked of you here" in browser.get(path).text
    assert path not in browser.get("/werkplek/").html
    away(second, third, world.school)
    desk = browser.get("/werkplek/")
    assert "asked of Tweede, for whom you stand in" in desk.text
    page = browser.get(desk.hrefs("overdracht")[0])
    page = browser.send(page.form(has="reason"), reason=NO)
    row = HandOver.objects.get()
    assert (row.state, row.answer, row.ended_by, row.to) == ("refused", NO, third, second)
    assert Case.objects.get(pk=taken_case.pk).owner == world.coordinator
    assert NO in page.text
    assert OutgoingMail.objects.filter(kind="handover.answered", to=world.coordinator).exists()
    assert AuditEvent.objects.filter(action="handover.refused", actor_ref=third.reference).exists()
