"""A case never comes to somebody who left: not by putting it back, not by reopening it, not by a yes at that moment."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.access import reach
from accounts.models import User
from signals.errors import RuleError
from signals.models import Case, HandOver
from signals.services import cases, leaving
from signals.services.cases import case_close, case_note, case_take
from signals.services.handover import hand_over_answer
from signals.services.leaving import person_leave
from signals.services.steps import step_decline
from signals.services.transfers import case_merge, transfer_undo
from tests.conftest import World, send, typed
from tests.handing import propose
from tests.journeys.page import Browser

WHY = "Het begint weer van voren af aan."


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def address(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def leave(world: World, whom: User) -> None:
    person_leave(by=again(world.administrator), person=again(whom), within=reach(again(world.administrator)), takers={})


@pytest.fixture
def theirs(world: World, second: User) -> Case:
    """A case of the second coordinator, who will leave."""
    return case_take(by=again(second), case=send(world.author, typed(world, observed="Van de tweede.")).case)


def is_of_who_brought_it_back(world: World, desk: Browser, case: Case) -> None:
    assert Case.objects.get(pk=case.pk).owner == world.coordinator
    assert case.reference in desk.get(f"{reverse('signals:desk')}?tab=mine").text
    page = desk.get(address("case", case))
    assert "The owner can no longer open this case." not in page.text
    assert case.changes.filter(kind="owner", new=world.coordinator.reference).exists()


def test_a_case_that_stands_again_after_its_owner_left(
    world: World, login: Any, taken_case: Case, theirs: Case, second: User
) -> None:
    row = case_merge(by=world.coordinator, case=theirs, into=taken_case, reason=WHY, key=uuid.uuid4())
    leave(world, second)
    desk = Browser(login(world.coordinator))
    page = desk.get(address("case-reports", taken_case))
    back = next(form for form in page.forms if form.data().get("what") == row.reference)
    desk.send(back)
    row.refresh_from_db()
    assert row.undone_at
    is_of_who_brought_it_back(world, desk, theirs)


def test_a_case_that_is_reopened_after_its_owner_left(world: World, login: Any, theirs: Case, second: User) -> None:
    closed(theirs, second)
    leave(world, second)
    desk = Browser(login(world.coordinator))
    page = desk.get(address("case-reopen", theirs))
    desk.send(page.form(has="reason"), reason=WHY)
    is_of_who_brought_it_back(world, desk, theirs)


def test_who_still_handles_it_has_it_again(
    world: World, login: Any, taken_case: Case, theirs: Case, second: User
) -> None:
    row = case_merge(by=world.coordinator, case=theirs, into=taken_case, reason=WHY, key=uuid.uuid4())
    transfer_undo(by=world.coordinator, transfer=row)
    assert Case.objects.get(pk=theirs.pk).owner == second
    closed(theirs, second)
    desk = Browser(login(world.coordinator))
    desk.send(desk.get(address("case-reopen", theirs)).form(has="reason"), reason=WHY)
    assert Case.objects.get(pk=theirs.pk).owner == second


@pytest.mark.parametrize("how", ["account", "role"])
def test_who_says_yes_while_they_leave_does_not_leave(
    world: World, login: Any, taken_case: Case, second: User, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    row = propose(taken_case, world.coordinator, second)
    held = second.memberships.get()
    name = {"account": "account_close", "role": "role_end"}[how]
    goes_on = getattr(leaving, name)

    def meanwhile(**given: Any) -> None:
        accept(taken_case, second, row)
        goes_on(**given)

    monkeypatch.setattr(leaving, name, meanwhile)
    admin = Browser(login(world.administrator))
    path = f"/mensen/{second.reference}/"
    path += {"account": "vertrekken/", "role": f"rol/{held.reference}/stoppen/"}[how]
    page = admin.get(path)
    page = admin.send(next(form for form in page.forms if not form.action), expect=422)
    assert "A case came to this person in the meantime." in page.text
    assert again(second).is_active
    assert second.memberships.get().ends_on is None


def accept(case: Case, user: User, row: HandOver) -> None:
    hand_over_answer(by=again(user), case=Case.objects.get(pk=case.pk), reference=row.reference, accept=True)


def closed(case: Case, by: User) -> None:
    for step in case.steps.filter(state="open", obligation="must"):
        step_decline(by=again(by), step=step, reason="Dat is hier niet nodig.", applies=True)
    case_close(by=again(by), case=Case.objects.get(pk=case.pk), outcome="resolved", reason="Klaar en opgelost.")


# ---- two at once ----


def at_once(**acts: Callable[[], Any]) -> dict[str, str]:
    """Do these in threads of these names; how each of them ended."""
    ended: dict[str, str] = {}

    def run(name: str, act: Callable[[], Any]) -> None:
        try:
            act()
            ended[name] = ""
        except Exception as error:
            ended[name] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, name=pair[0]) for pair in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one writes at a time")


@postgresql
@pytest.mark.django_db(transaction=True)
def test_who_writes_in_a_case_while_they_leave_gets_it_written(
    world: World, taken_case: Case, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are asked to take it over, so that leaving waits for the case, while the note names who writes it."""
    propose(taken_case, world.coordinator, second)
    writes, closes = threading.Event(), threading.Event()
    check, close = cases.row_check, leaving.account_close

    def checked(row: Any) -> None:
        writes.set()
        assert closes.wait(20)
        check(row)

    def account_closed(**given: Any) -> None:
        assert writes.wait(20)
        close(**given)
        closes.set()

    monkeypatch.setattr(cases, "row_check", checked)
    monkeypatch.setattr(leaving, "account_close", account_closed)
    ended = at_once(
        writer=lambda: case_note(by=again(second), case=taken_case, text="Nog iets.", key=str(uuid.uuid4())),
        administrator=lambda: leave(world, second),
    )
    assert ended == {"writer": "", "administrator": ""}
    assert taken_case.notes.get().text == "Nog iets."
    assert not again(second).is_active
    assert HandOver.objects.get().state == "lapsed"


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_yes_that_is_being_written_while_they_leave(
    world: World, taken_case: Case, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees it yet when the account closes; leaving waits for it, and then finds it."""
    from signals.services import handover

    row = propose(taken_case, world.coordinator, second)
    writes, closes = threading.Event(), threading.Event()
    becomes, close = handover._becomes_owner, leaving.account_close

    def written(*given: Any) -> None:
        becomes(*given)
        writes.set()
        assert closes.wait(20)

    def account_closed(**given: Any) -> None:
        assert writes.wait(20)
        close(**given)
        closes.set()

    monkeypatch.setattr(handover, "_becomes_owner", written)
    monkeypatch.setattr(leaving, "account_close", account_closed)
    ended = at_once(writer=lambda: accept(taken_case, second, row), administrator=lambda: leave(world, second))
    assert ended == {"writer": "", "administrator": RuleError.__name__}
    assert Case.objects.get(pk=taken_case.pk).owner == second
    assert again(second).is_active
