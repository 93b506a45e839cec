"""A case goes to another owner only when they accept; who is away has a deputy, who gets to see nothing more by it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.access import reach
from accounts.models import OutgoingMail, User
from accounts.outbox import send_due
from accounts.services.roles import role_end
from audit.models import AuditEvent
from signals import access
from signals.errors import RuleError
from signals.models import Absence, Case, HandOver
from signals.services import handover as services
from signals.services.absences import absence_end
from signals.services.cases import case_close, case_take
from signals.services.facts import facts_correct
from signals.services.glass import glass_break
from signals.services.leaving import person_leave, role_leave
from signals.services.moving import look_at_due
from signals.services.steps import step_decline
from signals.services.walls import case_unwall, case_wall
from signals.told import line_of
from tests.conftest import World, join, person, send, typed
from tests.handing import WHY, away, key, propose
from tests.journeys.page import Browser

NO = "Ik heb deze weken zelf geen ruimte."


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What a rule says, as it stands in the code."""
    with translation.override("en"):
        yield


def owner(case: Case) -> User | None:
    return Case.objects.get(pk=case.pk).owner


def state(row: HandOver) -> str:
    return HandOver.objects.get(pk=row.pk).state


def mailed() -> list[tuple[str, str]]:
    """Send what waits; to whom it went, with its subject."""
    mail.outbox.clear()
    send_due()
    return sorted((found.to[0].partition("@")[0], found.subject) for found in mail.outbox)


def last_action() -> str:
    return AuditEvent.objects.latest("id").action


# ---- asking and answering ----


def test_from_question_to_new_owner(world: World, login: Any, taken_case: Case, second: User) -> None:
    first, other = Browser(login(world.coordinator)), Browser(login(second))
    path = f"/casus/{taken_case.reference}/"
    page = first.get(first.get(path).hrefs("overdragen")[0])
    assert page.form(has="to").options("to") == ["", second.reference]
    page = first.send(page.form(has="to"), to=second.reference, text=WHY)
    assert "Until they accept, it stays yours." in page.text
    assert owner(taken_case) == world.coordinator
    assert [line for line in mailed() if line[0] == "tweede"] == [
        ("tweede", f"Schoolsafety: casus {taken_case.reference}")
    ]
    assert "Noor" not in mail.outbox[0].body
    desk = other.get("/werkplek/")
    assert "Handed over to you: accept or refuse" in desk.text
    page = other.get(desk.hrefs("overdracht")[0])
    assert WHY in page.text
    page = other.send(page.form(has="answer"))
    assert "The case is yours now." in page.text
    assert owner(taken_case) == second
    assert last_action() == "case.read"
    assert AuditEvent.objects.filter(action="handover.accepted").count() == 1
    for words in ("Asked Tweede to take the case over", "Became the owner of the case", "Owners Tweede", WHY):
        assert words in page.text
    assert "Handed over to you" not in other.get("/werkplek/").text


def test_refusing_needs_a_reason_and_leaves_the_owner(world: World, login: Any, taken_case: Case, second: User) -> None:
    propose(taken_case, world.coordinator, second)
    other = Browser(login(second))
    page = other.get(f"/casus/{taken_case.reference}/overdracht/")
    page = other.send(page.form(has="reason"), expect=422, reason="nee")
    assert "Write a little more" in page.text
    page = other.send(page.form(has="reason"), reason=NO)
    assert owner(taken_case) == world.coordinator
    text = Browser(login(world.coordinator)).get(f"/casus/{taken_case.reference}/").text
    assert "Did not take the case over" in text
    assert NO in text
    assert ("coordinator", f"Schoolsafety: casus {taken_case.reference}") in mailed()


def test_refusing_again_with_another_reason_gives_the_words_back(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    propose(taken_case, world.coordinator, second)
    other = Browser(login(second))
    path = f"/casus/{taken_case.reference}/overdracht/"
    data = other.get(path).form(has="reason").data()
    for _click in range(2):
        assert "Your answer was sent." in other.post(path, data | {"reason": NO}).text
    why = "Ik ben familie van dit kind."
    page = other.post(path, data | {"reason": why}, expect=409)
    assert "what stands here now is not kept yet" in page.text
    assert "Your answer was sent." not in page.text
    other.send(page.form(action="/notitie/"))
    text = Browser(login(world.coordinator)).get(f"/casus/{taken_case.reference}/").text
    assert NO in text
    assert why in text, "it was kept as a note"


def test_withdrawing_and_answering_too_late(world: World, login: Any, taken_case: Case, second: User) -> None:
    propose(taken_case, world.coordinator, second)
    other = Browser(login(second))
    late = other.get(f"/casus/{taken_case.reference}/overdracht/").form(has="answer")
    first = Browser(login(world.coordinator))
    page = first.get(f"/casus/{taken_case.reference}/")
    page = first.send(page.form(action="/intrekken/"))
    assert "Withdrawn. The case stays yours." in page.text
    page = other.send(late)
    assert "This is no longer asked of you" in page.text
    assert owner(taken_case) == world.coordinator
    assert "Nothing is asked of you here" in other.get(f"/casus/{taken_case.reference}/overdracht/").text
    row = propose(taken_case, world.coordinator, second)
    other.post(late.action or f"/casus/{taken_case.reference}/overdracht/", late.data())
    assert (owner(taken_case), state(row)) == (world.coordinator, "proposed"), "an old page answers no new question"


def test_two_answers_and_two_questions_at_once(world: World, taken_case: Case, second: User) -> None:
    one = key()
    row = propose(taken_case, world.coordinator, second, key=one)
    assert propose(taken_case, world.coordinator, second, key=one) == row
    with pytest.raises(RuleError, match="asked a colleague already"):
        propose(taken_case, world.coordinator, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            key=key(), case=taken_case, by=world.coordinator, to=second, text="x", created_at=timezone.now()
        )
    answer = {"by": second, "case": taken_case, "reference": row.reference}
    services.hand_over_answer(accept=True, **answer)
    before = AuditEvent.objects.count()
    services.hand_over_answer(accept=True, **answer)  # a double click
    assert AuditEvent.objects.count() == before
    with pytest.raises(RuleError, match="no longer asked"):
        services.hand_over_answer(accept=False, reason=NO, **answer)
    with pytest.raises(RuleError, match="answered already"):
        services.hand_over_withdraw(by=world.coordinator, case=taken_case, reference=row.reference)
    with pytest.raises(RuleError, match="Only the owner"):
        propose(taken_case, world.coordinator, second)
    assert (owner(taken_case), HandOver.objects.count()) == (second, 1)


def test_who_can_be_asked_and_who_can_answer(world: World, login: Any, taken_case: Case, second: User) -> None:
    for who in ("author", "principal", "sister_coordinator", "other_coordinator", "board_officer", "administrator"):
        with pytest.raises(RuleError, match="can't handle"):
            propose(taken_case, world.coordinator, world.people[who])
    third = person("derde")
    join(third, "coordinator", world.school)
    row = propose(taken_case, world.coordinator, second)
    with pytest.raises(RuleError, match="no longer asked of you"):
        services.hand_over_answer(by=third, case=taken_case, reference=row.reference, accept=True)
    with pytest.raises(RuleError, match="answered already"):
        services.hand_over_withdraw(by=third, case=taken_case, reference=row.reference)
    client = login(third)
    asked = {"answer": "accept", "asked": row.reference}
    assert client.post(f"/casus/{taken_case.reference}/overdracht/", asked).status_code == 403
    assert last_action() == "access.refused"
    assert owner(taken_case) == world.coordinator


def test_nobody_who_is_kept_out_can_be_asked(world: World, taken_case: Case, second: User) -> None:
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=world.coordinator, bar=(second,))
    case_unwall(by=world.coordinator, case=taken_case, reason=WHY)
    with pytest.raises(RuleError, match="can't handle"):
        propose(taken_case, world.coordinator, second)


def closed(world: World, case: Case) -> None:
    for step in case.steps.filter(state="open", obligation="must"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=case, outcome="resolved", reason=WHY)


def walled(world: World, case: Case) -> None:
    case_wall(by=world.coordinator, case=case, reason=WHY, keeper=world.coordinator)


def about_staff(world: World, case: Case) -> None:
    report, answers = case.signals.get(), {"subject_role": "staff"}
    facts_correct(by=world.coordinator, signal=report, answers=answers, reason=WHY, seen=0)


@pytest.mark.parametrize("happens", [closed, walled, about_staff])
def test_it_lapses_with_the_case(world: World, taken_case: Case, second: User, happens: Any) -> None:
    row = propose(taken_case, world.coordinator, second)
    happens(world, taken_case)
    assert state(row) == "lapsed"
    assert AuditEvent.objects.filter(action="handover.lapsed").count() == 1
    assert not [line for line in mailed() if line[0] == "tweede"], "what no longer holds is not mailed"
    with pytest.raises(RuleError):
        services.hand_over_answer(by=second, case=taken_case, reference=row.reference, accept=True)


def test_it_lapses_when_the_colleague_stops_or_the_owner_leaves(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    within = reach(world.administrator)
    row = propose(taken_case, world.coordinator, second)
    role_leave(by=world.administrator, role=second.memberships.get(), within=within, last_day=None, takers={})
    assert state(row) == "lapsed"
    third = person("derde")
    join(third, "coordinator", world.school)
    row = propose(taken_case, world.coordinator, third)
    takers = {taken_case.reference: third}
    person_leave(by=world.administrator, person=world.coordinator, within=within, takers=takers)
    assert (owner(taken_case), state(row)) == (third, "lapsed")
    text = Browser(login(third)).get(f"/casus/{taken_case.reference}/").text
    assert "Owners Derde since" in text
    assert "Coordinator from" in text


def test_a_question_to_somebody_without_the_role_by_now_gives_way(world: World, taken_case: Case, second: User) -> None:
    """A role may also end by its date."""
    old = propose(taken_case, world.coordinator, second)
    role_end(by=world.administrator, membership=second.memberships.get(), last_day=None)
    third = person("derde")
    join(third, "coordinator", world.school)
    new = propose(taken_case, world.coordinator, third)
    assert (state(old), state(new)) == ("lapsed", "proposed")


# ---- absence with a deputy ----


def test_an_absence_by_hand(world: World, login: Any, taken_case: Case, second: User) -> None:
    browser, last = Browser(login(world.coordinator)), timezone.localdate() + timedelta(days=3)
    page = browser.get(browser.get("/werkplek/").hrefs("/afwezig/")[0])
    assert set(page.form(has="deputy").options("deputy")) == {"", second.reference, world.coordinator.reference}
    wrong = browser.send(page.form(has="deputy"), expect=422, deputy=world.coordinator.reference, ends_on=last)
    assert "this is who is away" in wrong.text
    page = browser.send(wrong.form(has="deputy"), deputy=second.reference, ends_on=last.isoformat())
    assert "Coordinator is away; Tweede stands in" in page.text
    desk = Browser(login(second)).get("/werkplek/?tab=mine")
    assert "You stand in for Coordinator until" in desk.text
    assert taken_case.reference in desk.text
    assert "Away. Tweede stands in." in browser.get(f"/casus/{taken_case.reference}/").text
    page = browser.send(browser.get("/afwezig/").form(action="/stoppen/"))
    assert "Nobody is away." in page.text
    desk = Browser(login(second)).get("/werkplek/?tab=mine")
    assert "You stand in" not in desk.text
    assert taken_case.reference not in desk.text
    assert [row.action for row in AuditEvent.objects.filter(action__startswith="absence").order_by("id")] == [
        "absence.set",
        "absence.ended",
    ]


def test_it_begins_and_ends_by_itself(world: World, login: Any, taken_case: Case, second: User) -> None:
    today = timezone.localdate()
    away(
        world.coordinator,
        second,
        world.school,
        starts_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=2),
    )
    for days, stands_in in ((0, False), (1, True), (2, True), (3, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            text = Browser(login(second)).get("/werkplek/?tab=mine").text
        assert ("You stand in for Coordinator" in text) is stands_in, days
        assert (taken_case.reference in text) is stands_in, days


def test_days_that_do_not_fit(world: World, second: User) -> None:
    third = person("derde")
    join(third, "coordinator", world.school)
    row = away(world.coordinator, second, world.school)
    assert away(world.coordinator, second, world.school) == row, "the same twice is once"
    with pytest.raises(RuleError, match="recorded already"):
        away(world.coordinator, third, world.school)
    with pytest.raises(RuleError, match="is away in these days"):
        away(third, world.coordinator, world.school)
    with pytest.raises(RuleError, match="stand in for somebody"):
        away(second, third, world.school)
    with pytest.raises(RuleError, match="handle these cases"):
        away(third, world.sister_coordinator, world.school)
    with pytest.raises(RuleError, match="handle these cases"):
        away(third, world.principal, world.school)
    absence_end(by=second, absence=row)
    absence_end(by=second, absence=row)
    assert AuditEvent.objects.filter(action="absence.ended").count() == 1
    assert away(second, third, world.school).deputy == third
    assert Absence.objects.filter(ended_at=None).count() == 1


def test_mails_go_to_the_deputy_as_well(world: World, taken_case: Case, second: User) -> None:
    away(world.coordinator, second, world.school)
    OutgoingMail.objects.all().delete()
    glass_break(by=world.sister_coordinator, case=taken_case, reason=WHY)
    told = {(row.to, row.kind) for row in OutgoingMail.objects.all()}
    assert {(world.coordinator, "glass.broken.owner"), (second, "glass.broken.owner")} <= told


def test_the_deputy_stands_on_the_first_rung_beside_the_owner(world: World, second: User) -> None:
    """So what neither acts on goes on to the others, as it does for an owner who is there."""
    third = person("derde")
    join(third, "coordinator", world.school)
    signal = send(world.author, typed(world, concern="weapon"), {"immediate_danger": True})
    case = case_take(by=world.coordinator, case=signal.case)
    assert [list(rung) for rung in line_of(case)[:2]] == [[world.coordinator], [third, second]]
    away(world.coordinator, second, world.school)
    assert [list(rung) for rung in line_of(case)[:2]] == [[world.coordinator, second], [third]]
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert look_at_due()
    assert OutgoingMail.objects.filter(to=second, kind="case.moved_up").count() == 1


def test_standing_in_opens_nothing(world: World, login: Any, taken_case: Case, second: User) -> None:
    """Neither a walled case, nor one that is about the deputy or from which they are kept out."""
    kept = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    before = access.sight(User.objects.get(pk=second.pk)).scope(*access.SEE)
    away(world.coordinator, second, world.school)
    assert access.sight(User.objects.get(pk=second.pk)).scope(*access.SEE) == before
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=world.coordinator)
    case_wall(by=world.coordinator, case=kept, reason=WHY, keeper=world.coordinator, bar=(second,))
    case_unwall(by=world.coordinator, case=kept, reason=WHY)
    client = login(User.objects.get(pk=second.pk))
    for case in (taken_case, kept):
        assert client.get(f"/casus/{case.reference}/").status_code == 404
        assert case.reference not in client.get("/werkplek/?tab=mine").content.decode()
        assert second not in line_of(Case.objects.get(pk=case.pk))[0]
        text = Browser(login(world.coordinator)).get(f"/casus/{case.reference}/").text
        assert "stands in" not in text
    OutgoingMail.objects.all().delete()
    glass_break(by=world.sister_coordinator, case=taken_case, reason=WHY)
    assert not OutgoingMail.objects.filter(to=second).exists()
