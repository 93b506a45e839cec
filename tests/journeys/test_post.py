"""The page about mail and work, and the page where everybody chooses when to get mail."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.jobs import beats
from accounts.jobs.queue import do_one, enqueue
from accounts.jobs.registry import KINDS, LOOPS, JobKind
from accounts.models import BackgroundJob, MailChoice, OutgoingMail, User
from accounts.outbox import queue, send_due
from accounts.quiet import Weight
from accounts.services.invitations import Offer, invitation_send
from audit.models import AuditEvent
from signals import mails
from signals.models import Case
from signals.services.cases import case_take
from tests.conftest import World, join, person, send, typed
from tests.sharing import share

POST, MESSAGES = "/post/", "/berichten/"
MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def text(client: Client, path: str) -> str:
    client.cookies["django_language"] = "en"
    return client.get(path).content.decode()


def failed(to: User, kind: str = "case.walled", problem: str = "address") -> OutgoingMail:
    number = "7K3M-9QXD-T4"
    row = OutgoingMail(kind=kind, to=to, path=f"/casus/{number}/", reference=number, tries=3)
    row.failed_at, row.problem = timezone.now(), problem
    row.save()
    return row


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*ids: object) -> None:
        raise ValueError("Noor Zandstra")

    monkeypatch.setitem(KINDS, "poison", JobKind("Make a file", fails, timedelta(minutes=1), 1))


def test_an_administrator_sees_what_failed_and_never_about_which_case(world: World, login: Any, poison: None) -> None:
    failed(world.teacher)
    failed(world.other_coordinator)
    enqueue("poison", 7, board=world.board)
    enqueue("poison", 8, board=world.other_school.board)
    while do_one("me"):
        pass
    client = login(world.administrator)
    page = text(client, POST)
    assert world.teacher.name in page
    assert "About a case" in page
    assert "this address does not exist" in page
    assert page.count("Make a file</h3>") == 1
    for secret in ("7K3M", "wall", "Noor", world.other_coordinator.name):
        assert secret not in page, secret
    for name in (*beats.LABELS, *LOOPS):
        beats.beat(name)
    assert "Mail or background work has failed" in text(client, reverse("accounts:people"))
    for other in (world.coordinator, world.principal, world.board_officer, world.privacy_officer, world.teacher):
        assert login(other).get(POST).status_code == 404
    assert AuditEvent.objects.filter(action="post.listed", board_ref=world.board.reference).exists()


def test_of_who_is_only_invited_stands_only_the_invitation(world: World, login: Any) -> None:
    """That they have an account elsewhere, and get mail there, is not this administrator's to know."""
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    invitation_send(by=world.administrator, email=world.other_coordinator.email, name="Iemand Nieuw", offer=offer)
    failed(world.other_coordinator)
    OutgoingMail.objects.filter(kind="invitation").update(failed_at=timezone.now(), problem="refused")
    page = text(login(world.administrator), POST)
    assert page.count("Iemand Nieuw</a>") == 1
    assert world.other_coordinator.name not in page
    assert "About an account" in page
    assert "About a case" not in page


def test_trying_again_and_giving_up(world: World, login: Any, poison: None) -> None:
    one, two, three = failed(world.teacher), failed(world.author, "contacts.due"), failed(world.subject)
    abroad = failed(world.other_coordinator)
    enqueue("poison", 7)
    do_one("me")
    job = BackgroundJob.objects.get()
    client = login(world.administrator)

    def act(action: str, key: int | str = "") -> str:
        said = client.post(POST, {"action": f"{action}:{key}" if key else action}, follow=True)
        return said.content.decode()

    act("mail-drop", one.pk)
    assert not OutgoingMail.objects.filter(pk=one.pk).exists()
    act("mail-retry", two.pk)
    two.refresh_from_db()
    assert (two.failed_at, two.problem, two.tries) == (None, "", 0)
    assert "al gedaan" in act("mail-drop", two.pk), "it waits again, so it is no longer on the page"
    act("mails-retry")
    three.refresh_from_db()
    assert three.failed_at is None
    for key in (abroad.pk, 0, "x", "9" * 30):
        act("mail-drop", key)
        act("mail-retry", key)
    act("nonsense", abroad.pk)
    abroad.refresh_from_db()
    assert abroad.failed_at, "of another board"
    act("job-retry", job.pk)
    assert do_one("me"), "it is queued once more"
    job.refresh_from_db()
    assert (job.state, job.tries) == ("failed", 1)
    act("job-drop", job.pk)
    assert not BackgroundJob.objects.exists()
    found = list(AuditEvent.objects.filter(action__startswith="post.", object_type="post").order_by("id"))
    did = [(event.action, event.details) for event in found if event.action != "post.listed"]
    assert did == [
        ("post.dropped", {"mails": 1}),
        ("post.retried", {"mails": 1}),
        ("post.retried", {"mails": 1}),
        ("post.retried", {"jobs": 1}),
        ("post.dropped", {"jobs": 1}),
    ]


def test_a_worker_that_stopped_is_said_on_the_page_and_on_the_list_of_people(world: World, login: Any) -> None:
    client = login(world.administrator)
    for path in (POST, reverse("accounts:people")):
        assert "background work has stopped" in text(client, path)
    for name in (*beats.LABELS, *LOOPS):
        beats.beat(name)
    for path in (POST, reverse("accounts:people")):
        assert "background work has stopped" not in text(client, path)


def test_a_mail_server_that_is_away_is_said_on_the_page(world: World, login: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    queue("contacts.due", to=world.coordinator, path="/")
    send_due()
    page = text(login(world.administrator), POST)
    assert "has not taken mail since" in page
    assert "nothing is lost" in page


def test_choosing_when_to_get_mail(world: World, login: Any) -> None:
    client = login(world.teacher)
    assert "19:00" in text(client, MESSAGES), "the usual hours stand ready"
    sent = {"rhythm": "daily", "quiet": "on", "quiet_from": "18:00", "quiet_until": "07:30", "weekend": "on"}
    for _twice in range(2):
        assert client.post(MESSAGES, sent).status_code == 302
    row = MailChoice.objects.get()
    assert (row.user, row.rhythm, row.quiet_from.hour, row.quiet_weekend) == (world.teacher, "daily", 18, True)
    (event,) = AuditEvent.objects.filter(action="mail.chosen")
    assert event.details == {"rhythm": "daily", "quiet": True}
    assert 'value="18:00"' in text(client, MESSAGES)
    client.post(MESSAGES, {"rhythm": "at_once", "quiet_from": "nonsense"})
    row.refresh_from_db()
    assert (row.rhythm, row.quiet_from, row.quiet_weekend) == ("at_once", None, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"rhythm": "hourly"},
        {"rhythm": "daily", "quiet": "on", "quiet_from": "19:00"},
        {"rhythm": "daily", "quiet": "on", "quiet_from": "19:00", "quiet_until": "19:00"},
        {"rhythm": "daily", "quiet": "on", "quiet_from": "25:00", "quiet_until": "07:00"},
    ],
)
def test_a_choice_that_cant_be(world: World, login: Any, wrong: dict[str, str]) -> None:
    answer = login(world.teacher).post(MESSAGES, wrong)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not MailChoice.objects.exists()


def test_a_digest_drops_what_is_no_longer_theirs_and_what_is_urgent_does_not_wait(world: World) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        quiet, over = (case_take(by=world.coordinator, case=send(world.author, typed(world)).case) for _one in "12")
        for case in (quiet, over):
            case.steps.update(due_at=MONDAY + timedelta(days=9))
            share(case, world.coordinator, world.teacher)
        MailChoice.objects.create(user=world.teacher, rhythm="daily")
        assert send_due() == 0
        today = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
        today.steps.update(due_at=MONDAY + timedelta(hours=5), state="open", obligation="must")
        share(today, world.coordinator, world.teacher)
        assert send_due() == 1
        assert today.reference in mail.outbox.pop().body
        over.shares.update(ends_on=MONDAY.date() - timedelta(days=1))
        clock.shift(timedelta(days=1))
        assert send_due() == 1
        (left,) = mail.outbox
        assert quiet.reference in left.body
        assert over.reference not in left.body + left.subject


def test_how_urgent_a_mail_about_a_case_is(world: World) -> None:
    case: Case = send(world.author, typed(world)).case
    case.steps.update(state="done")
    assert mails.weight(world.coordinator, case.reference) == Weight()
    step = case.steps.all()[0]
    due = timezone.localtime() + timedelta(days=3)
    case.steps.filter(pk=step.pk).update(state="open", obligation="must", urgency="same_day", due_at=due)
    assert mails.weight(world.coordinator, case.reference) == Weight(due=due)
    case.steps.filter(pk=step.pk).update(urgency="now")
    assert mails.weight(world.coordinator, case.reference).now
    assert mails.weight_moved(world.coordinator, case.reference).today
    assert mails.weight_moved(world.coordinator, "") == Weight(today=True), "nothing was moved up to them"
    assert mails.weight_soon(world.coordinator, case.reference) == Weight(today=True)


def test_who_joins_later_has_chosen_nothing(world: World, login: Any) -> None:
    newcomer = person("nieuw")
    join(newcomer, "teacher", world.school)
    assert 'value="at_once" ' in text(login(newcomer), MESSAGES)


def test_the_page_costs_the_same_with_few_and_with_many_rows(world: World, login: Any) -> None:
    client, costs = login(world.administrator), []
    client.get(POST)
    for count in (1, 20):
        for number in range(count):
            joined = person(f"collega_{count}_{number}")
            join(joined, "teacher", world.school)
            failed(joined)
            BackgroundJob.objects.create(name="tidy", state="failed", tries=1, finished_at=timezone.now())
        with CaptureQueriesContext(connection) as found:
            client.get(POST)
        costs.append(len(found))
    assert costs[0] == costs[1] <= 16, costs
