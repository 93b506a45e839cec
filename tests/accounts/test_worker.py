"""Real workers: two at once, one killed in the middle of a job, and stopped in good order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from accounts.jobs.queue import enqueue
from accounts.jobs.registry import KINDS, job
from accounts.models import BackgroundJob, OutgoingMail, PartBeat
from accounts.outbox import KINDS as MAILS
from accounts.outbox import MailKind, has_a_role, queue
from tests.conftest import World

# `dies`: kills its own process at the first try. `notes`: writes a line, so that twice would show.
WORKER = """
import os, signal, sys, time
import django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", sys.argv[2]
from accounts.jobs import queue, registry, worker
from accounts.models import BackgroundJob, OutgoingMail
from accounts.outbox import MailKind, has_a_role, register
def note(number):
    with open(sys.argv[3], "a") as file:
        file.write(f"{number}\\n")
def dies(number):
    note(number)
    while OutgoingMail.objects.waiting().exists():
        time.sleep(0.1)  # or a mail is killed with it, and waits for five minutes
    if BackgroundJob.objects.get(name="dies").tries == 1:
        os.kill(os.getpid(), signal.SIGKILL)
registry.TIMERS.clear()
registry.job("notes", "Notes", note)
registry.job("dies", "Dies", dies)
register("test", MailKind("Case %(reference)s", "Look.", has_a_role))
queue.PAUSES[:] = [queue.timedelta(0)]
worker.SCHEDULE_SECONDS = 0.3
sys.exit(0 if worker.Worker(["seal", "nobody"]).run() else 1)
"""


def worker(folder: Path) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    arguments = [str(connection.settings_dict["NAME"]), str(folder / "mail"), str(folder / "notes")]
    return subprocess.Popen([sys.executable, "-c", WORKER, *arguments], env=environment)


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_everything_once_and_what_one_left_when_it_was_killed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAILS, "test", MailKind("Case %(reference)s", "Look.", has_a_role))
    for name in ("notes", "dies"):
        monkeypatch.setitem(KINDS, name, KINDS.get(name))  # so that it goes again afterwards
        job(name, name, print)
    (tmp_path / "mail").mkdir()
    for number in range(12):
        queue("test", to=world.teacher if number % 2 else world.author, path="/", reference=f"N{number}")
        enqueue("notes", number)
    enqueue("dies", 99)
    running = [worker(tmp_path), worker(tmp_path)]
    try:
        until(lambda: any(process.poll() is not None for process in running))
        dead, alive = sorted(running, key=lambda process: process.poll() is None)
        assert (dead.returncode, alive.poll()) == (-signal.SIGKILL, None)
        left = BackgroundJob.objects.exclude(state="done")
        until(lambda: not left.exists() and not OutgoingMail.objects.waiting().exists())
        assert BackgroundJob.objects.get(name="dies").tries == 2
        alive.send_signal(signal.SIGTERM)
        assert alive.wait(60) == 0
    finally:
        for process in running:
            process.kill()
            process.wait()
    notes = sorted(int(line) for line in (tmp_path / "notes").read_text().split())
    assert notes == [*range(12), 99, 99], "what was killed in the middle is done again, all else once"
    sent = "".join(path.read_text() for path in (tmp_path / "mail").iterdir())
    assert sorted(sent.count(f"Subject: Case N{number}\n") for number in range(12)) == [1] * 12
    assert set(PartBeat.objects.values_list("part", flat=True)) == {"schedule", "queue", "mail"}
    connections.close_all()
