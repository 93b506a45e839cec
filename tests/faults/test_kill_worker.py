"""A worker is killed (-9) in the middle of each kind of work that writes or sends, and the next one goes on."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.factors.services import MAIL
from accounts.models import BackgroundJob, JobSlot, JobState, OutgoingMail
from accounts.outbox import queue
from audit.models import AuditEvent
from signals.models import Case
from signals.services.cases import case_take
from tests.conftest import World, send, typed
from tests.faults.counting import log_is_whole
from tests.faults.running import Workers, until
from tests.handing import make_task

SIX_MINUTES = 360  # a mail that somebody died with is taken up after five


def test_killed_in_mid_job_it_is_taken_up_once(world: World, workers: Workers, post: Any) -> None:
    mails_leave(world, workers, post)
    reports_arrive(world, workers)
    reminders_go_once(world, workers)
    assert log_is_whole()


def killed(workers: Workers, fault: str, done: Callable[[], Any], clock: float = 0) -> None:
    """One worker that dies there, or did its work before it came so far."""
    number = workers.start(fault, clock)
    until(lambda: workers.is_dead(number) or done())
    workers.stop(number)
    until(nobody_else)


def nobody_else() -> bool:
    """Whether PostgreSQL noticed as well that they are dead: until then they hold their locks."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] == 0


def finished(workers: Workers, clock: float, true: Callable[[], Any]) -> None:
    """A worker that comes so far, ends what it is doing and stops."""
    number = workers.start(clock=clock)
    until(true)
    workers.stop(number, signal.SIGTERM)


class Taken(list[Any]):
    """What the mail server took; with the first it kills who brought it, before it can say that it has it."""

    bringer = 0

    def append(self, mail: Any) -> None:
        super().append(mail)
        if len(self) == 1:
            until(lambda: self.bringer)
            os.kill(self.bringer, signal.SIGKILL)


def mails_leave(world: World, workers: Workers, post: Any) -> None:
    """That the server took it can't be known by who died before it was written down, so that one comes twice, with the
    same mark; a reader shows it once."""
    post.taken = Taken()
    queue(MAIL, to=world.author, path="/")
    post.taken.bringer = workers.start()
    until(lambda: workers.is_dead(post.taken.bringer))
    for at in (6, 12, 16, 20):
        queue(MAIL, to=world.author, path="/")
        killed(workers, f"mail {at} kill", lambda: OutgoingMail.objects.filter(kind=MAIL).latest("pk").sent_at)
    finished(workers, SIX_MINUTES, lambda: not OutgoingMail.objects.waiting().exists())
    mails = [mail["Message-ID"] for mail in post.taken if mail["To"] == world.author.email]  # others are of the log
    brought = Counter(mail.split("-")[1] for mail in mails)
    mine = OutgoingMail.objects.filter(kind=MAIL).order_by("pk").values_list("pk", flat=True)
    assert [brought[str(pk)] for pk in mine] == [2, 1, 1, 1, 1]
    assert len({mail for mail in mails if f"-{mine[0]}-" in mail}) == 1


def reports_arrive(world: World, workers: Workers) -> None:
    """Who handles it hears once of each report."""

    def due() -> bool:
        return Case.objects.filter(look_at__lte=timezone.now()).exists()

    for at in (4, 9, 14, 19, 24):
        send(world.author, typed(world))
        killed(workers, f"nobody {at} kill", lambda: not due())
    finished(workers, 0, lambda: not due())
    told = OutgoingMail.objects.filter(kind="case.new").values_list("reference", "to")
    assert len(told) == len(set(told)) == Case.objects.count() == 5


def reminders_go_once(world: World, workers: Workers) -> None:
    """What is regular goes through the queue; each kill is a try, and the next comes after a longer pause."""
    case = case_take(by=world.coordinator, case=Case.objects.earliest("pk"))
    for _number in range(3):
        make_task(case, world.coordinator, due_on=timezone.localdate(), remind="never")
    case.tasks.update(remind_on=timezone.localdate())  # made before today, so the round of today has to do it
    JobSlot.objects.all().delete()
    left = BackgroundJob.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING))

    def one_that_failed() -> bool:
        tries = list(left.values_list("tries", flat=True))  # one question: the worker goes on meanwhile
        return len(tries) == 1 and tries[0] > 0

    for at, minutes in ((12, 0), (45, 2)):
        killed(workers, f"queue {at} kill", one_that_failed, 60 * minutes)
    # What the last one died with is found by the next worker, and has to wait once more.
    finished(workers, 60 * 100, lambda: not left.filter(state=JobState.RUNNING).exists())
    finished(workers, 60 * 200, lambda: not left.exists())
    assert AuditEvent.objects.filter(action="task.reminded").count() == 3
    assert OutgoingMail.objects.filter(kind="task.reminder").count() == 3
