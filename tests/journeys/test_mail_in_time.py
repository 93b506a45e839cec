"""Mail about a task or a meeting comes before its moment, also for who wants a digest; and what a merge does to it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from accounts.jobs.queue import do_one
from accounts.models import MailChoice, OutgoingMail, User
from accounts.outbox import queue, send_due
from signals import mails
from signals.models import Case, Step
from signals.services.cases import case_take
from signals.services.tasks import Wanted, task_change, tasks_remind
from signals.services.transfers import case_merge
from tests.conftest import World, send, typed
from tests.handing import make_task, meet

TUESDAY = datetime(2026, 12, 8, 21, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))  # no holiday near


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(TUESDAY - timedelta(hours=11), tick=False) as clock:
        yield clock


def left(to: User) -> int:
    """How many letters left for somebody just now."""
    mail.outbox.clear()
    send_due()
    return sum(message.to == [to.email] for message in mail.outbox)


def test_the_mails_of_a_task_wait_for_no_digest_after_its_day(
    clock: Any, world: World, taken_case: Case, second: User
) -> None:
    taken_case.steps.update(state="done")
    OutgoingMail.objects.all().delete()
    MailChoice.objects.create(user=second, rhythm="weekly")
    make_task(taken_case, world.coordinator, due_on=TUESDAY.date())  # of somebody else, and sooner
    make_task(taken_case, world.coordinator, second, due_on=TUESDAY.date() + timedelta(days=8))
    assert left(second) == 0, "Monday is in time"
    OutgoingMail.objects.all().delete()
    make_task(taken_case, world.coordinator, second, due_on=TUESDAY.date() + timedelta(days=3))
    assert left(second) == 1, "on Monday it would be over"
    clock.shift(timedelta(days=2))
    tasks_remind()
    assert left(second) == 1


def test_the_mail_of_a_meeting_comes_before_it_begins(clock: Any, world: World, taken_case: Case, second: User) -> None:
    OutgoingMail.objects.all().delete()
    clock.move_to(TUESDAY)
    MailChoice.objects.create(user=second, quiet_from="19:00", quiet_until="07:30")
    tomorrow = TUESDAY + timedelta(hours=11)
    meet(taken_case, world.coordinator, starts_at=tomorrow, present=(second,))
    assert left(second) == 0, "at eight, so half past seven is in time"
    meet(taken_case, world.coordinator, starts_at=tomorrow - timedelta(hours=1), present=(world.coordinator,))
    assert left(second) == 0, "they need not be there"
    meet(taken_case, world.coordinator, starts_at=tomorrow - timedelta(hours=1), present=(second,))
    assert left(second) == 1
    assert mails.weight_meeting(second, taken_case.reference).due == tomorrow - timedelta(hours=1)


def test_a_task_whose_mail_is_due_today_is_reminded_of_today(
    clock: Any, world: World, taken_case: Case, second: User
) -> None:
    def reminded() -> list[User]:
        while do_one("me"):
            pass
        return [row.to for row in OutgoingMail.objects.filter(kind="task.reminder")]

    make_task(taken_case, world.coordinator, second, due_on=TUESDAY.date() + timedelta(days=3))
    assert reminded() == []
    task = make_task(taken_case, world.coordinator, second, due_on=TUESDAY.date(), remind="same")
    assert reminded() == [second], "the round of this morning is over, that of tomorrow too late"
    other = Wanted("Vader bellen over maandag.", second, TUESDAY.date(), "same")
    task_change(by=world.coordinator, task=task, wanted=other, version=1)
    assert reminded() == [second], "its day is the same, so the mail was sent"
    task_change(by=world.coordinator, task=task, wanted=Wanted(other.text, second, TUESDAY.date()), version=2)
    assert reminded() == [second, second]


def test_what_waits_about_a_case_that_was_put_with_another_goes_to_who_may_open_that_one(
    clock: Any, world: World, second: User
) -> None:
    one, into = (case_take(by=world.coordinator, case=send(world.author, typed(world)).case) for _case in "12")
    Step.objects.update(state="done")
    OutgoingMail.objects.all().delete()
    for user in (second, world.teacher):
        MailChoice.objects.create(user=user, rhythm="daily")
    make_task(one, world.coordinator, second, due_on=TUESDAY.date() + timedelta(days=8))
    for user in (second, world.teacher):
        for kind in ("case.shared", "case.added_to", "case.new"):
            queue(kind, to=user, path=f"/casus/{one.reference}/", reference=one.reference)
    case_merge(by=world.coordinator, case=one, into=into, reason="Het gaat om hetzelfde voorval.", key=uuid4())
    assert left(second) == 0
    clock.shift(timedelta(days=1))
    OutgoingMail.objects.update(next_try_at=TUESDAY)
    assert left(second) == 1
    [letter] = mail.outbox
    assert letter.to == [second.email], "the teacher may open neither"
    assert letter.body.count(f"/casus/{one.reference}/") == 3, "of all but the report that is new no more"
    assert not OutgoingMail.objects.filter(to=world.teacher).exists()
