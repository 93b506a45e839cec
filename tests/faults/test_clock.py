"""The clock jumps: a year ahead, a day back, between requests and in the middle of one. Real processes, each with a
clock of its own that is wrong; this process has the right one."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.jobs.queue import enqueue, failed
from accounts.models import BackgroundJob, JobSlot, KeptWords, OutgoingMail, PartBeat
from audit.models import AuditEvent
from signals.models import Case, Draft, Signal
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from tests.conftest import PASSWORD, World, send, typed
from tests.factors import code, give_app
from tests.faults.counting import log_is_whole, since, tally
from tests.faults.running import Person, Server, Workers, until
from tests.handing import make_task

YEAR, DAY = 365 * 86400, 86400
Visit = Callable[..., Person]


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """One process, so that there is one clock."""
    found = Server(folder, workers=1)
    yield found
    found.end()


def jump(visitor: Person, seconds: int) -> None:
    visitor.ask("GET", "/readyz", f"1 jump {seconds}")


def test_requests_go_on_and_a_session_never_lasts_longer(world: World, visit: Visit) -> None:
    visitor, author = visit(None), visit(world.author)
    in_the_middle_of_sending(world, author)
    assert author.ask("GET", reverse("signals:mine")).status_code == 302, "a year is too long a pause"
    ahead = logged_in(visit, "author")
    draft = words_of(ahead, "Nog in de toekomst.")
    jump(visitor, -YEAR - DAY)
    assert ahead.ask("GET", reverse("signals:mine")).status_code == 302, "or it would last a year"
    back = logged_in(visit, "author")
    form = back.get(reverse("signals:draft", args=[draft])).form(id="concern")
    assert form.data()["observed"] == "Nog in de toekomst."
    past = (timezone.localdate() - timedelta(days=3)).isoformat()
    days = {"happened_on": past, "known_on": past}  # those of next year are asked about
    data = {**form.data(), **days, "observed": "En nu weer terug.", "action": "save"}
    assert back.post(reverse("signals:draft", args=[draft]), data).status_code == 302
    assert Draft.objects.get(reference=draft).data["observed"] == "En nu weer terug."
    jump(visitor, DAY)
    a_code_works_once(world, visit, visitor)
    assert log_is_whole()


def in_the_middle_of_sending(world: World, author: Person) -> None:
    """Half of the request is of today, half of next year; it is one report all the same."""
    path, before = reverse("signals:draft-check", args=[draft_of(world)]), tally()
    form = {**author.get(path).form(id="check").data(), "action": "send"}
    assert author.post(path, form, f"8 jump {YEAR}").status_code == 302
    assert since(before)["signal.sent"] == 1
    assert Signal.objects.count() == 1


def draft_of(world: World) -> str:
    return draft_save(by=world.author, draft=None, data=typed(world)).reference


def words_of(person: Person, words: str) -> str:
    new = reverse("signals:signal-new")
    data = person.get(new).form(id="concern").data()
    assert person.post(new, {**data, "observed": words, "action": "save"}).status_code == 302
    return Draft.objects.latest("pk").reference


def logged_in(visit: Visit, name: str) -> Person:
    """As people do it, at the clock that the server has now."""
    found = visit(None)
    form = found.get(reverse("account_login")).form(has="password")
    data = {**form.data(), "login": f"{name}@school.example", "password": PASSWORD}
    assert found.post(reverse("account_login"), data).status_code == 302
    return found


def a_code_works_once(world: World, visit: Visit, visitor: Person) -> None:
    """Also when the clock was a day ahead in between, or comes to the same half minute once more."""
    give_app(world.coordinator)
    used = code()
    step = reverse("mfa_authenticate")

    def shows(code: str) -> int:
        person = logged_in(visit, "coordinator")
        data = {**person.get(step).form(has="code").data(), "code": code}
        return person.post(step, data).status_code

    assert shows(used) == 302
    assert shows(used) == 200
    jump(visitor, DAY)
    assert shows(used) == 200
    jump(visitor, -DAY)
    assert shows(used) == 200


def test_work_goes_on_and_nothing_is_sent_for_every_day_of_the_year(world: World, workers: Workers) -> None:
    """A worker of which the clock stood a year ahead, and then the one with the right clock."""
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    make_task(case, world.coordinator, due_on=timezone.localdate(), remind="same")
    right = workers.start()
    until(lambda: PartBeat.objects.filter(part="schedule").exists())
    until(lambda: AuditEvent.objects.filter(action="task.reminded").exists() and not busy())
    workers.stop(right)
    words = KeptWords.objects.create(user=world.author, path="/zorg/nieuw/", fields=[["observed", "Bewaard."]])
    slots, ahead = JobSlot.objects.count(), workers.start(clock=YEAR)
    until(lambda: PartBeat.objects.filter(part="schedule", ran_at__gt=timezone.now() + timedelta(days=300)).exists())
    until(lambda: PartBeat.objects.filter(part="nobody", ran_at__gt=timezone.now() + timedelta(days=300)).exists())
    assert JobSlot.objects.count() == slots, "nothing that deletes begins within the hour"
    assert KeptWords.objects.filter(pk=words.pk).exists()
    workers.stop(ahead)
    assert OutgoingMail.objects.filter(kind="task.reminder").count() == 1
    late = arrived_ahead(world)
    stuck = failed_ahead()
    right = workers.start()
    until(lambda: OutgoingMail.objects.filter(kind="case.new", reference=late.reference).exists())
    until(lambda: not busy() and BackgroundJob.objects.get(pk=stuck.pk).state == "done")
    workers.stop(right)
    assert OutgoingMail.objects.filter(kind="case.new", reference=late.reference).count() == 1
    assert not OutgoingMail.objects.waiting().filter(next_try_at__gt=timezone.now() + timedelta(days=2)).exists()
    assert log_is_whole()


def busy() -> bool:
    return BackgroundJob.objects.filter(state__in=("waiting", "running")).exists()


def arrived_ahead(world: World) -> Case:
    """A report that was sent while the clock of the web process stood ahead."""
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        return send(world.author, typed(world)).case


def failed_ahead() -> Any:
    """A job that failed then, and is to be tried again in what is now next year."""
    row = enqueue("files.tidy")
    BackgroundJob.objects.filter(pk=row.pk).update(state="running", tries=1)
    row.refresh_from_db()
    failed(row, "OSError")
    DBTaskResult.objects.filter(status="READY").exclude(run_after__year=9999).update(
        run_after=timezone.now() + timedelta(days=365)
    )
    DBTaskResult.objects.filter(status="READY", run_after__year=9999).delete()
    return row
