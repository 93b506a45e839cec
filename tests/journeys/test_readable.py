"""The privacy officer asks what somebody could read on a day."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from audit.actions import Action
from audit.models import AuditEvent
from audit.record import record
from signals.models import Signal
from signals.services.cases import story_open
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

ASK = "/logboek/wie-kon-wat/"
WHY = "Besproken met het zorgteam op maandag."


def grant(row: Membership) -> None:
    """The event that a role leaves."""
    board = row.school.board if row.school else row.board
    assert board
    details: dict[str, object] = {"role": row.role, "starts": row.starts_on.isoformat()}
    details |= {"ends": row.ends_on.isoformat()} if row.ends_on else {}
    school = row.school.reference if row.school else ""
    record(
        Action.ROLE_GRANTED, board=board.reference, school=school, kind="user", ref=row.user.reference, details=details
    )


@pytest.fixture
def told(world: World) -> World:
    """The world with a log that tells of everybody's role."""
    for row in Membership.objects.select_related("school__board", "board", "user"):
        grant(row)
    return world


@pytest.fixture
def officer(told: World, login: Any) -> Browser:
    return Browser(login(told.privacy_officer))


def ask(browser: Browser, name: str, day: str = "", expect: int = 200) -> Page:
    page = browser.get(ASK)
    page = browser.send(page.form(id="readable"), "search", person_query=name)
    person = page.form(id="readable").options("person")[0]
    values = {"person": person, "day": day or timezone.localdate().isoformat()}
    return browser.send(page.form(id="readable"), "ask", expect, **values)


def last() -> AuditEvent:
    return AuditEvent.objects.order_by("-id")[0]


def test_the_answer_says_by_which_rule_and_what_was_opened(
    told: World, officer: Browser, login: Any, pupil_signal: Signal
) -> None:
    reference = pupil_signal.case.reference
    login(told.coordinator).get(f"/casus/{reference}/")
    page = ask(officer, "coord")
    assert "As care coordinator at Het Lyceum: the whole case, from " in page.text  # since the role was recorded
    assert "Roles on this day Care coordinator at Het Lyceum; in the log since" in page.text
    assert f"{reference} {timezone.localtime():%H:}" in page.text
    assert "read the story" in page.text
    assert "Could read: 1 case" in page.text
    assert "shows no right" not in page.text
    assert last().action == Action.READABLE_ASKED
    assert last().object_ref == told.coordinator.reference
    assert last().details == {"day": timezone.localdate().isoformat()}


def test_no_name_of_a_child_and_nothing_in_the_address(told: World, officer: Browser, pupil_signal: Signal) -> None:
    page = ask(officer, "coord")
    assert page.path == ASK
    assert told.pupil.name not in page.html
    assert pupil_signal.observed not in page.html
    assert "?" not in str(page.response.request["QUERY_STRING"])


def test_a_principal_follows_and_opened_the_story(told: World, officer: Browser, pupil_signal: Signal) -> None:
    now = timezone.localtime()
    with time_machine.travel(now.replace(hour=min(now.hour, 22)), tick=False):  # it ends an hour later, on the same day
        story_open(by=told.principal, case=pupil_signal.case, reason=WHY)
    page = ask(officer, "principal")
    assert "the steps, and the story only after giving a reason, from " in page.text
    assert "Opened the story with a reason, between" in page.text
    assert WHY not in page.html


def test_who_left_is_found_and_could_read_nothing_today(told: World, officer: Browser, pupil_signal: Signal) -> None:
    told.former.is_active = False
    told.former.save()
    page = ask(officer, "former")
    assert "the account is closed" in page.text
    assert "No case at all." in page.text
    assert "None, according to the logbook." in page.text


@pytest.mark.parametrize("query", ["lukasz yildiz", "ŁUKASZ", "zoe", "Zoe\u0308"])
def test_a_name_is_found_however_its_letters_are_typed(told: World, officer: Browser, query: str) -> None:
    User.objects.filter(pk=told.teacher.pk).update(name="Zoë Łukasz Yıldız")
    page = officer.send(officer.get(ASK).form(id="readable"), "search", person_query=query)
    assert page.form(id="readable").options("person") == [told.teacher.reference]


def test_who_lost_a_role_on_its_first_day_is_found_by_the_log(told: World, officer: Browser) -> None:
    told.teacher.memberships.all().delete()
    page = officer.send(officer.get(ASK).form(id="readable"), "search", person_query="teacher")
    assert page.form(id="readable").options("person") == [told.teacher.reference]


def test_nobody_of_another_board_is_found(told: World, officer: Browser) -> None:
    page = officer.send(officer.get(ASK).form(id="readable"), "search", person_query="other coord")
    assert page.form(id="readable").options("person") == []
    assert "Nobody at your board was found" in page.text
    data = {"person": told.other_coordinator.reference, "day": timezone.localdate().isoformat(), "action": "ask"}
    page = officer.post(ASK, data, 422)
    assert "choose somebody from the list" in page.text
    assert last().action != Action.READABLE_ASKED


def test_the_same_people_come_while_typing(told: World, officer: Browser) -> None:
    page = officer.post(reverse("signals:readable-people"), {"person_query": "coord\x00"})
    assert told.coordinator.reference in page.html
    assert told.other_coordinator.reference not in page.html
    assert last().action == Action.PERSON_SEARCHED
    assert "coord" not in str(last().details)


def test_a_day_to_come_or_no_day_is_an_error_that_keeps_what_was_chosen(told: World, officer: Browser) -> None:
    ahead = (timezone.localdate() + timedelta(days=1)).isoformat()
    for day, words in ((ahead, "still has to come"), ("1811-01-01", "too long ago"), ("iets", "Fill in a day")):
        page = ask(officer, "coord", day, 422)
        assert words in page.text
        assert page.form(id="readable").data()["person"] == told.coordinator.reference
    assert not AuditEvent.objects.filter(action=Action.READABLE_ASKED).exists()


def test_before_the_log_began_nothing_is_said(told: World, officer: Browser, pupil_signal: Signal) -> None:
    page = ask(officer, "coord", (timezone.localdate() - timedelta(days=1)).isoformat())
    assert "The logbook starts on" in page.text
    assert pupil_signal.case.reference not in page.html


def test_what_was_opened_without_a_right_stands_out(world: World, login: Any, pupil_signal: Signal) -> None:
    """In a log that knows of no roles, as after a mistake, a reading is not explained away."""
    login(world.coordinator).get(f"/casus/{pupil_signal.case.reference}/")
    page = ask(Browser(login(world.privacy_officer)), "coord")
    assert "Opened, while the logbook shows no right to it" in page.text
    assert pupil_signal.case.reference in page.text


def test_a_case_about_who_asks_is_left_out(told: World, login: Any) -> None:
    officer = told.privacy_officer
    data = typed(told, subject_role="staff", person=f"staff:{officer.reference}", concern="radicalisation")
    mine, other = (send(told.author, data) for _number in range(2))
    whom = f"staff:{told.subject.reference}"
    seen = send(told.author, {**data, "person": whom})
    page = ask(Browser(login(officer)), "board off")
    assert seen.case.reference in page.html
    assert mine.case.reference not in page.html
    assert other.case.reference not in page.html
    assert "Could read: 1 case" in page.text


def test_what_was_erased_is_marked(told: World, officer: Browser, walled_signal: Signal) -> None:
    from audit.erasure import erase_personal

    assert "has been erased" not in ask(officer, "board off").text
    erase_personal(AuditEvent.objects.filter(action=Action.SIGNAL_SENT), "request")
    page = ask(officer, "board off")
    assert "From whom this case was kept has been erased from the logbook" in page.text


@pytest.mark.parametrize("name", ["coordinator", "principal", "board_officer", "administrator", "teacher"])
def test_nobody_else_may_ask(told: World, login: Any, name: str) -> None:
    client = login(told.people[name])
    assert client.get(ASK).status_code == client.post(reverse("signals:readable-people")).status_code == 404
    assert "Wie kon wat" not in client.get("/logboek/").content.decode()


def test_the_logbook_leads_to_it(told: World, officer: Browser) -> None:
    assert officer.get("/logboek/").hrefs(ASK) == [ASK]
