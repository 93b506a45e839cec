"""A board agrees steps of its own: proposing with a preview, a second person, and what a case keeps."""

import json
import uuid
from datetime import datetime, timedelta
from io import BytesIO, TextIOWrapper
from typing import Any
from unittest import mock
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.outbox import send_due
from audit.models import AuditEvent
from escalation.errors import AgreementError
from escalation.models import ProtocolChange
from escalation.selectors import decisions, protocol_at
from escalation.services.own_steps import own_step_approve, own_step_propose, own_step_stop
from signals.models import Signal, Step
from signals.services.cases import case_take
from signals.services.facts import facts_correct
from tests.agreeing import WHY, agree, agreed, off, otherwise, proposal, propose
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page

LIST, NEW = reverse("escalation:own-steps"), reverse("escalation:own-step-new")
CHANGE, TABLE = reverse("escalation:own-step-change"), reverse("escalation:protocol")
FIREWORKS = {"first": "concern=fireworks", "recipient": "parents", "obligation": "must", "urgency": "same_day"}


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.fixture
def officer(world: World, login: Any) -> Browser:
    return Browser(login(world.board_officer))


def fill(browser: Browser, path: str = NEW, expect: int = 200, **values: Any) -> Page:
    page = browser.get(path)
    return browser.send(page.form(has="why_nl"), expect=expect, **{"why_nl": WHY, **values})


def one(reference: str = "") -> ProtocolChange:
    return ProtocolChange.objects.get(**({"reference": reference} if reference else {}))


def steps_of(world: World, **changes: Any) -> dict[str, Step]:
    signal = send(world.author, typed(world, **{"concern": "fireworks", **changes}))
    return {step.recipient: step for step in signal.steps.all()}


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def test_from_proposal_to_a_step_on_a_report(world: World, login: Any, coordinator: Browser, officer: Browser) -> None:
    earlier = send(world.author, typed(world, concern="fireworks"))
    page = coordinator.get(TABLE)
    assert "Our board has no steps of its own" in page.text
    page = coordinator.get(page.hrefs("/afspraken/")[0])
    page = coordinator.get(page.hrefs("/nieuw/")[0])
    page = fill(coordinator, **FIREWORKS)
    assert "It is about: Fireworks" in page.text
    assert "In none of the twelve cases do the steps change." in page.text
    assert not ProtocolChange.objects.exists(), "nothing is proposed by looking"
    page = coordinator.send(page.form(has="recipient"), button="propose")
    row = one()
    assert (row.state, row.number, row.for_board) == ("proposed", 1, False)
    assert "Your proposal waits for a second person." in page.text
    assert "parents" not in steps_of(world), "it does not hold yet"
    [event] = events("protocol.proposed")
    assert (event.board_ref, event.actor_role, event.object_ref) == (
        world.board.reference,
        "coordinator",
        row.reference,
    )
    assert event.details == {"number": 1, "kind": "add", "recipient": "parents"}

    page = officer.get(reverse("signals:desk"))
    assert "1 proposal about a step waits for you" in page.text
    page = officer.get(page.hrefs("/afspraken/")[0])
    page = officer.get(page.hrefs(row.reference)[0])
    page = officer.send(page.form(action="/goedkeuren/"))
    assert "approved by Board Officer" in page.text
    [event] = events("protocol.approved")
    assert (event.actor_ref, event.actor_role) == (world.board_officer.reference, "board_officer")

    step = steps_of(world)["parents"]
    assert (step.obligation, step.basis, step.urgency, step.rules) == ("must", "product", "same_day", ["E01"])
    assert step.why_nl == step.why_en == WHY
    assert step.signal.protocol == "2026-11+1"
    assert earlier.protocol == "2026-11"
    assert not earlier.steps.filter(recipient="parents").exists(), "it keeps its steps"
    page = coordinator.get(reverse("signals:case", args=[step.case.reference]))
    assert "agreement of the board" in page.text
    assert "Afspraak van het bestuur, nr. 1" in page.text
    for user in (world.author, world.privacy_officer, world.administrator):
        assert "Agreement no. 1, since" in Browser(login(user)).get(TABLE).text
    assert "Our board has no steps" in Browser(login(world.other_coordinator)).get(TABLE).text


def test_the_table_shows_what_is_otherwise_and_what_is_off(world: World, coordinator: Browser) -> None:
    agreed(world)
    agree(world.coordinator, world.board_officer, world.board, off("R23", "principal"))
    page = coordinator.get(TABLE)
    assert "(in the national table: must · now)" in page.text
    assert "Switched off by our board: this step is not given." in page.text
    assert "agreement of the board" in page.text
    assert page.hrefs("?stap=R26:board"), "what is a proposal of ours can be agreed otherwise"
    assert not page.hrefs("?stap=R03:police_contact")
    assert not page.hrefs("?stap=R05:principal"), "about this one something is agreed already"
    found = steps_of(world, concern="recruiting", subject_role="outsider", person="", subject_description="Een man")
    assert (found["principal"].urgency, found["principal"].rules) == ("same_day", ["R05"])
    assert "principal" not in steps_of(world, concern="weapon")


def test_a_preview_shows_what_is_different_in_the_invented_cases(coordinator: Browser) -> None:
    page = coordinator.get(f"{CHANGE}?stap=R23:principal")
    assert page.form(has="why_nl").data()["step"] == "R23:principal"
    page = fill(coordinator, CHANGE, step="R28:principal", what="change", obligation="advice", urgency="planned")
    assert "The police call for names" in page.text
    assert "Principal: was must · today, becomes advised · planned together." in page.text
    assert "No difference in 11 cases" in page.text
    page = coordinator.send(page.form(has="step"), button="edit")
    assert page.form(has="why_nl").data()["urgency"] == "planned", "what was typed is still there"
    page = fill(coordinator, CHANGE, step="R05:principal", what="off")
    assert "No longer Principal (was must · now)." in page.text
    assert not ProtocolChange.objects.exists()


@pytest.mark.parametrize(
    ("step", "what", "words"),
    [
        ("R03:police_contact", "off", "“You suspect that someone wants to go to a war zone"),
        ("R03:police_contact", "change", "rests on government guidance (source: Rijksoverheid"),
        ("R18:board", "off", "rests on law"),
        ("R28:no_further_sharing", "off", "This would weaken another step."),
    ],
)
def test_weakening_a_law_or_a_guideline_is_refused_with_the_reason(
    coordinator: Browser, step: str, what: str, words: str
) -> None:
    how = {"obligation": "may", "urgency": "planned"} if what == "change" else {}
    page = fill(coordinator, CHANGE, 422, step=step, what=what, **how)
    assert words in page.text
    assert page.form(has="why_nl").data()["step"] == step
    page = coordinator.post(CHANGE, page.form(has="why_nl").fill({}) | {"action": "propose"}, 422)
    assert words in page.text, "nor without the preview"
    assert not ProtocolChange.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"first": ""}, "Choose at least one answer"),
        ({"second": "concern=weapon"}, "These answers can't hold together."),
        ({"why_nl": ""}, "Write why this belongs to it."),
        ({"starts_on": "2020-01-01"}, "Choose a day from today"),
        ({"recipient": ""}, "Choose who this step is for."),
    ],
)
def test_a_form_that_is_not_filled_in_well(coordinator: Browser, values: dict[str, str], words: str) -> None:
    assert words in fill(coordinator, expect=422, **{**FIREWORKS, **values}).text


def test_112_and_telling_nobody_more_can_t_be_chosen_nor_sent(world: World, coordinator: Browser) -> None:
    form = coordinator.get(NEW).form(has="why_nl")
    assert not {"emergency_112", "no_further_sharing"} & set(form.options("recipient"))
    with pytest.raises(AgreementError, match=r"(?i)kan een bestuur niet toevoegen|can't add"):
        propose(world.coordinator, world.board, proposal(recipient="emergency_112"))


# Two persons.


def test_nobody_approves_what_they_proposed_and_one_of_the_two_is_of_the_board(world: World, login: Any) -> None:
    row = propose(world.principal, world.board)
    colleague = person("tweede_schoolleider")
    join(colleague, "principal", world.sister_school)
    approve = reverse("escalation:own-step-approve", args=[row.reference])
    for user, status in ((world.principal, 403), (colleague, 403), (world.coordinator, 403)):
        assert login(user).post(approve, {"seen": 0}).status_code == status
        with pytest.raises(AgreementError):
            own_step_approve(by=user, row=row, seen=0)
    assert one().state == "proposed"
    board = propose(world.board_officer, world.board, otherwise("R05", "principal", obligation="must", urgency="now"))
    assert board.for_board
    own = reverse("escalation:own-step-approve", args=[board.reference])
    assert login(world.board_officer).post(own, {"seen": 0}).status_code == 403
    with pytest.raises(AgreementError):
        own_step_approve(by=world.board_officer, row=board, seen=0)
    page = Browser(login(colleague)).get(reverse("signals:followup"))
    assert "1 proposal about a step waits for you" in page.text, "only that of the board"
    assert login(colleague).post(reverse("escalation:own-step-approve", args=[board.reference]), {"seen": 0})
    assert one(board.reference).approved_by == colleague
    assert "waits for you" not in Browser(login(world.principal)).get(reverse("signals:followup")).text


def test_the_database_refuses_one_person_for_both(world: World) -> None:
    row = propose(world.board_officer, world.board)
    approved = {"state": "approved", "approved_at": timezone.now()}
    for wrong in (
        {**approved, "approved_by": world.board_officer},
        {**approved},
        {"state": "refused", "stopped_by": world.board_officer, "stopped_at": timezone.now(), "stop_reason": WHY},
        {"state": "ended", "stopped_by": world.principal, "stopped_at": timezone.now(), "stop_reason": WHY},
        {"kind": "off"},
        {"rule": "R05"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProtocolChange.objects.filter(pk=row.pk).update(**wrong)
    ProtocolChange.objects.filter(pk=row.pk).update(**approved, approved_by=world.principal)


def test_approving_asks_once_more_who_one_is(world: World, login: Any) -> None:
    row = propose(world.coordinator, world.board)
    client = login(world.board_officer, confirmed=False)
    response = client.post(reverse("escalation:own-step-approve", args=[row.reference]), {"seen": 0})
    assert response.status_code == 302
    assert f"next={reverse('kept_words')}" in unquote(response["Location"])
    assert one().state == "proposed"


def test_the_second_person_is_asked_by_mail_with_a_link_and_nothing_else(world: World, mailoutbox: list[Any]) -> None:
    row = propose(world.coordinator, world.board)
    assert [mail.to for mail in OutgoingMail.objects.filter(kind="protocol.proposed")] == [world.board_officer]
    assert send_due() == 1
    [mail] = mailoutbox
    assert reverse("escalation:own-step", args=[row.reference]) in mail.body
    assert WHY not in mail.body + mail.subject
    assert world.coordinator.name not in mail.body + mail.subject
    propose(world.board_officer, world.board)
    assert [mail.to for mail in OutgoingMail.objects.waiting()] == [world.principal], "no other officer"
    second = person("tweede_bestuurder")
    join(second, "board_officer", world.board)
    late = propose(world.board_officer, world.board)
    assert [mail.to for mail in OutgoingMail.objects.filter(reference=late.reference)] == [second]
    own_step_stop(by=world.board_officer, row=late, reason="Toch niet nodig.")
    assert send_due() == 1, "what was withdrawn is not mailed about any more"


def test_where_nobody_can_approve_the_page_says_so(world: World, coordinator: Browser) -> None:
    row = propose(world.coordinator, world.board)
    path, words = reverse("escalation:own-step", args=[row.reference]), "Nobody here can approve this"
    assert words not in coordinator.get(path).text
    world.board_officer.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert words in coordinator.get(path).text


# Refusing, withdrawing, ending.


@pytest.mark.parametrize(
    ("who", "button", "state"),
    [("board_officer", "Refuse", "refused"), ("coordinator", "Withdraw", "withdrawn")],
)
def test_a_proposal_is_refused_or_withdrawn_with_a_reason(
    world: World, login: Any, who: str, button: str, state: str
) -> None:
    row = propose(world.coordinator, world.board)
    browser = Browser(login(getattr(world, who)))
    page = browser.get(reverse("escalation:own-step", args=[row.reference]))
    assert button in [text for _href, text in page.links]
    page = browser.get(page.hrefs("/stoppen/")[0])
    page = browser.send(page.form(has="reason"), expect=422)
    assert "Write why." in page.text
    page = browser.send(page.form(has="reason"), reason="Dit doen wij al anders.")
    assert "Dit doen wij al anders." in page.text
    assert one().state == state
    [event] = events("protocol.stopped")
    assert event.details["to"] == state
    assert "anders" not in json.dumps(event.details)
    with pytest.raises(AgreementError, match=r"intussen|meanwhile"):
        own_step_approve(by=world.board_officer, row=one(), seen=0)


def test_what_holds_is_ended_by_the_board_alone(world: World, login: Any, officer: Browser) -> None:
    row = agree(world.coordinator, world.board_officer, world.board)
    stop = reverse("escalation:own-step-stop", args=[row.reference])
    for user in (world.coordinator, world.principal):
        assert login(user).get(stop).status_code == 403
        with pytest.raises(AgreementError):
            own_step_stop(by=user, row=row, reason="Niet meer nodig.")
    assert "zvh" in steps_of(world)
    officer.send(officer.get(stop).form(has="reason"), reason="Niet meer nodig.")
    assert one().state == "ended"
    assert "zvh" not in steps_of(world)


def test_sent_twice_is_once_and_two_at_once_don_t_pass_each_other(
    world: World, login: Any, coordinator: Browser
) -> None:
    page = fill(coordinator, **FIREWORKS)
    data = page.form(has="recipient").fill({}) | {"action": "propose"}
    for _again in range(2):
        coordinator.post(NEW, data)
    row = one()
    other = propose(world.principal, world.board)
    seen = decisions(world.board.pk)
    for _again in range(2):
        own_step_approve(by=world.board_officer, row=row, seen=seen)
    assert len(events("protocol.approved")) == 1
    with pytest.raises(AgreementError, match=r"opnieuw|once more"):
        own_step_approve(by=world.board_officer, row=other, seen=seen)
    page = Browser(login(world.board_officer)).post(
        reverse("escalation:own-step-approve", args=[other.reference]), {"seen": "9" * 5000}, 422
    )
    assert "Look at the consequences once more." in page.text
    with pytest.raises(AgreementError, match=r"intussen|meanwhile"):
        own_step_stop(by=world.board_officer, row=row, reason="Wij willen dit niet.")  # as it was when only proposed
    row = one(row.reference)
    for _again in range(2):
        own_step_stop(by=world.board_officer, row=row, reason="Niet meer nodig.")
    assert len(events("protocol.stopped")) == 1
    with pytest.raises(AgreementError, match=r"intussen|meanwhile"):
        own_step_stop(by=world.board_officer, row=row, reason="Een andere reden.")


def test_about_one_step_one_thing_is_agreed(world: World) -> None:
    agreed(world)
    with pytest.raises(AgreementError, match=r"al iets afgesproken|already"):
        propose(world.coordinator, world.board, off("R05", "principal"))
    propose(world.other_board_officer, world.other_school.board, off("R05", "principal"))


# From when, and what a case keeps.


def later(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def test_it_holds_from_its_first_day(world: World) -> None:
    day = timezone.localdate() + timedelta(days=5)
    agree(world.coordinator, world.board_officer, world.board, proposal(starts_on=day))
    assert "zvh" not in steps_of(world)
    assert Signal.objects.latest("pk").protocol == "2026-11"
    with mock.patch("django.utils.timezone.now", return_value=later(5)):
        assert {rule for rule in protocol_at(world.board.pk).rules if rule.startswith("E")} == {"E01"}
        assert protocol_at(world.other_school.board_id).version == "2026-11"


def test_new_facts_are_looked_at_with_the_agreements_of_the_report(world: World) -> None:
    """Ended since, or agreed since: it makes no difference to a case."""
    row = agree(
        world.coordinator,
        world.board_officer,
        world.board,
        proposal(conditions=(("calamity", "yes"),), recipient="zvh"),
    )
    signal = send(world.author, typed(world, concern="fireworks"))
    own_step_stop(by=world.board_officer, row=row, reason="Niet meer nodig.")
    agree(
        world.coordinator,
        world.board_officer,
        world.board,
        proposal(conditions=(("calamity", "yes"),), recipient="data_protection_officer"),
    )
    case_take(by=world.coordinator, case=signal.case)
    change = facts_correct(by=world.coordinator, signal=signal, answers={"calamity": True}, reason=WHY, seen=0)
    assert change
    new = {step.recipient: step for step in signal.steps.filter(change=change)}
    assert new["zvh"].rules == ["E01"]
    assert "data_protection_officer" not in new
    assert signal.protocol == "2026-11+1"
    fresh = send(world.author, typed(world, concern="fireworks"), {"calamity": True})
    assert fresh.protocol == "2026-11+3"
    assert {step.recipient for step in fresh.steps.all()} & {"zvh", "data_protection_officer"} == {
        "data_protection_officer"
    }


def test_sending_a_report_costs_one_query_more_however_much_is_agreed(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            send(world.author, typed(world, concern="fireworks"))
        return sum("escalation_protocolchange" in query["sql"] for query in found.captured_queries)

    assert cost() == 1
    for _number in range(3):
        agree(world.coordinator, world.board_officer, world.board)
    assert cost() == 1


def test_other_programs_can_ask_with_the_steps_of_a_board(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agree(world.coordinator, world.board_officer, world.board)
    facts = b'{"sector": "vo", "concern": "fireworks", "subject_role": "pupil"}\n'
    answers = []
    for options in ({"board": world.board.reference}, {}):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(facts)))
        call_command("escalate", **options)
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0]["protocol"] == "2026-11+1"
    assert [step["recipient"] for step in answers[0]["steps"]] == ["care_coordinator", "zvh"]
    assert answers[1]["protocol"] == "2026-11"
    with pytest.raises(CommandError, match="no board"):
        call_command("escalate", board="Nergens")


def test_somebody_of_two_boards_chooses_for_which_one_and_sees_both_tables(world: World, login: Any) -> None:
    both = person("twee_besturen")
    join(both, "coordinator", world.school)
    join(both, "coordinator", world.other_school)
    agree(world.coordinator, world.board_officer, world.board)
    browser = Browser(login(both))
    page = browser.get(TABLE)
    assert "Agreement no. 1" in page.text
    page = browser.get(TABLE + page.hrefs("?bestuur=")[0])
    assert "Our board has no steps of its own" in page.text
    page = fill(browser, board=world.other_school.board.reference, **FIREWORKS)
    browser.send(page.form(has="recipient"), button="propose")
    assert ProtocolChange.objects.filter(board=world.other_school.board).count() == 1


def test_a_proposal_of_another_board_is_not_there(world: World, login: Any) -> None:
    row = propose(world.coordinator, world.board)
    for name in ("own-step", "own-step-stop"):
        assert (
            login(world.other_board_officer).get(reverse(f"escalation:{name}", args=[row.reference])).status_code == 404
        )
    assert row.reference not in login(world.other_board_officer).get(LIST).content.decode()
    with pytest.raises((AgreementError, ValidationError)):
        own_step_approve(by=world.other_board_officer, row=row, seen=0)
    with pytest.raises(AgreementError):
        own_step_propose(by=world.coordinator, board=world.board, proposal=off("R99", "board"), key=uuid.uuid4())


def test_other_words_under_the_same_key_come_back_and_are_proposed_when_sent_once_more(
    coordinator: Browser,
) -> None:
    page = fill(coordinator, **FIREWORKS)
    form = next(form for form in page.forms if "why_nl" in form.names())
    sent = {**form.data(), "action": "propose"}
    first = coordinator.post(NEW, sent)
    assert coordinator.post(NEW, sent).path == first.path, "a second click"
    other = "Daarna bellen wij altijd eerst met de ouders thuis."
    page = coordinator.post(NEW, {**sent, "why_nl": other}, 422)
    assert "This form was sent before." in page.text
    assert ProtocolChange.objects.count() == 1
    page = coordinator.send(page.form(has="why_nl"), first="concern=weapon")
    coordinator.send(next(form for form in page.forms if "why_nl" in form.names()), "propose")
    assert ProtocolChange.objects.filter(why_nl=other).count() == 1
