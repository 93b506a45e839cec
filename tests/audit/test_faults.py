"""What happens when the sealer is killed, doubled, away for a day, or told a wrong time."""

import errno
import os
import subprocess
import sys
import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import sealer
from audit.actions import Action
from audit.checkpoints import file_notes, file_of, filed_notes
from audit.models import AuditEvent, Checkpoint
from audit.sealer import seal, seal_lag
from tests.audit.conftest import attack, events, found, verified

KILLER = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
settings.AUDIT_KEYS_DIR, settings.AUDIT_CHECKPOINTS_DIR = sys.argv[3], sys.argv[4]
connection.settings_dict["NAME"] = sys.argv[2]
from audit import sealer
step, when = sys.argv[1].split(":")
original = getattr(sealer, step)
def killed(*args, **kwargs):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(sealer, step, killed)
sealer.seal()
"""


def killed_at(step: str) -> None:
    """Run a real sealer in a process of its own that kills itself there."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    name = str(connection.settings_dict["NAME"])
    folders = [str(settings.AUDIT_KEYS_DIR), str(settings.AUDIT_CHECKPOINTS_DIR)]
    done = subprocess.run([sys.executable, "-c", KILLER, step, name, *folders], env=environment, capture_output=True)
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "step",
    ["_assign:before", "_assign:after", "_write_checkpoint:before", "_write_checkpoint:after", "_copy_to_file:before",
     "file_notes:before", "file_notes:after"],
)  # fmt: skip
def test_killed_anywhere_nothing_is_wrong_afterwards(keys: None, step: str) -> None:
    events(3)
    seal()
    events(4)
    killed_at(step)
    assert "The log is whole." in verified()
    seal()
    assert "7 sealed events" in verified()
    assert [note.size for note in filed_notes(AuditEvent.objects.first().log)] == [3, 7]


@pytest.mark.django_db(transaction=True)
def test_a_torn_note_in_the_file_does_not_spoil_the_next(keys: None) -> None:
    log = events(2)[0].log
    seal()
    with file_of(log).open("a") as file:
        file.write("\nschoolsafety/7K3M-9QXD-T4/2026\n4\nAAAA")
    events(2)
    seal()
    assert [note.size for note in filed_notes(log)] == [2, 4]
    assert "The log is whole." in verified()


@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_leave_no_gap_and_no_double(keys: None) -> None:
    events(200)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                seal(limit=17)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    while seal().sealed:
        pass
    assert sorted(AuditEvent.objects.values_list("leaf_index", flat=True)) == list(range(200))
    assert "The log is whole." in verified()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_second_sealer_does_not_wait(keys: None) -> None:
    events(1)
    with mock.patch.object(sealer, "LOCK", 77):
        held = threading.Event()
        release = threading.Event()

        def hold() -> None:
            from django.db import transaction

            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(77)")
                held.set()
                release.wait(60)
            connection.close()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(60)
        assert seal().busy
        release.set()
        thread.join()
    assert seal().sealed == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_gets_a_later_place(keys: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    from django.db import transaction

    written, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            events(1)
            written.set()
            go.wait(60)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(60)
    events(2)
    seal()
    go.set()
    thread.join()
    seal()
    assert list(AuditEvent.objects.order_by("id").values_list("leaf_index", flat=True)) == [2, 0, 1]
    assert "The log is whole." in verified()


@pytest.mark.django_db
def test_the_clock_set_back_keeps_the_order_and_is_said(keys: None) -> None:
    now = timezone.now().replace(month=11, day=20)
    with time_machine.travel(now):
        events(2)
        seal()
    with time_machine.travel(now - timedelta(hours=2)):
        events(2)
        seal()
        assert AuditEvent.objects.filter(action=Action.LOG_SKEWED).count() == 2  # for the board and for the site
        seal()
        assert "The log is whole." in verified()
    times = list(Checkpoint.objects.filter(log__startswith="7K3M").order_by("id").values_list("created_at", flat=True))
    assert times == sorted(times)
    reads = AuditEvent.objects.filter(action=Action.CASE_READ).order_by("id")
    assert list(reads.values_list("leaf_index", flat=True)) == [0, 1, 2, 3]


@pytest.mark.django_db
def test_the_sealer_dead_for_a_day(keys: None, caplog: Any) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1, minutes=1)):
        events(1)
        seal()
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        events(30)
    assert seal_lag().oldest > timedelta(hours=23)
    assert "unsealed tail: 30 rows, oldest 14" in verified()
    seal()
    said = AuditEvent.objects.filter(action=Action.LOG_DELAYED)
    assert said.count() == 2
    assert said[0].details["minutes"] in (1439, 1440)
    assert "events waited" in caplog.text
    seal()
    assert seal_lag().rows == 0
    assert "The log is whole." in verified()


@pytest.mark.django_db
def test_a_bad_row_stops_its_log_only_and_is_said_once(keys: None) -> None:
    bad = events(3)[1]
    events(2, board="")
    attack(f"UPDATE audit_event SET body = replace(body, 'U1', 'X') WHERE id = {bad.pk}")
    report = seal()
    assert set(report.stopped) == {bad.log}
    assert report.sealed == 4, "one before the bad row, two of the other log, and the alarm there"
    seal()
    seal()
    assert AuditEvent.objects.filter(action=Action.LOG_ALARM).count() == 2
    assert events(1)[0].pk, "the application goes on"
    assert "does not carry a right mac" in found()


@pytest.mark.django_db
def test_a_log_of_a_name_that_nobody_gives_is_not_sealed(keys: None) -> None:
    bad = events(1)[0]
    attack(f"UPDATE audit_event SET log = '../../etc/2026' WHERE id = {bad.pk}")
    assert "is no name of a log" in seal().stopped["../../etc/2026"]


@pytest.mark.django_db
def test_a_file_that_is_full_holds_up_no_other(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = sorted({events(1)[0].log, events(1, board="")[0].log})

    def full(log: str, notes: list[str]) -> None:
        if log == logs[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        file_notes(log, notes)

    monkeypatch.setattr(sealer, "file_notes", full)
    with pytest.raises(OSError, match="No space left"):
        seal()
    assert [len(filed_notes(log)) for log in logs] == [0, 1]
    monkeypatch.undo()
    seal()
    assert [len(filed_notes(log)) for log in logs] == [1, 1]
