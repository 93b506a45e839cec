"""A board officer who is away: a colleague of the board stands in, and nobody gets to see more by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail, User
from audit.models import AuditEvent
from signals.errors import RuleError
from signals.models import Absence, Case, Signal
from signals.services.cases import case_take
from signals.services.sending import signal_add
from tests.conftest import World, join, person
from tests.handing import away, key
from tests.journeys.page import Browser


@pytest.fixture
def second(world: World) -> User:
    user = person("tweede_bestuur")
    join(user, "board_officer", world.board)
    return user


@pytest.fixture
def walled(world: World, walled_signal: Signal) -> Case:
    """A case about a teacher, in hand with the officer."""
    return case_take(by=world.board_officer, case=walled_signal.case)


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def test_an_officer_goes_away_and_another_stands_in(world: World, login: Any, walled: Case, second: User) -> None:
    browser = Browser(login(world.board_officer))
    page = browser.get(browser.get("/werkplek/").hrefs("/afwezig/")[0])
    assert "Bestuur A" in page.text
    form = page.form(has="deputy")
    assert set(form.options("deputy")) == {"", world.board_officer.reference, second.reference}
    page = browser.send(form, deputy=second.reference, starts_on=day(0), ends_on=day(5))
    assert "Board Officer is away; Tweede Bestuur stands in" in page.text
    event = AuditEvent.objects.get(action="absence.set")
    assert (event.board_ref, event.school_ref, event.actor_role) == (world.board.reference, "", "board_officer")
    desk = Browser(login(second)).get("/werkplek/?tab=mine")
    assert walled.reference in desk.text
    signal_add(by=world.author, signal=walled.signals.get(), text="Nog iets.", key=key())
    told = OutgoingMail.objects.filter(kind="case.added_to").values_list("to", flat=True)
    assert set(told) == {world.board_officer.pk, second.pk}
    assert "Tweede Bestuur" in Browser(login(world.board_officer)).get(f"/casus/{walled.reference}/").text
    page = browser.send(browser.get("/afwezig/").form(action="/stoppen/"))
    assert "Nobody is away." in page.text
    assert walled.reference not in Browser(login(second)).get("/werkplek/?tab=mine").text


def test_who_is_kept_out_hears_nothing_by_standing_in(world: World, login: Any, walled: Case) -> None:
    """The deputy is whom the case is about."""
    join(world.subject, "board_officer", world.board)
    away(world.board_officer, world.subject, world.board)
    signal_add(by=world.author, signal=walled.signals.get(), text="Nog iets.", key=key())
    told = OutgoingMail.objects.filter(kind="case.added_to").values_list("to", flat=True)
    assert set(told) == {world.board_officer.pk}
    assert walled.reference not in Browser(login(world.subject)).get("/werkplek/?tab=mine").text


def test_only_officers_of_that_board_can_be_chosen_and_stop_it(world: World, login: Any, second: User) -> None:
    for other in (world.coordinator, world.other_board_officer, world.privacy_officer):
        with pytest.raises(RuleError):
            away(world.board_officer, other, world.board)
    row = away(world.board_officer, second, world.board)
    for other in (world.coordinator, world.principal, world.other_board_officer, world.teacher):
        assert login(other).post(f"/afwezig/{row.reference}/stoppen/").status_code == 404
    assert "Tweede Bestuur" not in Browser(login(world.coordinator)).get("/afwezig/").text
    assert Absence.objects.get().ended_at is None


def test_who_does_both_chooses_where(world: World, login: Any, second: User) -> None:
    """Of a school and of the board."""
    join(world.coordinator, "board_officer", world.board)
    browser = Browser(login(world.coordinator))
    page = browser.get("/afwezig/")
    assert "Het Lyceum" in page.text
    page = browser.get(f"/afwezig/?place={world.board.reference}")
    form = page.form(has="deputy")
    assert second.reference in form.options("deputy")
    values = {"deputy": second.reference, "starts_on": day(0), "ends_on": day(5)}
    browser.post(f"/afwezig/?place={world.board.reference}", form.fill(values))
    assert Absence.objects.get().board == world.board


def test_a_case_of_a_school_names_who_stands_in_there(
    world: World, login: Any, walled: Case, taken_case: Case, second: User
) -> None:
    """Its owner works at the board as well, and is away there first."""
    join(world.coordinator, "board_officer", world.board)
    join(colleague := person("collega"), "coordinator", world.school)
    Case.objects.filter(pk=walled.pk).update(owner=world.coordinator)
    browser = Browser(login(world.coordinator))

    def names(case: Case) -> list[str]:
        text = browser.get(f"/casus/{case.reference}/").text
        return [user.name for user in (second, colleague) if f"Away. {user.name} stands in." in text]

    away(world.coordinator, second, world.board)
    assert names(taken_case) == []
    away(world.coordinator, colleague, world.school)
    assert names(taken_case) == [colleague.name]
    assert names(walled) == []
