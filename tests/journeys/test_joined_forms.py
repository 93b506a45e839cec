"""A colleague puts a case with another one: every page, form and button of the old one leads to where it stands."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from accounts.references import new_reference
from signals.models import Attachment, Case, FactsChange, Note, Signal
from signals.services.cases import case_close, case_join, case_reopen
from signals.services.handover import hand_over_withdraw
from signals.services.steps import step_decline
from signals.services.transfers import signal_move
from signals.services.walls import case_wall
from tests.conftest import World, send, typed
from tests.filing import keep
from tests.handing import propose
from tests.joining import WHY, Cases, two_cases
from tests.journeys.page import Browser
from tests.sharing import share

TEXT = "Moeder belde, zij wil niet dat dit verder gaat."


@pytest.fixture
def cases(world: World, taken_case: Case) -> Cases:
    return two_cases(world, taken_case)


@pytest.fixture
def nothing_must(world: World, cases: Cases) -> None:
    """Nothing that must be done is open any more, so both can be closed."""
    for case in (cases.old, cases.new):
        for step in case.steps.filter(state="open", obligation="must"):
            step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
        case.refresh_from_db()


WORDS = {
    "sluiten/": {"reason": TEXT, "outcome": "resolved"},
    "status/monitoring/": {"reason": TEXT},
    "overdragen/": {"text": TEXT},
    "delen/": {"reason": TEXT},
    "meldingen/": {"reason": TEXT},
    "dossier/": {"purpose": TEXT},
    "antwoorden/": {"reason": TEXT},
    "afschermen/": {"reason": TEXT},
}
BUTTONS = (
    "oppakken/",
    "overnemen/",
    "overdracht/intrekken/",
    "meldingen/terugzetten/",
    "persoon/6f0e1d2c-3b4a-4958-8776-655443322110/rol/",
    "delen/7K3M-9QXD-T4/stoppen/",
)


@pytest.mark.usefixtures("nothing_must")
@pytest.mark.parametrize("part", WORDS)
def test_other_words_come_back_on_the_case_where_it_stands(
    world: World, login: Any, cases: Cases, second: User, part: str
) -> None:
    browser, values = Browser(login(world.coordinator)), WORDS[part]
    page = browser.get(f"/casus/{cases.old.reference}/{part}")
    form = page.form(has=next(iter(values)))
    path, data = (form.action if form.action.startswith("/") else page.path + form.action), form.fill(values)
    cases.merge()
    page = browser.post(path, data, 409)
    assert f"Case {cases.old.reference} was put with case {cases.new.reference} meanwhile." in page.text
    form = page.form(has=next(iter(values)))
    assert TEXT in form.data().values()
    assert form.action.startswith(f"/casus/{cases.new.reference}/{part}")
    case = Case.objects.get(pk=cases.new.pk)
    assert (case.status, case.walled, case.hand_overs.count(), case.shares.count()) == ("in_review", False, 0, 0)


@pytest.mark.usefixtures("nothing_must")
def test_it_is_closed_there_when_it_is_sent_once_more(world: World, login: Any, cases: Cases) -> None:
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{cases.old.reference}/sluiten/")
    path, data = page.path, page.form(has="outcome").fill(WORDS["sluiten/"])
    cases.merge()
    page = browser.post(path, data, 409)
    assert "A colleague was first" in page.text
    browser.send(page.form(has="outcome"))
    assert Case.objects.get(pk=cases.new.pk).close_reason == TEXT


def test_a_reason_to_take_a_file_out_comes_back(world: World, login: Any, cases: Cases) -> None:
    row, browser = keep(cases.old, world.coordinator, "a.txt"), Browser(login(world.coordinator))
    part = f"bestand/{row.reference}/weghalen/"
    page = browser.get(f"/casus/{cases.old.reference}/{part}")
    path, data = page.path, page.form(has="reason").fill({"reason": TEXT})
    cases.merge()
    form = browser.post(path, data, 409).form(has="reason")
    assert form.action == f"/casus/{cases.new.reference}/{part}"
    browser.send(form)
    assert Attachment.objects.get().ended_at


@pytest.mark.parametrize("part", [*WORDS, "overdracht/", "heropenen/", "taak/", "overleg/"])
def test_a_page_leads_on_and_says_so(world: World, login: Any, cases: Cases, part: str) -> None:
    cases.merge()
    page = Browser(login(world.coordinator)).get(f"/casus/{cases.old.reference}/{part}")
    assert page.path == f"/casus/{cases.new.reference}/"
    assert f"Case {cases.old.reference} was put with case {cases.new.reference} meanwhile." in page.text


@pytest.mark.parametrize("part", BUTTONS)
def test_a_button_leads_on_and_says_so(world: World, login: Any, cases: Cases, part: str) -> None:
    cases.merge()
    page = Browser(login(world.coordinator)).post(f"/casus/{cases.old.reference}/{part}", {})
    assert page.path == f"/casus/{cases.new.reference}/"
    assert f"Case {cases.old.reference} was put with case {cases.new.reference} meanwhile." in page.text


def test_the_principal_is_led_on_too(world: World, login: Any, cases: Cases) -> None:
    cases.merge()
    browser, old = Browser(login(world.principal)), f"/opvolging/{cases.old.reference}/"
    assert browser.get(old).path == f"/opvolging/{cases.new.reference}/"
    page = browser.post(f"{old}aangesproken/", {})
    assert page.path == f"/opvolging/{cases.new.reference}/"
    assert f"was put with case {cases.new.reference} meanwhile." in page.text
    form = browser.post(f"{old}verhaal/", {"reason": TEXT}, 409).form(has="reason")
    assert form.action == f"/opvolging/{cases.new.reference}/verhaal/"
    assert form.data()["reason"] == TEXT


def test_what_can_not_be_done_there_can_be_kept_as_a_note(world: World, login: Any, cases: Cases, second: User) -> None:
    row, browser = propose(cases.old, world.coordinator, second), Browser(login(second))
    page = browser.get(f"/casus/{cases.old.reference}/overdracht/")
    path, data = page.path, page.form(has="reason").fill({"reason": TEXT})
    cases.merge()
    accepted = browser.post(path, {"answer": "accept", "asked": row.reference})
    assert accepted.path == f"/casus/{cases.new.reference}/"
    assert "meanwhile. You see that case now; nothing else was changed." in accepted.text
    page = browser.post(path, data, 409)
    assert "below you can keep it as a note." in page.text
    browser.send(page.form(action=f"/casus/{cases.new.reference}/notitie/"))
    assert TEXT in Note.objects.get(case=cases.new).text
    assert Case.objects.get(pk=cases.new.pk).owner == world.coordinator


def test_a_refusal_of_what_was_withdrawn_is_not_lost(world: World, login: Any, cases: Cases, second: User) -> None:
    row, browser = propose(cases.old, world.coordinator, second), Browser(login(second))
    page = browser.get(f"/casus/{cases.old.reference}/overdracht/")
    path, data = page.path, page.form(has="reason").fill({"reason": TEXT})
    hand_over_withdraw(by=world.coordinator, case=cases.old, reference=row.reference)
    page = browser.post(path, data, 409)
    assert "answered or withdrawn" in page.text
    browser.send(page.form(action=f"/casus/{cases.old.reference}/notitie/"))
    assert TEXT in Note.objects.get().text


@pytest.mark.usefixtures("nothing_must")
def test_reopening_what_was_put_with_another_keeps_the_words(world: World, login: Any, cases: Cases) -> None:
    old = case_close(by=world.coordinator, case=cases.old, outcome="resolved", reason=WHY)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{old.reference}/heropenen/")
    path, data = page.path, page.form(has="reason").fill({"reason": TEXT})
    case_reopen(by=world.coordinator, case=old, reason=WHY)
    cases.merge()
    page = browser.post(path, data, 409)
    assert "below you can keep it as a note." in page.text
    browser.send(page.form(action=f"/casus/{cases.new.reference}/notitie/"))
    assert TEXT in Note.objects.get().text


def test_words_stay_on_the_page_while_something_must_be_done_there(world: World, login: Any, cases: Cases) -> None:
    cases.merge()
    page = Browser(login(world.coordinator)).post(f"/casus/{cases.old.reference}/sluiten/", WORDS["sluiten/"], 409)
    assert "that must be done" in page.text
    assert TEXT in page.html


def test_the_colleagues_are_those_of_the_case_where_it_stands(world: World, login: Any, cases: Cases) -> None:
    share(cases.old, world.coordinator, world.teacher)
    cases.merge()
    path = f"/casus/{cases.old.reference}/delen/collegas/"
    assert world.author.name in Browser(login(world.coordinator)).post(path, {"colleague_query": "auth"}).text


PARTS = [*WORDS, *BUTTONS, "notitie/", "overdracht/", "heropenen/", "taak/", "overleg/", "bestand/", "delen/collegas/"]


@pytest.mark.parametrize("part", PARTS)
def test_who_may_not_see_the_other_case_learns_nothing(
    world: World, login: Any, cases: Cases, second: User, part: str
) -> None:
    browser = Browser(login(second))
    cases.merge()
    case_wall(by=world.coordinator, case=cases.new, reason=WHY, keeper=world.coordinator)
    data = {"text": TEXT, "reason": TEXT, "key": str(uuid.uuid4())}
    page = browser.post(f"/casus/{cases.old.reference}/{part}", data, 404)
    assert cases.new.reference not in page.html
    assert page.text == browser.post(f"/casus/7K3M-9QXD-T4/{part}", data, 404).text
    if part not in (*BUTTONS, "notitie/", "delen/collegas/"):
        browser.get(f"/casus/{cases.old.reference}/{part}", 404)


def test_answers_of_a_report_that_alone_went_to_another_case_come_back(
    world: World, login: Any, cases: Cases, second: User
) -> None:
    report = send(world.author, typed(world))
    case_join(by=world.coordinator, case=report.case, into=cases.old)
    browser, at = Browser(login(world.coordinator)), f"antwoorden/?melding={report.reference}"
    form = browser.get(f"/casus/{cases.old.reference}/{at}").form(has="reason")
    report.refresh_from_db()
    signal_move(by=world.coordinator, signal=report, into=cases.new, reason=WHY, key=uuid.uuid4())
    went = f"This report went from case {cases.old.reference} to case {cases.new.reference} meanwhile."
    page = browser.post(form.action, form.fill({"reason": TEXT, "immediate_danger": "yes"}), 409)
    assert went in page.text
    form = page.form(has="reason")
    assert form.action == f"/casus/{cases.new.reference}/{at}"
    assert TEXT in form.data().values()
    assert not FactsChange.objects.exists()
    browser.send(form)
    assert FactsChange.objects.get().reason == TEXT
    page = browser.get(f"/casus/{cases.old.reference}/{at}")
    assert page.path == f"/casus/{cases.new.reference}/antwoorden/"
    assert went in page.text


def test_answers_of_a_report_of_a_case_one_does_not_see_are_not_there(
    world: World, login: Any, cases: Cases, walled_signal: Signal
) -> None:
    browser = Browser(login(world.coordinator))
    browser.get(f"/casus/{cases.old.reference}/antwoorden/?melding={walled_signal.reference}", 404)
    browser.get(f"/casus/{cases.old.reference}/antwoorden/?melding={new_reference()}", 404)
