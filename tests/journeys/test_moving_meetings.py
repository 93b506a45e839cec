"""Moving a meeting that is to come: when, where and with whom; what it was stays, and who is invited hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from icalendar import Calendar

from accounts.mailkinds import KINDS
from accounts.models import OutgoingMail, User
from accounts.outbox import send_due
from audit.models import AuditEvent
from signals.errors import RuleError
from signals.models import Case, Meeting
from signals.services.cases import case_close
from signals.services.meetings import meeting_add
from signals.services.walls import case_wall
from tests.conftest import World
from tests.handing import key, meet
from tests.journeys.page import Browser

WHY = "Het gaat om een medewerker, dus het hoort bij het bestuur."
IN = timedelta(days=2)


def coming(case: Case, by: User, *present: User) -> Meeting:
    return meet(case, by, starts_at=timezone.now() + IN, present=present)


def mailed(kind: str) -> list[tuple[User, str]]:
    return [(row.to, row.path) for row in OutgoingMail.objects.filter(kind=kind).order_by("id")]


def days(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def event_of(client: Any, meeting: Meeting) -> Any:
    [event] = Calendar.from_ical(client.get(f"/overleg/{meeting.reference}/agenda.ics").content).walk("VEVENT")
    return event


def test_a_meeting_is_moved(world: World, login: Any, taken_case: Case, second: User) -> None:
    held = coming(taken_case, world.coordinator, world.coordinator, second, world.principal)
    assert mailed("meeting.planned") == [(second, f"/overleg/{held.reference}/")], (
        "not who made it, nor who can't open it"
    )
    client = login(world.coordinator)
    browser, before = Browser(client), event_of(client, held)
    page = browser.get(browser.get(f"/overleg/{held.reference}/").hrefs("/verzetten/")[0])
    form = page.form(has="held_on")
    assert form.data()["outsider_1"] == "Jeugdarts van de GGD"
    page = browser.send(form, held_on=days(5), held_at="13:30", place="Kamer 2.14")
    assert "The meeting is changed." in page.text
    assert "they get no mail: Principal, Jeugdarts van de GGD." in page.text
    assert "Where Kamer 2.14" in page.text
    assert "Present Coordinator, Tweede, Principal" in page.text
    assert "Changed the meeting of" in page.text
    assert f"It was on {timezone.localtime(held.starts_at):%-d %B %Y %H:%M}" in page.text
    assert mailed("meeting.changed") == [(second, f"/overleg/{held.reference}/")]
    after = event_of(client, held)
    assert (after["uid"], before["sequence"], after["sequence"]) == (before["uid"], 0, 1)
    assert after.decoded("dtstart").isoformat()[:10] == days(5)
    event = AuditEvent.objects.get(action="meeting.moved")
    assert event.object_ref == held.reference
    assert "Kamer" not in str(event.details)
    assert "It was on" in browser.get(f"/casus/{taken_case.reference}/").text


def test_who_is_taken_off_hears_of_it_and_who_comes_too(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    held = coming(taken_case, world.coordinator, world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/overleg/{held.reference}/verzetten/")
    page = browser.send(page.form(has="held_on"), present=[second.reference], outsider_1="")
    assert "Present Tweede" in page.text
    assert "Jeugdarts" not in page.text.split("Added later")[0]
    assert "Present Coordinator, Jeugdarts van de GGD" in page.text.split("Added later")[1]
    other = Browser(login(second))
    page = other.get(f"/overleg/{held.reference}/verzetten/")
    other.send(page.form(has="held_on"), present=[world.coordinator.reference])
    assert [to for to, _path in mailed("meeting.changed")] == [second, world.coordinator]


def test_twice_is_once_and_two_see_both(world: World, login: Any, taken_case: Case, second: User) -> None:
    held = coming(taken_case, world.coordinator, world.coordinator, second)
    first, other = Browser(login(world.coordinator)), Browser(login(second))
    one, two = (who.get(f"/overleg/{held.reference}/verzetten/").form(has="held_on") for who in (first, other))
    sent = one.fill({"held_on": days(5), "place": "Kamer 2"})
    for _click in range(2):
        first.post(f"/overleg/{held.reference}/verzetten/", sent)
    assert AuditEvent.objects.filter(action="meeting.moved").count() == 1
    assert len(mailed("meeting.changed")) == 1
    page = other.send(two, expect=409, place="De aula")
    assert "A colleague changed this meeting" in page.text
    assert "Kamer 2" in page.text.split("What it says now")[1]
    form = page.form(has="held_on")
    assert form.data()["place"] == "De aula"
    assert "Where De aula" in other.send(form).text
    assert event_of(login(second), held)["sequence"] == 2


def test_who_changes_nothing_is_told_so(world: World, login: Any, taken_case: Case, second: User) -> None:
    at = (timezone.now() + IN).replace(second=0, microsecond=0)
    held = meet(taken_case, world.coordinator, starts_at=at, present=(world.coordinator, second))
    browser = Browser(login(world.coordinator))
    page = browser.send(browser.get(f"/overleg/{held.reference}/verzetten/").form(has="held_on"))
    assert "You changed nothing" in page.text
    assert "The meeting is changed" not in page.text
    assert not AuditEvent.objects.filter(action="meeting.moved").exists()
    page = browser.send(browser.get(f"/overleg/{held.reference}/verzetten/").form(has="held_on"), place="De aula")
    assert "The meeting is changed" in page.text


def test_what_was_held_or_cancelled_stays(world: World, login: Any, taken_case: Case, second: User) -> None:
    held, off = meet(taken_case, world.coordinator), coming(taken_case, world.coordinator, world.coordinator, second)
    stale = Browser(login(second)).get(f"/overleg/{off.reference}/verzetten/").form(has="held_on")
    meeting_add(by=world.coordinator, meeting=off, text="De arts is ziek.", key=key(), cancel=True)
    assert mailed("meeting.changed") == [(second, f"/overleg/{off.reference}/")]
    browser = Browser(login(second))
    for row in (held, off):
        assert browser.get(f"/overleg/{row.reference}/").hrefs("/verzetten/") == []
        assert "held or cancelled already" in browser.get(f"/overleg/{row.reference}/verzetten/").text
    assert "held or cancelled already" in browser.send(stale, expect=422, held_on=days(5)).text
    assert Meeting.objects.get(pk=off.pk).starts_at == off.starts_at


def test_a_moment_that_is_over_is_asked_about(world: World, login: Any, taken_case: Case) -> None:
    held = coming(taken_case, world.coordinator, world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/overleg/{held.reference}/verzetten/")
    page = browser.send(page.form(has="held_on"), expect=422, held_on=days(-1))
    assert "Choose a moment that has yet to come." in page.text
    assert not AuditEvent.objects.filter(action="meeting.moved").exists()


def test_no_mail_once_one_may_no_longer_see(world: World, taken_case: Case, second: User) -> None:
    coming(taken_case, world.coordinator, world.coordinator, second)
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=world.coordinator)
    send_due()
    row = OutgoingMail.objects.filter(kind="meeting.planned").first()
    assert row is None or row.sent_at is None
    assert not KINDS["meeting.planned"].wanted(User.objects.get(pk=second.pk), taken_case.reference)


SELF = "they get no mail: Principal, Jeugdarts van de GGD."


def test_who_gets_no_mail_is_said_when_it_is_planned_and_when_it_is_cancelled(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    browser = Browser(login(world.coordinator))
    there = [user.reference for user in (world.coordinator, second, world.principal)]
    values = {"present": there, "outsider_1": "Jeugdarts van de GGD", "named_1": "no", "held_at": "13:30"}
    path = f"/casus/{taken_case.reference}/overleg/"
    form = browser.get(path).form(has="held_on")
    assert SELF in browser.send(form, held_on=days(5), **values).text
    assert (
        "they get no mail" not in browser.send(browser.get(path).form(has="held_on"), held_on=days(-5), **values).text
    )
    held = Meeting.objects.get(starts_at__gt=timezone.now())
    page = browser.get(f"/overleg/{held.reference}/aanvullen/")
    assert "they get no mail" not in browser.send(page.form(has="text"), text="Neem het verslag mee.").text
    page = browser.get(f"/overleg/{held.reference}/aanvullen/")
    assert SELF in browser.send(page.form(has="text"), text="Het is niet meer nodig.", cancel="on").text


def test_who_closes_a_case_sees_what_is_to_come_and_can_cancel_it_afterwards(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    held, over = coming(taken_case, world.coordinator, second), meet(taken_case, world.coordinator)
    taken_case.steps.update(state="done")
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/sluiten/")
    assert "One meeting is still to come" in page.text
    case_close(by=world.coordinator, case=taken_case, outcome="resolved", reason=WHY)
    assert "One meeting is still to come" not in browser.get(f"/casus/{taken_case.reference}/").text
    assert "/aanvullen/" not in str(browser.get(f"/overleg/{over.reference}/").hrefs(""))
    OutgoingMail.objects.all().delete()
    page = browser.get(browser.get(f"/overleg/{held.reference}/").hrefs("/aanvullen/")[0])
    page = browser.send(page.form(has="text"), text="De casus is gesloten.", cancel="on")
    assert "does not take place" in page.text
    assert mailed("meeting.changed") == [(second, f"/overleg/{held.reference}/")]
    assert KINDS["meeting.changed"].wanted(second, taken_case.reference)
    assert not KINDS["meeting.planned"].wanted(second, taken_case.reference)
    with translation.override("en"), pytest.raises(RuleError, match="reopen it"):
        meeting_add(by=world.coordinator, meeting=held, text="Nog iets.", key=key())
