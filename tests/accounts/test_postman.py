"""Mail servers that are away, refuse or come back; digests; and what becomes of a mail that can't be sent."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import postman
from accounts.models import MailChoice, OutgoingMail, User
from accounts.outbox import KINDS, MailKind, has_a_role, light, queue, send_due
from accounts.quiet import Weight
from tests.accounts.smtp import Server, mail_server
from tests.conftest import World

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
Clock = Callable[..., None]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "test", MailKind("Case %(reference)s", "Look at %(reference)s.", has_a_role))
    calm = MailKind("Case %(reference)s", "Look at %(reference)s.", lambda u, ref: ref != "GONE", weight=light)
    monkeypatch.setitem(KINDS, "calm", calm)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False) as traveller:

        def later(**span: float) -> None:
            traveller.shift(timedelta(**span))

        yield later


@pytest.fixture
def smtp(settings: Any) -> Any:
    with mail_server() as server:
        use(settings, server.server_address[1])
        yield server


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def wait(user: User, *numbers: str, kind: str = "test") -> None:
    for number in numbers:
        queue(kind, to=user, path=f"/casus/{number}/", reference=number)


def subjects(server: Server) -> list[str]:
    return [str(message["Subject"]) for message in server.taken]


def test_a_server_that_comes_back_gets_everything_once_and_in_order(world: World, clock: Clock, settings: Any) -> None:
    with mail_server() as server:
        port = server.server_address[1]
    use(settings, port)  # nobody listens there any more
    wait(world.teacher, "A", "B", "C")
    assert send_due() == 0
    assert list(OutgoingMail.objects.order_by("id").values_list("tries", flat=True)) == [1, 0, 0], "one found it out"
    wait(world.author, "D")
    with mail_server(port) as server:
        assert send_due() == 0, "what is new passes nothing that waits"
        clock(minutes=2)
        assert send_due() == 4
        assert subjects(server) == ["Case A", "Case B", "Case C", "Case D"]
        assert send_due() == 0
        assert len(server.taken) == 4


def test_the_pauses_grow_to_a_quarter_of_an_hour_while_a_server_is_away_and_nothing_is_given_up(
    world: World, clock: Clock, settings: Any
) -> None:
    use(settings, 1)
    wait(world.teacher, "A")
    pauses = []
    for _try in range(12):
        send_due()
        row = OutgoingMail.objects.get()
        assert row.failed_at is None
        pauses.append((row.next_try_at - timezone.now()).seconds // 60)
        clock(minutes=pauses[-1])
    assert pauses[:4] == [1, 5, 15, 15]
    assert set(pauses[4:]) == {15}


@pytest.mark.parametrize(("word", "code", "problem"), [("RCPT", 550, "address"), ("DATA", 554, "refused")])
def test_a_refusal_for_good_is_given_up_at_once_and_the_others_go_on(
    world: World, smtp: Server, word: str, code: int, problem: str
) -> None:
    smtp.refuse[word] = code
    wait(world.teacher, "A")
    assert send_due() == 0
    row = OutgoingMail.objects.get()
    assert (row.problem, row.tries, bool(row.failed_at)) == (problem, 1, True)
    smtp.refuse.clear()
    wait(world.author, "B")
    assert send_due() == 1
    assert subjects(smtp) == ["Case B"]


def test_come_back_later_is_tried_with_growing_pauses_and_then_given_up(
    world: World, clock: Clock, smtp: Server
) -> None:
    smtp.refuse["RCPT"] = 450
    wait(world.teacher, "A")
    pauses = []
    while (row := OutgoingMail.objects.get()).failed_at is None:
        clock(seconds=max(0, (row.next_try_at - timezone.now()).total_seconds()))
        send_due()
        pauses.append(row.next_try_at)
    hours = [round((after - before).total_seconds() / 60) for before, after in zip(pauses, pauses[1:], strict=False)]
    assert hours == [1, 5, 15, 60, 240, 720, 1440]
    assert row.problem == "later"


def test_a_server_that_comes_back_and_asks_to_come_back_later_gives_nothing_up(
    world: World, clock: Clock, settings: Any
) -> None:
    """What mail servers say when they have just started, or to who they don't know: it is tried for two days more."""
    with mail_server() as server:
        port = server.server_address[1]
    use(settings, port)
    wait(world.teacher, "A")
    for _try in range(12):
        send_due()
        clock(minutes=16)
    with mail_server(port) as server:
        server.refuse["DATA"] = 451
        for minutes in (1, 5, 15, 60):
            send_due()
            row = OutgoingMail.objects.get()
            assert (row.failed_at, row.problem) == (None, "later")
            assert row.next_try_at == timezone.now() + timedelta(minutes=minutes)
            clock(minutes=minutes)
        server.refuse.clear()
        assert send_due() == 1
        assert subjects(server) == ["Case A"]


def test_a_mail_that_is_given_up_takes_no_younger_one_of_its_digest_along(
    world: World, clock: Clock, smtp: Server
) -> None:
    MailChoice.objects.create(user=world.teacher, rhythm="daily")
    wait(world.teacher, "OLD", kind="calm")
    clock(days=1)
    smtp.refuse["DATA"] = 451
    send_due()
    OutgoingMail.objects.update(tries=7)
    wait(world.teacher, "NEW", kind="calm")
    clock(days=1)
    send_due()
    rows = {row.reference: row for row in OutgoingMail.objects.all()}
    assert rows["OLD"].failed_at
    assert (rows["NEW"].failed_at, rows["NEW"].problem, rows["NEW"].tries) == (None, "later", 1)
    smtp.refuse.clear()
    clock(minutes=1)
    assert send_due() == 1


def test_a_mail_that_cant_be_made_is_given_up_and_the_others_go_on(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poison(user: User, reference: str) -> bool:
        raise ValueError("Noor Zandstra")

    monkeypatch.setitem(KINDS, "poison", MailKind("Case %(reference)s", "", poison, weight=light))
    wait(world.teacher, "A", kind="poison")
    wait(world.teacher, "B")
    assert send_due() == 1
    for _try in range(8):
        clock(days=1)
        send_due()
    row = OutgoingMail.objects.get(kind="poison")
    assert (row.problem, bool(row.failed_at)) == ("broken", True)
    assert "Noor" not in str(vars(row))
    assert len(mail.outbox) == 1


def test_a_mail_of_which_nobody_can_tell_how_urgent_it_is_holds_nothing_up(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poison(user: User, reference: str) -> Weight:
        raise ValueError("Noor Zandstra")

    monkeypatch.setitem(KINDS, "poison", MailKind("Case %(reference)s", "Look.", has_a_role, weight=poison))
    MailChoice.objects.create(user=world.teacher, rhythm="daily")
    wait(world.teacher, "A", kind="poison")
    wait(world.author, "B")
    assert send_due() == 2
    assert sorted(found.subject for found in mail.outbox) == ["Case A", "Case B"]


@pytest.mark.parametrize("rhythm", ["at_once", "daily"])
def test_a_mail_that_a_newer_version_wrote_is_left_for_it(world: World, clock: Clock, rhythm: str) -> None:
    """While one machine after the other gets the new version."""
    MailChoice.objects.create(user=world.teacher, rhythm=rhythm)
    wait(world.teacher, "A", "B", kind="calm")
    OutgoingMail.objects.create(kind="of.tomorrow", to=world.teacher, path="/", reference="C")
    clock(hours=24)
    assert send_due() == 2
    assert OutgoingMail.objects.waiting().get().kind == "of.tomorrow"
    KINDS["of.tomorrow"] = KINDS["test"]
    try:
        clock(minutes=2)
        assert send_due() == 1
    finally:
        del KINDS["of.tomorrow"]


def test_poison_in_a_digest_does_not_hold_up_the_rest(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "poison", MailKind("%(nothing)s", "", has_a_role, weight=light))
    MailChoice.objects.create(user=world.teacher, rhythm="daily")
    wait(world.teacher, "A", "B", kind="calm")
    wait(world.teacher, "C", kind="poison")
    send_due()
    clock(hours=23)
    assert send_due() == 2
    assert "A" in mail.outbox[0].body
    assert OutgoingMail.objects.get(kind="poison").problem == "broken"


def test_a_digest_is_one_mail_with_numbers_and_links_that_are_still_theirs(world: World, clock: Clock) -> None:
    MailChoice.objects.create(user=world.teacher, rhythm="daily")
    wait(world.teacher, "7K3M", "7K3M", "GONE", "9QXD", kind="calm")
    wait(world.teacher, "NOW1")
    wait(world.author, "MINE", kind="calm")
    assert send_due() == 2
    assert sorted(sent.subject for sent in mail.outbox) == ["Case MINE", "Case NOW1"]
    mail.outbox.clear()
    clock(hours=21)
    assert send_due() == 0, "seven in the morning"
    clock(hours=1)
    assert send_due() == 3
    (digest,) = mail.outbox
    assert (digest.subject, digest.to) == ("Schoolsafety: 2 berichten", [world.teacher.email])
    assert digest.body.count("/casus/7K3M/") == digest.body.count("/casus/9QXD/") == 1
    assert "GONE" not in digest.body
    assert world.teacher.name not in digest.subject + digest.body
    assert not OutgoingMail.objects.filter(reference="GONE").exists()
    assert send_due() == 0


def test_what_became_urgent_leaves_before_the_digest(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = {"now": False}
    kind = MailKind("Case %(reference)s", "", has_a_role, weight=lambda u, ref: Weight(now=heavy["now"]))
    monkeypatch.setitem(KINDS, "calm", kind)
    MailChoice.objects.create(user=world.teacher, rhythm="weekly", quiet_weekend=True)
    wait(world.teacher, "A", kind="calm")
    assert send_due() == 0
    heavy["now"] = True
    clock(minutes=61)
    assert send_due() == 1


def test_after_the_night_what_waited_is_one_mail_with_the_same_id_at_each_try(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    MailChoice.objects.create(user=world.teacher, quiet_from=time(9), quiet_until=time(11))
    wait(world.teacher, "A", "B", kind="calm")
    assert send_due() == 0
    clock(hours=1)
    ids = []

    def die(message: Any) -> None:
        ids.append(message.extra_headers["Message-ID"])
        raise KeyboardInterrupt

    for _try in range(2):
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.message.EmailMessage.send", die)
            with pytest.raises(KeyboardInterrupt):
                send_due()
        clock(minutes=6)
    assert send_due() == 2
    (sent,) = mail.outbox
    assert {*ids, sent.extra_headers["Message-ID"]} == {ids[0]}


def test_a_worker_that_was_away_for_a_week_sends_one_digest(world: World, clock: Clock) -> None:
    MailChoice.objects.create(user=world.teacher, rhythm="daily")
    for day in range(7):
        wait(world.teacher, f"D{day}", kind="calm")
        clock(days=1)
    assert send_due() == 7
    assert len(mail.outbox) == 1


def test_a_clock_that_stood_wrong_leaves_no_mail_behind(world: World, clock: Clock, settings: Any) -> None:
    clock(days=3)
    wait(world.teacher, "A")
    use(settings, 1)
    send_due()  # the next try is now three days ahead
    wait(world.teacher, "B")
    clock(days=-3)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due() == 0
    assert postman.mails_unstick() == 2
    assert send_due() == 2


def test_what_was_sent_goes_after_two_weeks_and_what_failed_after_ninety_days(world: World, clock: Clock) -> None:
    wait(world.teacher, "A", "B")
    assert send_due() == 2
    OutgoingMail.objects.filter(reference="B").update(sent_at=None, failed_at=timezone.now(), problem="address")
    wait(world.teacher, "C")
    clock(days=13)
    assert postman.mails_prune() == 0
    clock(days=2)
    assert postman.mails_prune() == 1
    clock(days=90)
    assert postman.mails_prune() == 1
    assert OutgoingMail.objects.get().reference == "C"
