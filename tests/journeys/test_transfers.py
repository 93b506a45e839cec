"""Moving a report, splitting one off, putting two cases together, and putting it back: on the pages."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, Pupil, User
from audit.models import AuditEvent
from signals import ladder, rules
from signals.errors import RuleError
from signals.models import Barred, Case, Moved, Note, Signal, Step, Task, Transfer
from signals.same import small_reports
from signals.services.cases import case_close, case_join, case_note, case_take
from signals.services.facts import facts_correct
from signals.services.lines import line_add
from signals.services.steps import Done, step_decline, step_done
from signals.services.tasks import task_end
from signals.services.transfers import case_merge, signal_move, signal_split, transfer_undo
from signals.services.walls import case_wall
from signals.work import owners
from tests.conftest import World, join, person, send, typed
from tests.dossiers import kept
from tests.handing import make_task, meet, propose
from tests.journeys.page import Browser
from tests.sharing import share

WHY = "Het gaat bij nader inzien over iets anders."


def address(name: str, case: Case, *more: str) -> str:
    return reverse(f"signals:{name}", args=[case.reference, *more])


def taken(world: World, **changes: Any) -> Case:
    case_take(by=world.coordinator, case=(signal := send(world.author, typed(world, **changes))).case)
    return again(signal.case)


def again(case: Case) -> Case:
    return Case.objects.select_related("school", "board", "owner", "joined_to").get(pk=case.pk)


def form(what: str, where: str, **more: str) -> dict[str, str]:
    return {"what": what, "where": where, "reason": WHY, "key": str(uuid.uuid4()), **more}


def merged(world: World, case: Case, into: Case) -> Transfer:
    return case_merge(by=world.coordinator, case=case, into=into, reason=WHY, key=uuid.uuid4())


@pytest.fixture
def pair(world: World) -> tuple[Case, Case]:
    """Two cases about the same pupil, in hand."""
    return taken(world, observed="Eerste verhaal"), taken(world, observed="Tweede verhaal", concern="weapon")


@pytest.fixture
def double(world: World, pair: tuple[Case, Case]) -> tuple[Case, Signal, Case]:
    """A case with two reports, the second of them, and another case in hand."""
    first, second = pair
    report = second.signals.get()
    merged(world, second, first)
    report = Signal.objects.select_related("case").get(pk=report.pk)
    return again(first), report, taken(world, observed="Derde verhaal")


def test_two_cases_become_one_and_two_again(world: World, login: Any, pair: tuple[Case, Case]) -> None:
    first, second = pair
    case_note(by=world.coordinator, case=second, text="Notitie bij de tweede", key=str(uuid.uuid4()))
    desk = login(world.coordinator)
    page = desk.get(address("case", second))
    assert first.reference in page.content.decode()  # suggested, and nothing more
    data = form("all", first.reference)
    for _click in range(2):
        sent = desk.post(address("case-reports", second), data)
        assert (sent.status_code, sent.url) == (302, address("case", first))
    assert Transfer.objects.count() == 1
    text = desk.get(address("case", second), follow=True).content.decode()
    for words in ("Eerste verhaal", "Tweede verhaal", "Notitie bij de tweede", WHY):
        assert words in text
    assert again(first).owner == world.coordinator
    assert again(second).status == "joined"
    assert login(world.coordinator).get("/casus/zoeken/").status_code == 200
    case_note(by=world.coordinator, case=first, text="Notitie erna", key=str(uuid.uuid4()))
    back = {"what": Transfer.objects.get().reference}
    for _click in range(2):
        sent = desk.post(address("case-reports-back", first), back)
        assert (sent.status_code, sent.url) == (302, address("case", second))
    assert (again(second).status, again(second).owner) == ("in_review", world.coordinator)
    text = desk.get(address("case", second)).content.decode()
    assert "Tweede verhaal" in text
    assert "Notitie bij de tweede" in text
    assert "Eerste verhaal" not in text
    assert Note.objects.latest("pk").case == first
    assert [event.details.get("how") for event in AuditEvent.objects.filter(action="signal.moved")] == ["back"]
    assert "teruggezet" in desk.get(address("case-reports", first)).content.decode().lower()


def test_a_new_case_that_stands_again_has_an_owner_from_then_on(world: World, pair: tuple[Case, Case]) -> None:
    new = send(world.author, typed(world)).case
    case_join(by=world.coordinator, case=new, into=pair[0])
    transfer_undo(by=world.coordinator, transfer=Transfer.objects.get())
    back = again(new)
    assert back.owner == world.coordinator
    [owner] = owners(back.changes.select_related("by").order_by("pk"))
    assert (owner.name, owner.until) == (world.coordinator.name, None)


def test_the_writer_sees_the_state_of_the_case_the_report_is_in(
    world: World, login: Any, double: tuple[Case, Signal, Case]
) -> None:
    case, report, other = double
    row = signal_move(by=world.coordinator, signal=report, into=other, reason=WHY, key=uuid.uuid4())
    for step in other.steps.filter(state="open"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=again(other), outcome="resolved", reason=WHY)
    author = login(world.author)
    assert author.get(f"/zorg/{report.reference}/").context["signal"]["state"] == "closed"
    with pytest.raises(RuleError, match="Heropen"):
        transfer_undo(by=world.coordinator, transfer=row)
    first = case.signals.get()
    assert author.get(f"/zorg/{first.reference}/").context["signal"]["state"] == "handling"


def test_a_report_goes_with_its_steps_deadlines_and_what_moved_up(
    world: World, double: tuple[Case, Signal, Case]
) -> None:
    case, report, other = double
    must = report.steps.filter(state="open", obligation="must").order_by("due_at")[0]
    stale = Step.objects.select_related("case", "signal").get(pk=must.pk)
    soon = timezone.now() - timedelta(days=3)
    Step.objects.filter(pk=must.pk).update(due_at=soon)
    Moved.objects.create(case=case, step=must, level=ladder.DEPUTY, walled=False, got=[], at=timezone.now())
    Case.objects.filter(pk=case.pk).update(moved_to=ladder.DEPUTY, moved_at=timezone.now())
    row = signal_move(by=world.coordinator, signal=report, into=other, reason=WHY, key=uuid.uuid4())
    assert (again(case).moved_to, again(other).moved_to) == (ladder.FIRST, ladder.DEPUTY)
    assert again(other).next_due_at == soon
    assert again(case).next_due_at != soon
    step_done(by=world.coordinator, step=stale, done=Done(timezone.now(), "Ik"))  # it was read before the move
    assert again(other).next_due_at != soon
    assert again(other).moved_to == ladder.FIRST
    transfer_undo(by=world.coordinator, transfer=row)
    assert Step.objects.get(pk=must.pk).state == "done"
    assert Step.objects.get(pk=must.pk).case == case


def test_a_report_becomes_a_case_of_its_own(world: World, login: Any, double: tuple[Case, Signal, Case]) -> None:
    case, report, _other = double
    share(case, world.coordinator, world.teacher)
    desk = login(world.coordinator)
    sent = desk.post(address("case-reports", case), form(report.reference, "own"))
    report.refresh_from_db()
    assert sent.url == address("case", report.case)
    assert (report.case.owner, report.case.status, report.case.concern) == (world.coordinator, "in_review", "weapon")
    assert login(world.teacher).get(address("case", report.case)).status_code == 404
    assert desk.get(address("case-reports", report.case)).status_code == 200
    refused = desk.post(address("case-reports", report.case), form("all", "own"))
    assert refused.status_code == 422
    desk.post(address("case-reports-back", report.case), {"what": Transfer.objects.latest("pk").reference})
    report.refresh_from_db()
    assert report.case == case
    assert desk.get(address("case", Transfer.objects.latest("pk").target), follow=True).status_code == 200


def test_tasks_meetings_and_a_waiting_question_go_with_the_whole_case(
    world: World, login: Any, pair: tuple[Case, Case]
) -> None:
    first, second = pair
    other = person("tweede")
    join(other, "coordinator", world.school)
    theirs, mine = make_task(second, world.coordinator), make_task(first, world.coordinator)
    met, asked = meet(second, world.coordinator), propose(second, world.coordinator, other)
    row = merged(world, second, first)
    asked.refresh_from_db()
    assert asked.state == "lapsed"
    assert set(first.tasks.all()) == {theirs, mine}
    assert set(first.meetings.all()) == {met}
    task_end(by=world.coordinator, task=Task.objects.get(pk=theirs.pk), done=True, text="", version=1)
    transfer_undo(by=world.coordinator, transfer=row)
    assert (list(first.tasks.all()), list(second.tasks.all())) == ([mine], [theirs])
    assert {line.task_id or line.meeting_id or line.hand_over_id for line in first.work.all()} == {mine.pk}
    assert second.work.filter(kind="done").exists()
    assert login(world.coordinator).get(address("case", second)).status_code == 200


def test_a_dossier_stays_with_the_story_and_comes_back(world: World, login: Any, pair: tuple[Case, Case]) -> None:
    """Made in a case that was put with another it is in the line of time there, and goes back with what it was of."""
    first, second = pair
    made = kept(second, world.coordinator)
    line_add(second, "dossier", by=world.coordinator, dossier=made, data={"to": "police", "ref": made.reference})
    row = merged(world, second, first)
    desk = login(world.coordinator)
    assert made.reference in desk.get(address("case", first)).content.decode()
    page = desk.get(f"/dossier/{made.reference}/")
    assert first.reference in page.content.decode()
    transfer_undo(by=world.coordinator, transfer=row)
    assert made.reference not in desk.get(address("case", first)).content.decode()
    assert made.reference in desk.get(address("case", second)).content.decode()


def test_a_new_case_that_was_put_with_another_comes_back_in_hand(
    world: World, login: Any, pair: tuple[Case, Case]
) -> None:
    first, new = pair[0], send(world.author, typed(world)).case
    desk = login(world.coordinator)
    desk.post(address("case-join", new), {"into": first.reference})
    assert again(new).status == "joined"
    desk.post(address("case-reports-back", first), {"what": Transfer.objects.get().reference})
    back = again(new)
    assert (back.status, back.owner) == ("in_review", world.coordinator)
    nothing = desk.post(address("case-reports-back", first), {"what": "2222-2222-22"})
    assert nothing.url == address("case-reports", first)


def test_what_had_been_put_with_it_leads_to_where_it_is_now(
    world: World, login: Any, double: tuple[Case, Signal, Case]
) -> None:
    """Number of a case that was put with one that was put with another."""
    case, _report, other = double
    old = Transfer.objects.get().source
    row = merged(world, case, other)
    desk = login(world.coordinator)
    assert desk.get(address("case", old)).url == address("case", other)
    with pytest.raises(RuleError):
        transfer_undo(by=world.coordinator, transfer=Transfer.objects.earliest("pk"))
    transfer_undo(by=world.coordinator, transfer=row)
    assert desk.get(address("case", old)).url == address("case", case)
    assert again(old).joined_to == case


def test_what_may_not_be_chosen_answers_the_same(
    world: World, login: Any, pair: tuple[Case, Case], walled_signal: Signal
) -> None:
    first, second = pair
    away = send(world.sister_coordinator, typed(world, person=f"pupil:{world.sister_pupil.reference}"))
    desk = login(world.coordinator)
    answers = set()
    for number in (walled_signal.case.reference, away.case.reference, "2222-2222-22", first.reference, ""):
        sent = desk.post(address("case-reports", first), form("all", "number", number=number))
        assert sent.status_code == 422
        answers.add(str(sent.context["form"].errors))
    assert len(answers) == 1
    assert desk.post(address("case-reports", first), form(second.signals.get().reference, "own")).status_code == 422
    assert Transfer.objects.count() == 0
    assert login(world.sister_coordinator).get(address("case-reports", first)).status_code == 404
    assert login(world.principal).get(address("case-reports", first)).status_code == 403


def test_who_reads_the_other_case_by_a_share_does_not_get_more(
    world: World, login: Any, pair: tuple[Case, Case]
) -> None:
    first, second = pair
    share(first, world.coordinator, world.teacher)
    sent = login(world.coordinator).post(address("case-reports", second), form("all", first.reference))
    assert sent.status_code == 422
    assert world.teacher.name in str(sent.context["form"].errors)
    share(second, world.coordinator, world.teacher)  # who may read both may read the one that comes of them
    merged(world, second, first)
    assert login(world.teacher).get(address("case", first)).status_code == 200


@pytest.mark.parametrize("which", [0, 1])
def test_who_is_barred_from_one_gains_nothing_and_is_not_named(
    world: World, pair: tuple[Case, Case], which: int
) -> None:
    second = person("tweede")
    join(second, "coordinator", world.school)
    Barred.objects.create(case=pair[which], user=second, by=world.principal, at=timezone.now())
    with pytest.raises(RuleError) as refused:
        merged(world, *pair)
    assert second.name not in str(refused.value)
    Barred.objects.create(case=pair[1 - which], user=second, by=world.principal, at=timezone.now())
    merged(world, *pair)


def test_walls_must_be_alike_and_a_wall_since_keeps_it_from_going_back(
    world: World, double: tuple[Case, Signal, Case]
) -> None:
    case, report, other = double
    row = signal_move(by=world.coordinator, signal=report, into=other, reason=WHY, key=uuid.uuid4())
    case_wall(by=world.coordinator, case=again(other), reason=WHY, keeper=world.coordinator)
    with pytest.raises(RuleError):
        transfer_undo(by=world.coordinator, transfer=row)
    with pytest.raises(RuleError):
        merged(world, case, other)
    report.refresh_from_db()
    assert report.case == other
    assert not Transfer.objects.get(pk=row.pk).undone_at


def test_a_number_that_was_walled_since_is_told_nowhere(
    world: World, login: Any, double: tuple[Case, Signal, Case]
) -> None:
    case, report, other = double
    signal_move(by=world.coordinator, signal=report, into=other, reason=WHY, key=uuid.uuid4())
    case_wall(by=world.coordinator, case=again(other), reason=WHY, keeper=None)
    desk = login(world.coordinator)
    for page in (address("case", case), address("case-reports", case), "/werkplek/?tab=open"):  # one’s own log stays
        assert other.reference not in desk.get(page).content.decode(), page
    principal = login(world.principal)
    for page in (address("followup-case", case), "/logboek/"):
        assert other.reference not in principal.get(page).content.decode(), page


def test_a_case_that_was_put_back_and_walled_is_told_nowhere_either(
    world: World, login: Any, pair: tuple[Case, Case]
) -> None:
    first, second = pair
    transfer_undo(by=world.coordinator, transfer=merged(world, second, first))
    assert second.reference in login(world.coordinator).get(address("case", first)).content.decode()
    case_wall(by=world.coordinator, case=again(second), reason=WHY, keeper=None)
    for name, page in (("coordinator", "case"), ("coordinator", "case-reports"), ("principal", "followup-case")):
        assert second.reference not in login(world.people[name]).get(address(page, first)).content.decode(), page
    assert second.reference not in login(world.principal).get("/logboek/").content.decode()


def test_behind_a_wall_a_report_about_staff_stays_with_its_own_kind(world: World) -> None:
    """Otherwise the wall could be taken down by hand."""
    about = typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    staff = [case_take(by=world.board_officer, case=send(world.author, about).case) for _number in range(2)]
    hand = taken(world)
    case_wall(by=world.coordinator, case=hand, reason=WHY, keeper=None)
    with pytest.raises(RuleError):
        case_merge(by=world.board_officer, case=staff[0], into=again(hand), reason=WHY, key=uuid.uuid4())
    row = case_merge(by=world.board_officer, case=staff[0], into=staff[1], reason=WHY, key=uuid.uuid4())
    signal = again(staff[1]).signals.order_by("pk")[0]
    own = signal_split(by=world.board_officer, signal=signal, reason=WHY, key=uuid.uuid4()).target
    assert own.walled
    assert not own.walled_by_hand
    with pytest.raises(RuleError, match="Zet die eerst terug"):
        transfer_undo(by=world.board_officer, transfer=row)


def test_what_was_written_in_a_case_of_its_own_is_not_opened_by_putting_it_back(
    world: World, double: tuple[Case, Signal, Case]
) -> None:
    case, report, _other = double
    share(case, world.coordinator, world.teacher)
    row = signal_split(by=world.coordinator, signal=report, reason=WHY, key=uuid.uuid4())
    case_note(by=world.coordinator, case=row.target, text="Alleen voor wie dit behandelt.", key=str(uuid.uuid4()))
    with pytest.raises(RuleError, match=world.teacher.name):
        transfer_undo(by=world.coordinator, transfer=row)
    case.shares.update(ended_at=timezone.now(), ended_by=world.coordinator)
    transfer_undo(by=world.coordinator, transfer=row)


def test_whom_a_report_was_about_sees_nothing_of_the_case_it_left(world: World, login: Any) -> None:
    """Behind the wall of the board an officer may be whom one of the reports is about."""
    officer = person("tweedeofficier")
    join(officer, "board_officer", world.board)
    reports = [
        send(world.author, typed(world, subject_role="staff", concern="radicalisation", **whom))
        for whom in ({"person": "", "subject_description": "Een collega"}, {"person": f"staff:{officer.reference}"})
    ]
    first, second = (case_take(by=world.board_officer, case=report.case) for report in reports)
    case_merge(by=world.board_officer, case=second, into=first, reason=WHY, key=uuid.uuid4())
    assert login(officer).get(address("case", first)).status_code == 404
    gone = first.signals.get(pk=reports[1].pk)
    signal_split(by=world.board_officer, signal=gone, reason=WHY, key=uuid.uuid4())
    assert login(officer).get(address("case", first)).status_code == 404
    assert first.barred.filter(user=officer).exists()


def test_a_task_that_was_decided_in_a_meeting_goes_back_with_it(world: World, pair: tuple[Case, Case]) -> None:
    first, second = pair
    met = meet(second, world.coordinator)
    row = merged(world, second, first)
    decided = make_task(first, world.coordinator)
    Task.objects.filter(pk=decided.pk).update(meeting=met)
    transfer_undo(by=world.coordinator, transfer=row)
    assert list(second.tasks.all()) == [decided]
    assert not first.work.filter(task=decided).exists()


def test_what_came_along_with_a_case_goes_back_with_it(world: World, login: Any, second: User) -> None:
    """A question to hand over, and a dossier, of a case that had been put with the one that goes back."""
    zero, one, two = (taken(world, observed=story) for story in ("Verhaal nul", "Verhaal een", "Verhaal twee"))
    propose(zero, world.coordinator, second, text="Alleen voor wie zaak nul leest.")
    made = kept(zero, world.coordinator)
    line_add(zero, "dossier", by=world.coordinator, dossier=made, data={"to": "police", "ref": made.reference})
    merged(world, again(zero), again(one))
    row = merged(world, again(one), again(two))
    desk = Browser(login(world.coordinator))
    told = ("Alleen voor wie zaak nul leest.", made.reference)
    assert all(words in desk.get(address("case", two)).text for words in told)
    transfer_undo(by=world.coordinator, transfer=row)
    assert not [words for words in told if words in desk.get(address("case", two)).text]
    assert all(words in desk.get(address("case", one)).text for words in told)


def test_the_last_one_comes_too_late(world: World, double: tuple[Case, Signal, Case]) -> None:
    case, report, other = double
    stale = Signal.objects.select_related("case").get(pk=report.pk)
    signal_move(by=world.coordinator, signal=report, into=other, reason=WHY, key=uuid.uuid4())
    second = taken(world)
    for call in (
        lambda: signal_move(by=world.coordinator, signal=stale, into=second, reason=WHY, key=uuid.uuid4()),
        lambda: signal_split(by=world.coordinator, signal=case.signals.get(), reason=WHY, key=uuid.uuid4()),
    ):
        with pytest.raises(RuleError), transaction.atomic():
            call()
    merged(world, case, other)
    with pytest.raises(RuleError), transaction.atomic():
        merged(world, other, case)


# --- the third small report in six weeks ------------------------------------------------------------------------------


def small(world: World, days_ago: int = 0, **changes: Any) -> Signal:
    day = (timezone.localdate() - timedelta(days=days_ago)).isoformat()
    given = {"concern": "verbal_violence", "happened_on": day, "known_on": day} | changes
    return send(world.author, typed(world, **given))


def told() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.filter(kind="case.repeated").order_by("pk")
    return [(row.to.name, row.reference) for row in rows]


THIRD = "Derde kleine melding in zes weken"


def test_the_third_small_report_is_told_once_with_its_days_and_the_rule(world: World, login: Any) -> None:
    first, second = small(world, 40), small(world, 20)
    desk = login(world.coordinator)
    assert THIRD not in desk.get("/werkplek/").content.decode()
    third = small(world)
    assert told() == [(world.coordinator.name, third.case.reference)]
    for page in ("/werkplek/?tab=new", address("case", third.case), address("case", first.case)):
        text = desk.get(page).content.decode()
        assert THIRD in text, page
        assert "ons voorstel" in text
        for one in (first, second, third):
            assert one.case.reference in text
    assert THIRD not in login(world.principal).get("/opvolging/").content.decode()
    small(world)
    assert len(told()) == 1


def test_small_is_the_same_in_the_database_and_as_a_rule(world: World) -> None:
    for concern in ("bullying", "verbal_violence", "weapon", "domestic_violence", "absence"):
        signal = small(world, concern=concern)
        steps = signal.steps.values_list("obligation", "recipient", "rules")
        assert rules.is_grave(steps) != bool(small_reports(Q(signal=signal))), concern


def test_what_new_answers_make_grave_is_small_no_longer(world: World, login: Any) -> None:
    first, second = small(world, 40), small(world, 20)
    third = small(world)
    case_take(by=world.coordinator, case=second.case)
    desk = login(world.coordinator)
    assert THIRD in desk.get("/werkplek/?tab=new").content.decode()
    facts_correct(by=world.coordinator, signal=second, answers={"immediate_danger": True}, reason=WHY, seen=0)
    for page in ("/werkplek/?tab=new", address("case", third.case), address("case", first.case)):
        assert THIRD not in desk.get(page).content.decode(), page


@pytest.mark.parametrize(
    "third", [{"days_ago": 0, "concern": "bullying"}, {"days_ago": 80}, {"days_ago": 0, "person": "other"}]
)
def test_what_does_not_count(world: World, third: dict[str, Any]) -> None:
    """With a must beyond taking it up; too long ago; about somebody else."""
    small(world, 30), small(world, 20)
    if third.get("person"):
        other = Pupil.objects.create(school=world.school, name="Iemand Anders", group="3B")
        third = third | {"person": f"pupil:{other.reference}"}
    small(world, **third)
    assert told() == []


def test_what_somebody_cannot_see_does_not_count_for_them(world: World, login: Any) -> None:
    first, _second = small(world, 30), small(world, 20)
    other = person("tweede")
    join(other, "coordinator", world.school)
    Barred.objects.create(case=first.case, user=other, by=world.principal, at=timezone.now())
    third = small(world)
    assert told() == [(world.coordinator.name, third.case.reference)]
    assert THIRD not in login(User.objects.get(pk=other.pk)).get(address("case", third.case)).content.decode()
    walled = again(third.case)
    case_wall(by=world.coordinator, case=walled, reason=WHY, keeper=world.coordinator)
    for page in (address("case", walled), address("case", first.case)):
        assert THIRD not in login(world.coordinator).get(page).content.decode()
