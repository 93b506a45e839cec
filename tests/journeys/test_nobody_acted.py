"""Nobody acts: it moves up to deputy, principal and board, each is told once, and it stops when somebody does."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.jobs.registry import LOOPS
from accounts.models import Membership, OutgoingMail, PartBeat, User
from accounts.outbox import send_due
from audit.models import AuditEvent
from signals import ladder
from signals.models import Barred, Case, Moved, Signal
from signals.services import moving
from signals.services.cases import case_join, case_take
from signals.services.moving import case_look, look_at_due
from signals.services.sending import signal_called
from signals.services.steps import step_decline, step_reopen
from signals.services.walls import case_wall
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser

WHY = "Hier staat waarom dit zo is."
DANGER = {"immediate_danger": True}
DAYS = 14  # enough for the whole line of `same_day`, whatever day it is
At = Callable[..., Any]


@pytest.fixture
def at() -> Iterator[At]:
    """Travels to so long after ten in the morning of the next day; `at(minutes=15)`. At any hour the same happens."""
    start = timezone.localtime().replace(hour=10, minute=0) + timedelta(days=1)
    with time_machine.travel(start, tick=False) as clock:
        yield lambda **after: clock.move_to(start + timedelta(**after))


@pytest.fixture
def urgent(at: At, world: World) -> Signal:
    """A report that can't wait, that nobody opened yet."""
    return send(world.author, typed(world, concern="weapon"), DANGER)


def test_what_can_not_wait_moves_up_in_time_in_the_last_hour_of_a_day_as_well(world: World, second: User) -> None:
    """A step of that day is due before the hour in which a call is recorded; the terms are those of the call."""
    late = timezone.localtime().replace(hour=23, minute=10)
    with time_machine.travel(late, tick=False) as clock:
        send(world.author, typed(world, concern="weapon"), DANGER)
        clock.move_to(late + timedelta(minutes=15))
        assert (look_at_due(), mailed()) == (1, ["coordinator", "tweede"])
        clock.move_to(late + timedelta(minutes=30))
        assert (look_at_due(), mailed()) == (1, ["coordinator", "principal", "tweede"])


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def mailed() -> list[str]:
    """Send what waits; to whom it went, by name of the cast, but for that a report arrived and of logging in."""
    mail.outbox.clear()
    send_due()
    of_others = ("browser", "nieuwe melding")
    texts = {id(message): message.subject + message.body for message in mail.outbox}
    mail.outbox[:] = [row for row in mail.outbox if not any(words in texts[id(row)] for words in of_others)]
    return sorted(message.to[0].partition("@")[0] for message in mail.outbox)


def about_staff(world: World) -> Case:
    data = typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    return send(world.author, data).case


def text(login: Any, user: User, path: str) -> str:
    return Browser(login(User.objects.get(pk=user.pk))).get(path).text


def arrived() -> list[str]:
    """Look, and send what waits; to whom it went."""
    mail.outbox.clear()
    look_at_due()
    send_due()
    return sorted(message.to[0].partition("@")[0] for message in mail.outbox)


def test_a_new_report_is_told_once_to_who_handles_it_and_to_nobody_else(
    world: World, at: At, second: User, login: Any
) -> None:
    case = send(world.author, typed(world, concern="bullying")).case
    assert arrived() == ["coordinator", "tweede"]
    assert "nieuwe melding" in mail.outbox[0].body
    assert case.reference in mail.outbox[0].body
    assert world.pupil.name not in mail.outbox[0].body
    at(minutes=5)
    assert arrived() == []
    send(world.coordinator, typed(world, concern="bullying"))
    assert arrived() == ["tweede"], "who wrote it knows"
    about_staff(world)
    assert arrived() == ["board_officer"], "never past the wall"
    called = send(world.author, typed(world, concern="weapon"), DANGER)
    signal_called(by=world.author, signal=called, at=timezone.now())
    assert arrived() == ["coordinator", "tweede"], "a call to 112 tells nobody at school"
    taken = send(world.author, typed(world, concern="bullying")).case
    case_take(by=world.coordinator, case=taken)
    assert arrived() == [], "somebody has it already"


def test_it_moves_up_step_by_step_and_tells_who_had_it_and_who_gets_it(
    world: World, at: At, second: User, urgent: Signal
) -> None:
    at(minutes=14)
    assert (look_at_due(), mailed()) == (0, [])
    at(minutes=15)
    assert (look_at_due(), mailed()) == (1, ["coordinator", "tweede"])
    at(minutes=29)
    assert (look_at_due(), mailed()) == (0, [])
    at(minutes=30)
    assert (look_at_due(), mailed()) == (1, ["coordinator", "principal", "tweede"])
    at(minutes=60)
    assert (look_at_due(), mailed()) == (1, ["board_officer", "principal"])
    at(days=30)
    assert (look_at_due(), mailed()) == (0, [])
    assert again(urgent.case).look_at is None, "nothing is left to look at"
    events = AuditEvent.objects.filter(action="case.raised", case_ref=urgent.case.reference).order_by("id")
    assert [event.details["level"] for event in events] == ["deputy", "principal", "board"]
    assert events[1].details["got"] == [world.principal.reference]
    assert events[1].school_ref == world.school.reference


def test_a_mail_holds_a_number_and_a_link_and_nothing_else(world: World, at: At, urgent: Signal) -> None:
    at(minutes=30)
    look_at_due()
    mailed()
    case = urgent.case
    for message in mail.outbox:
        lines = [line for line in message.body.splitlines() if line]
        assert (len(lines), lines[1].endswith(f"/casus/{case.reference}/")) == (3, True)
        for word in (world.pupil.name, world.school.name, world.author.name, world.coordinator.name, "apen"):
            assert word not in message.subject + message.body


def test_looking_twice_moves_nothing_twice(world: World, at: At, second: User, urgent: Signal) -> None:
    at(minutes=30)
    assert (look_at_due(), look_at_due()) == (1, 0)
    Case.objects.update(look_at=timezone.now())
    assert look_at_due() == 0
    assert Moved.objects.count() == AuditEvent.objects.filter(action="case.raised").count() == 1
    assert mailed() == ["coordinator", "principal", "tweede"]
    row = Moved.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Moved.objects.create(case=row.case, level=row.level, walled=False, at=timezone.now())


def test_without_a_deputy_the_first_term_is_the_principals(world: World, at: At, urgent: Signal) -> None:
    at(minutes=15)
    assert (look_at_due(), mailed()) == (1, ["coordinator", "principal"])
    assert again(urgent.case).moved_to == ladder.PRINCIPAL
    at(minutes=30)
    assert (look_at_due(), mailed()) == (0, [])


def test_where_nobody_is_there_yet_it_waits_for_somebody(world: World, at: At, urgent: Signal) -> None:
    Membership.objects.filter(role__in=["principal", "board_officer"]).delete()
    at(minutes=70)
    assert look_at_due() == 0
    join(world.principal, "principal", world.school)
    at(minutes=131)
    assert (look_at_due(), mailed()) == (1, ["coordinator", "principal"])


def test_after_a_week_away_everybody_gets_one_mail(world: World, at: At, second: User) -> None:
    """A worker that was dead catches up: at once to the level that holds, one mail each, and a link to the desk."""
    found = [send(world.author, typed(world)).case for _number in range(3)]
    send(world.author, typed(world, concern="weapon"), DANGER)
    at(days=DAYS)
    assert look_at_due() == 4
    assert mailed() == ["board_officer", "coordinator", "principal", "tweede"]
    assert all(again(case).moved_to == ladder.BOARD for case in found)
    assert Moved.objects.count() == 4
    for message in mail.outbox:
        assert found[0].reference not in message.subject + message.body
        assert message.body.splitlines()[2].count("/") == 3


def test_a_mail_server_that_was_away_gives_no_flood_either(
    world: World, at: At, urgent: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What still waits for somebody becomes one mail about several, also when it was tried and failed."""

    def away(self: object) -> int:
        raise ConnectionRefusedError

    at(minutes=15)
    look_at_due()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.message.EmailMessage.send", away)
        assert send_due() == 0
    send(world.author, typed(world, concern="weapon"), DANGER)
    at(minutes=60)
    look_at_due()
    assert OutgoingMail.objects.filter(to=world.principal).count() == 1
    assert mailed() == ["board_officer", "coordinator", "principal"]


def test_what_is_being_sent_when_a_second_case_comes_is_sent_again_as_several(
    world: World, at: At, urgent: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(minutes=15)
    look_at_due()
    other = send(world.author, typed(world, concern="weapon"), DANGER)
    from django.core.mail.message import EmailMessage

    leave = EmailMessage.send

    def slowly(self: EmailMessage) -> int:
        at(minutes=30)
        look_at_due()
        return leave(self)

    monkeypatch.setattr(EmailMessage, "send", slowly)
    send_due()
    monkeypatch.undo()
    (first,) = mail.outbox
    assert (first.to, urgent.case.reference in first.body) == ([world.coordinator.email], True)
    assert mailed() == ["coordinator", "principal"]
    again_to = next(message for message in mail.outbox if message.to == first.to)
    assert other.case.reference not in again_to.body
    assert again_to.extra_headers["Message-ID"] != first.extra_headers["Message-ID"]


def test_somebody_acts_and_it_stops(world: World, at: At, login: Any, second: User) -> None:
    """Also where taking the case fulfils no step by itself."""
    answers = {"acute_or_structural_unsafety": True}
    urgent = send(world.author, typed(world, concern="domestic_violence"), answers)
    at(minutes=15)
    look_at_due()
    assert "because nobody took up the report" in text(login, second, "/werkplek/?tab=new")
    login(second).post(reverse("signals:case-take", args=[urgent.case.reference]))
    assert mailed() == [], "what had not left yet says nothing that still holds"
    at(minutes=30)
    assert look_at_due() == 0
    assert "because nobody" not in text(login, second, "/werkplek/?tab=open")
    assert Moved.objects.get().ended_at
    page = text(login, second, f"/casus/{urgent.case.reference}/")
    assert "Nobody acted: it now also lies with the deputy of the care coordinator" in page


def test_who_took_it_between_the_list_and_the_lock_counts(world: World, at: At, urgent: Signal) -> None:
    at(minutes=15)
    case_take(by=world.coordinator, case=urgent.case)
    Case.objects.update(look_at=timezone.now())
    assert case_look(pk=urgent.case.pk, now=timezone.now()) == 0
    assert not Moved.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_acting_this_very_moment_is_left_alone(world: World, at: At, urgent: Signal) -> None:
    """On SQLite there is one writer at a time; the lock of a row is PostgreSQL's."""
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    at(minutes=15)
    holds, looked = threading.Event(), threading.Event()

    def act() -> None:
        with transaction.atomic():
            case_take(by=world.coordinator, case=urgent.case)
            holds.set()
            looked.wait(60)
        connection.close()

    other = threading.Thread(target=act)
    other.start()
    assert holds.wait(60)
    found = look_at_due()
    looked.set()
    other.join()
    assert (found, look_at_due(), Moved.objects.count()) == (0, 0, 0)


def test_a_step_past_its_term_moves_up_from_its_owner(
    world: World, at: At, login: Any, second: User, urgent: Signal
) -> None:
    at(minutes=5)
    case = case_take(by=world.coordinator, case=urgent.case)
    look_at_due()
    at(minutes=74)
    assert look_at_due() == 0, "an hour is left to record it, and then a quarter of an hour"
    at(minutes=75)
    late = case.steps.filter(obligation="must", state="open", urgency="now").count()
    assert (look_at_due(), late) == (late, 2)
    assert mailed() == ["coordinator", "tweede"]
    assert "because a step stayed open too long" in text(login, world.coordinator, f"/casus/{case.reference}/")
    for step in case.steps.filter(state="open", urgency="now"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    assert again(case).moved_to == ladder.FIRST
    at(hours=2)
    assert look_at_due() == 0


def test_a_step_that_is_opened_again_moves_up_once_more(world: World, at: At, second: User, urgent: Signal) -> None:
    case = case_take(by=world.coordinator, case=urgent.case)
    at(minutes=75)
    look_at_due()
    step = case.steps.filter(state="open", urgency="now")[0]
    step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    step_reopen(by=world.coordinator, step=step, reason=WHY)
    at(minutes=89)
    look_at_due()
    assert not step.moves.filter(ended_at=None).exists()
    at(minutes=90)
    look_at_due()
    assert [row.level for row in step.moves.filter(ended_at=None)] == [ladder.DEPUTY]


def test_who_takes_it_late_gets_a_short_new_term(world: World, at: At, second: User, urgent: Signal) -> None:
    at(hours=3)
    look_at_due()
    case = case_take(by=world.coordinator, case=urgent.case)
    assert look_at_due() == 0
    at(hours=3, minutes=15)
    look_at_due()
    assert {row.level for row in case.moves.filter(ended_at=None)} == {ladder.DEPUTY}


def test_what_was_put_with_another_case_no_longer_waits(world: World, at: At, second: User, urgent: Signal) -> None:
    into = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    at(minutes=30)
    look_at_due()
    case_join(by=second, case=urgent.case, into=into)
    assert (again(urgent.case).moved_to, again(into).moved_to) == (ladder.FIRST, ladder.FIRST)
    assert look_at_due() == 0


def test_behind_a_wall_it_stays_with_the_boards_officers(world: World, at: At, login: Any) -> None:
    other = person("officier")
    join(other, "board_officer", world.board)
    case = about_staff(world)
    at(days=DAYS)
    assert (look_at_due(), mailed()) == (1, ["board_officer", "officier"])
    assert "also with another board officer" in text(login, other, "/werkplek/?tab=new")
    assert case.reference not in text(login, world.principal, "/opvolging/")
    event = AuditEvent.objects.get(action="case.raised")
    assert (event.school_ref, event.board_ref) == ("", world.board.reference)


def test_a_walled_case_in_hand_goes_to_another_officer_never_to_whom_it_is_about(world: World, at: At) -> None:
    other, third = person("officier"), person("derde")
    for user in (other, third):
        join(user, "board_officer", world.board)
    data = typed(world, subject_role="staff", person=f"staff:{third.reference}", concern="sexual")
    case_take(by=world.board_officer, case=send(world.author, data).case)
    at(days=DAYS * 3)
    assert look_at_due()
    assert mailed() == ["board_officer", "officier"]


def test_the_only_officer_is_told_of_what_they_have_not_opened(world: World, at: At) -> None:
    about_staff(world)
    at(days=DAYS)
    assert (look_at_due(), mailed()) == (1, ["board_officer"])


def test_a_wall_ends_what_lay_with_the_school(world: World, at: At, login: Any, urgent: Signal) -> None:
    at(minutes=30)
    look_at_due()
    assert urgent.case.reference in text(login, world.principal, "/opvolging/")
    case_wall(by=world.coordinator, case=urgent.case, reason=WHY, keeper=None)
    assert "principal" not in mailed()
    assert urgent.case.reference not in text(login, world.principal, "/opvolging/")
    page = text(login, world.board_officer, f"/casus/{urgent.case.reference}/")
    assert "Nobody acted: it now also lies with the principal" in page, "as it was then"


def test_who_has_two_roles_gets_one_mail(world: World, at: At, second: User, urgent: Signal) -> None:
    join(second, "principal", world.school)
    at(minutes=60)
    assert (look_at_due(), mailed()) == (1, ["board_officer", "coordinator", "principal", "tweede"])


def test_whom_a_case_is_closed_to_hears_nothing(world: World, at: At, second: User, urgent: Signal) -> None:
    urgent.case.barred.create(user=world.principal, by=world.coordinator, at=timezone.now())
    at(minutes=60)
    assert (look_at_due(), mailed()) == (1, ["board_officer", "coordinator", "tweede"])
    assert world.principal.reference not in Moved.objects.get().got


def test_the_board_learns_the_number_and_the_school_and_opens_nothing(
    world: World, at: At, login: Any, urgent: Signal
) -> None:
    at(minutes=60)
    look_at_due()
    reference = urgent.case.reference
    page = text(login, world.board_officer, "/werkplek/")
    assert "At a school nobody acted" in page
    assert reference in page
    assert world.school.name in page
    assert "Weapon" not in page
    assert login(world.board_officer).get(f"/casus/{reference}/").status_code == 404
    assert reference not in text(login, world.other_board_officer, "/werkplek/")
    Barred.objects.create(case=urgent.case, user=world.board_officer, by=world.board_officer, at=timezone.now())
    assert reference not in text(login, world.board_officer, "/werkplek/"), "nor does who is too close to it"
    Barred.objects.all().delete()
    assert mailed() == ["board_officer", "coordinator", "principal"]
    message = next(message for message in mail.outbox if message.to == [world.board_officer.email])
    assert "/werkplek/" in message.body


def test_the_writer_sees_with_which_function_it_lies_and_no_names(
    world: World, at: At, login: Any, urgent: Signal
) -> None:
    path = f"/zorg/{urgent.reference}/"
    assert "now also lies" not in text(login, world.author, path)
    at(minutes=30)
    look_at_due()
    assert "Your report now also lies with the principal" in text(login, world.author, path)


def test_the_principal_speaks_to_somebody_and_the_term_starts_once_more(
    world: World, at: At, login: Any, urgent: Signal
) -> None:
    at(minutes=30)
    look_at_due()
    browser = Browser(login(world.principal))
    assert "With you, because nobody acted" in browser.get("/opvolging/").text
    page = browser.get(f"/opvolging/{urgent.case.reference}/")
    assert f"Speak to: {world.coordinator.name}." in page.text
    after = browser.send(page.form(action=f"/opvolging/{urgent.case.reference}/aangesproken/"))
    assert "I spoke to somebody about this" not in after.text
    assert "Spoke to who has it" in after.text
    at(minutes=60)
    assert look_at_due() == 0
    at(minutes=90)
    assert look_at_due() == 1
    login(world.principal).post(f"/opvolging/{urgent.case.reference}/aangesproken/")
    assert AuditEvent.objects.filter(action="case.spoken").count() == 1


def test_one_case_that_fails_does_not_hold_up_the_others(
    world: World, at: At, urgent: Signal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send(world.author, typed(world, concern="weapon"), DANGER)
    at(minutes=30)
    line = moving.line_of

    def broken(case: Case) -> Any:
        if case.pk == urgent.case.pk:
            raise KeyError("planned")
        return line(case)

    monkeypatch.setattr(moving, "line_of", broken)
    assert look_at_due() == 1
    assert f"Case {urgent.case.pk} could not be looked at" in caplog.text
    monkeypatch.undo()
    assert look_at_due() == 1, "it is tried again"


def test_the_command_says_how_much_moved(
    world: World, at: At, urgent: Signal, capsys: pytest.CaptureFixture[str]
) -> None:
    at(minutes=30)
    call_command("nobody_acted")
    assert "Moved up: 1." in capsys.readouterr().out


def test_a_worker_reads_only_what_it_has_to_look_at(world: World, at: At, urgent: Signal) -> None:
    """The question is answered from an index of its own that holds nothing but what still waits."""
    sql, given = Case.objects.filter(look_at__lte=timezone.now()).values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        cursor.execute(explain + sql, given)
        assert "case_look_at" in str(cursor.fetchall())


def test_what_moved_up_at_one_moment_is_told_once(world: World, at: At, login: Any) -> None:
    answers = {"acute_or_structural_unsafety": True, "immediate_danger": True}
    case = send(world.author, typed(world, concern="domestic_violence"), answers).case
    case_take(by=world.coordinator, case=case)
    at(days=DAYS)
    look_at_due()
    assert Moved.objects.filter(case=case).count() > 1, "several steps at one moment"
    said = "Nobody acted: it now also lies with"
    assert text(login, world.principal, f"/opvolging/{case.reference}/").count(said) == 1
    page = text(login, world.coordinator, f"/casus/{case.reference}/")
    assert page.count(said) == 1
    assert page.count("Who had it") == 1


def test_a_worker_that_is_behind_another_looks_at_every_case_once_and_not_in_each_round(
    world: World, at: At, urgent: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, worker = [], LOOPS["nobody"].run
    monkeypatch.setattr(worker, "offset", None, raising=False)  # as one that starts
    monkeypatch.setattr(moving, "case_look", lambda *, pk, now: looked.append(pk) or case_look(pk=pk, now=now))

    def once() -> int:
        looked.clear()
        PartBeat.objects.update_or_create(part="nobody", defaults={"ran_at": timezone.now() + timedelta(minutes=6)})
        worker()
        return len(looked)

    look_at_due()
    assert [once() for _round in range(3)] == [1, 0, 0], "at its start, for that clock may have been its own"
    at(minutes=-6)
    assert [once() for _round in range(2)] == [1, 0], "its own clock was put back"
