"""Jobs: queued with the change, done once, tried again, given up; and the schedule that queues what is regular."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from threading import Event
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.jobs import beats, processes, queue, registry, schedule, upkeep
from accounts.jobs.queue import do_one, enqueue, tasks_rescue
from accounts.jobs.registry import KINDS, TIMERS, job, regularly
from accounts.jobs.schedule import run_due, slots_prune
from accounts.jobs.upkeep import tidy
from accounts.jobs.worker import Part, Queue, once
from accounts.models import BackgroundJob, JobSlot, JobState, PartBeat
from audit.keys import SEAL, create_keys
from audit.sealer import seal_all
from tests.conftest import World

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
ALL = ("schedule", "seal")
ME = processes.me()
Done = list[tuple[Any, ...]]


@pytest.fixture(autouse=True)
def product(db: None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Only the jobs of a test; those of the product come back after it."""
    saved = dict(KINDS), dict(TIMERS)
    KINDS.clear()
    TIMERS.clear()
    yield saved
    for now, before in zip((KINDS, TIMERS), saved, strict=True):
        now.clear()
        now.update(before)


@pytest.fixture
def done(product: Any) -> Done:
    """What the job `test` was called with."""
    found: Done = []
    job("test", "Test", lambda *ids: found.append(ids), tries=3)
    return found


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MONDAY, tick=False) as traveller:

        def later(**span: float) -> None:
            traveller.shift(timedelta(**span))

        yield later


def work() -> int:
    """Everything that waits now; returns how much there was."""
    count = 0
    while do_one(ME):
        count += 1
    return count


def fails(*ids: object) -> None:
    raise ValueError("Noor Zandstra")


def states() -> list[str]:
    return list(BackgroundJob.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_queued_is_done_once_with_its_ids(done: Done) -> None:
    enqueue("test", 7, "7K3M-9QXD-T4")
    assert (work(), work(), done) == (1, 0, [(7, "7K3M-9QXD-T4")])
    assert states() == ["done"]


def test_a_change_that_is_rolled_back_queues_nothing(done: Done) -> None:
    with transaction.atomic():
        enqueue("test", 7)
        transaction.set_rollback(True)
    assert (work(), states()) == (0, [])


@pytest.mark.parametrize("text", ["Noor Zandstra", "noor@school.example", "x" * 41, ""])
def test_a_name_or_a_text_is_refused(done: Done, text: str) -> None:
    with pytest.raises(ValueError, match="no ids"):
        enqueue("test", text)
    with pytest.raises(KeyError):
        enqueue("nothing", 7)


def test_poison_is_tried_with_growing_pauses_and_given_up_while_others_go_on(done: Done, clock: Any) -> None:
    job("poison", "Poison", fails, tries=4)
    enqueue("poison", 1)
    enqueue("test", 2)
    assert work() == 2
    assert done == [(2,)]
    pauses = []
    while states()[0] == JobState.WAITING:
        entry = DBTaskResult.objects.ready().model.objects.get(status="READY")
        pauses.append(round((entry.run_after - timezone.now()).total_seconds() / 60))
        assert work() == 0, "not before its time"
        clock(minutes=pauses[-1])
        assert work() == 1
    assert pauses == [1, 5, 15]
    row = BackgroundJob.objects.get(name="poison")
    assert (row.state, row.tries, row.problem) == ("failed", 4, "ValueError")
    kept = str([vars(found) for found in DBTaskResult.objects.all()]) + str(vars(row))
    assert "Noor" not in kept
    assert "Traceback" not in kept


def test_what_a_newer_version_queued_waits_for_its_worker(done: Done, clock: Any) -> None:
    """While one machine after the other gets the new version."""
    job("of.tomorrow", "Tomorrow", lambda *ids: done.append(ids))
    enqueue("of.tomorrow", 7)
    newer = KINDS.pop("of.tomorrow")
    assert (work(), states()) == (1, ["waiting"])
    KINDS["of.tomorrow"] = newer
    clock(minutes=2)
    assert (work(), done, states()) == (1, [(7,)], ["done"])


def test_what_a_killed_worker_left_is_taken_up_and_counts_as_a_try(done: Done, clock: Any) -> None:
    enqueue("test", 1)
    entry = queue._claim(f"{ME.partition('/')[0]}/999999999/1")
    assert entry
    BackgroundJob.objects.update(state=JobState.RUNNING, tries=1, started_at=timezone.now())
    assert (tasks_rescue(), tasks_rescue(), work()) == (1, 0, 0)
    assert BackgroundJob.objects.get().problem == "killed"
    clock(minutes=1)
    assert (work(), done, states()) == (1, [(1,)], ["done"])


def test_what_was_taken_but_not_begun_is_done_without_a_pause(done: Done) -> None:
    enqueue("test", 1)
    assert queue._claim(f"{ME.partition('/')[0]}/999999999/1")
    assert tasks_rescue() == 1
    assert (work(), done) == (1, [(1,)])
    assert BackgroundJob.objects.get().tries == 1


def test_who_is_at_work_is_left_alone_until_it_takes_too_long(done: Done, clock: Any) -> None:
    for worker in (ME, "another-machine/1/1"):
        enqueue("test", 1)
        assert queue._claim(worker)
    BackgroundJob.objects.update(state=JobState.RUNNING, tries=1)
    clock(minutes=9)
    assert tasks_rescue() == 0
    clock(minutes=2)
    assert tasks_rescue() == 2


def away(*_of: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def test_what_an_outage_broke_off_is_taken_up_when_it_is_over(
    done: Done, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Queue(ME, Event())
    row = enqueue("test", 1)
    with monkeypatch.context() as outage:
        outage.setitem(KINDS, "test", replace(KINDS["test"], run=away))
        for gone in ("failed", "_at_work"):
            outage.setattr(queue, gone, away)
            with pytest.raises(OperationalError):
                own.round()
    assert states() == ["running"]
    enqueue("test", 2)
    assert queue._claim("another-machine/1/1"), "who is at work elsewhere is left alone"
    own.round()
    row.refresh_from_db()
    assert (row.state, row.tries, row.problem, done) == ("waiting", 1, "OperationalError", [])
    clock(minutes=1)
    own.round()
    assert (states(), done) == (["done", "waiting"], [(1,)])


def test_what_was_done_when_the_database_went_is_not_done_again(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Queue(ME, Event())
    enqueue("test", 1)
    with monkeypatch.context() as outage:
        outage.setattr(queue, "_over", away)
        with pytest.raises(OperationalError):
            own.round()
    own.round()
    assert (states(), done) == (["done"], [(1,)])
    assert not DBTaskResult.objects.filter(status="RUNNING").exists()


def test_a_job_that_was_taken_for_dead_does_not_count_when_it_comes_back(clock: Any) -> None:
    def slow() -> None:
        clock(minutes=11)
        tasks_rescue()

    job("slow", "Slow", slow)
    enqueue("slow")
    work()
    assert states() == ["waiting"], "it has to be done again"


def test_a_worker_of_this_machine_is_known_by_its_process() -> None:
    host, pid, started = ME.split("/")
    assert not processes.is_gone(ME)
    assert processes.is_gone(f"{host}/{pid}/{int(started) + 1}"), "the number was given to another process"
    assert processes.is_gone(f"{host}/999999999/{started}")
    for unknown in ("", "abc", f"elsewhere/999999999/{started}", f"{host}//"):
        assert not processes.is_gone(unknown)


def test_the_schedule_queues_once_whoever_looks(done: Done, clock: Any) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    regularly("workday", "Workday", lambda: done.append(("workday",)), at=time(11), days=registry.WORKDAYS)
    regularly("sealing", "Sealing", lambda: done.append(("sealing",)), at=time(9), part="seal")
    assert (run_due(["schedule"]), run_due(["schedule"])) == (2, 0)
    assert work() == 2
    assert sorted(done) == [("daily",), ("workday",)], "of today at nine, and of last Friday at eleven"
    assert set(JobSlot.objects.values_list("slot", flat=True)) == {"2026-11-02", "2026-10-30"}
    assert schedule._queue_once("daily", "2026-11-02") == 0, "two that look in the same moment"
    assert BackgroundJob.objects.count() == 2
    clock(hours=1, minutes=1)
    assert run_due(["schedule"]) == 1
    assert run_due(ALL) == 1, "who seals also does what belongs to sealing"


def test_after_a_week_without_a_worker_each_is_done_once(done: Done, clock: Any) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    run_due(ALL)
    clock(days=7)
    assert run_due(ALL) == 1


def test_a_clock_that_jumped_ahead_and_back_skips_no_day(done: Done, clock: Any) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    assert run_due(ALL) == 1
    clock(days=2)
    assert run_due(ALL) == 1
    clock(days=-2)
    assert schedule.slots_forget() == 1
    assert run_due(ALL) == 0
    clock(days=1)
    assert run_due(ALL) == 1
    clock(days=1)
    assert run_due(ALL) == 1


@pytest.mark.parametrize("at", [time(10, 15), time(0, 15)], ids=["by day", "after midnight"])
@pytest.mark.parametrize("ahead", [10, 50], ids=["ten minutes", "fifty minutes"])
def test_two_workers_whose_clocks_differ_queue_it_once(done: Done, clock: Any, at: time, ahead: int) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=at)
    run_due(ALL)
    work()
    done.clear()
    clock(hours=0 if at.hour else 13)  # till shortly before it is due
    for _round in range(150):
        clock(minutes=ahead)
        run_due(ALL)
        clock(minutes=-ahead)
        run_due(ALL)
        work()
        clock(minutes=1)
    assert done == [("daily",)]


@pytest.mark.parametrize("ahead", [3, 20], ids=["three hours", "nearly a day"])
def test_two_workers_whose_clocks_differ_by_hours_queue_it_once(
    done: Done, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    now = {"wall": (MONDAY + timedelta(hours=11)).timestamp(), "steady": 1000.0}
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(0, 15))
    both = [(schedule.Careful(ALL), ahead * 3600.0), (schedule.Careful(ALL), 0.0)]
    for _round in range(60):
        for careful, differs in both:
            wall, steady = now["wall"] + differs, now["steady"]
            as_it_sees = SimpleNamespace(time=partial(float, wall), monotonic=partial(float, steady))
            monkeypatch.setattr(schedule, "time", as_it_sees)
            with time_machine.travel(datetime.fromtimestamp(wall, UTC), tick=False):
                careful()
                work()
        now = {name: value + 20 for name, value in now.items()}
    assert len(done) <= 3, "of today, of tomorrow, and once more by the one that started later"


def test_a_clock_that_was_put_back_under_a_worker_skips_no_day(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = MONDAY.timestamp()
    monkeypatch.setattr(schedule, "time", SimpleNamespace(time=lambda: wall, monotonic=lambda: 1000.0))
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    careful = schedule.Careful(ALL)

    def starts() -> int:
        with time_machine.travel(datetime.fromtimestamp(wall, UTC), tick=False):
            return careful()

    assert starts() == 1
    JobSlot.objects.create(job="daily", slot="2026-11-03")  # by a clock that was a day ahead
    wall -= 2 * 3600
    assert starts() == 1, "of Sunday"
    assert not JobSlot.objects.filter(slot="2026-11-03").exists()


def test_a_colleague_whose_clock_is_some_minutes_ahead_is_not_taken_for_dead(done: Done, clock: Any) -> None:
    enqueue("test", 1)
    clock(minutes=9)
    assert queue._claim("another-machine/1/1")
    BackgroundJob.objects.update(state=JobState.RUNNING, tries=1)
    clock(minutes=-9)
    assert tasks_rescue() == 0
    clock(minutes=-3)
    assert tasks_rescue() == 1, "our clock was put back, and nobody knows of it any more"


def test_after_a_jump_ahead_nothing_regular_starts_for_an_hour(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of it deletes what is old, and a wrong clock is mostly put right by then."""
    wall, steady = MONDAY.timestamp(), 1000.0
    monkeypatch.setattr(schedule, "time", SimpleNamespace(time=lambda: wall, monotonic=lambda: steady))
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    careful = schedule.Careful(ALL)

    def starts() -> int:
        with time_machine.travel(datetime.fromtimestamp(wall, UTC), tick=False):
            return careful()

    assert starts() == 1, "the first worker ever waits for nothing"
    wall, steady = wall + 86400, steady + 86400
    assert starts() == 1, "a day that really passed"
    wall = wall + 365 * 86400
    assert (starts(), starts()) == (0, 0)
    wall, steady = wall - 365 * 86400 + 60, steady + 60
    assert starts() == 0, "this day's was started"
    wall, steady = wall + 86400, steady + 86400
    assert starts() == 1
    wall, steady = wall + 3 * 86400, steady + 60
    assert starts() == 0
    wall, steady = wall + 3600, steady + 3600
    assert starts() == 1, "it was no mistake"


def test_a_worker_that_finds_an_old_sign_of_life_can_not_tell_it_from_a_jump(done: Done, clock: Any) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    beats.beat("schedule")
    clock(hours=22)
    assert schedule.Careful(ALL)() == 1, "of Monday"
    clock(hours=3)
    assert schedule.Careful(ALL)() == 0
    beats.beat("schedule")
    clock(minutes=50)
    beats.beat("schedule")
    assert schedule.Careful(ALL)() == 0, "a worker that starts within the hour waits as well"
    clock(minutes=11)
    assert schedule.Careful(ALL)() == 1


def test_a_worker_that_starts_after_the_clock_was_put_right_waits_for_nothing(done: Done, clock: Any) -> None:
    regularly("daily", "Daily", lambda: done.append(("daily",)), at=time(9))
    beats.beat("schedule")
    clock(days=365)
    assert schedule.Careful(ALL)() == 0
    clock(days=-365)
    assert schedule.Careful(ALL)() == 1


def test_what_waits_for_a_year_after_a_clock_was_put_right_is_due(done: Done, clock: Any) -> None:
    job("poison", "Poison", fails)
    clock(days=365)
    enqueue("poison", 1)
    assert work() == 1
    clock(days=-365)
    assert work() == 0
    run_due(())
    assert work() == 1


def test_of_regular_work_that_fails_every_day_one_line_is_left_and_none_when_it_goes_well(clock: Any) -> None:
    regularly("daily", "Daily", fails, at=time(9), tries=1)
    for _day in range(3):
        run_due(ALL)
        work()
        clock(days=1)
    assert states() == ["failed"]
    regularly("daily", "Daily", lambda: None, at=time(9))
    run_due(ALL)
    work()
    assert states() == ["done"]


def test_what_cannot_be_removed_keeps_nothing_else_here(
    done: Done, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue("test", 1)
    work()
    monkeypatch.setattr(upkeep, "sessions_clear", fails)
    clock(days=2)
    with pytest.raises(ValueError, match="Noor"):
        tidy()
    assert not BackgroundJob.objects.exists()


def test_what_is_done_goes_after_a_day_and_what_failed_stays(done: Done, clock: Any) -> None:
    job("poison", "Poison", fails, tries=1)
    enqueue("test", 1)
    enqueue("poison", 1)
    JobSlot.objects.create(job="test", slot="2026-11-02")
    work()
    tidy()
    assert DBTaskResult.objects.count() == 2
    clock(days=2)
    tidy()
    assert (DBTaskResult.objects.count(), states()) == (0, ["failed"])
    assert slots_prune() == 0
    clock(days=60)
    assert slots_prune() == 1


def test_a_part_shows_when_it_last_ran_and_when_it_stopped(clock: Any) -> None:
    part = Part("queue", lambda: None, 1)
    assert beats.any_stopped(), "nothing has run yet"
    with pytest.raises(CommandError, match="Not running"):
        call_command("worker", "--check")
    for name in (*beats.LABELS, *registry.LOOPS):
        beats.beat(name)
    assert not beats.any_stopped()
    call_command("worker", "--check")
    clock(minutes=11)
    assert beats.any_stopped()
    assert all(row.stopped for row in beats.parts() if row.label != registry.LOOPS["seal"].label)
    job("long", "Long", print, longest=timedelta(hours=1))
    BackgroundJob.objects.create(name="long", state=JobState.RUNNING, started_at=timezone.now())
    clock(minutes=30)
    assert not next(row for row in beats.parts() if row.label == beats.LABELS["queue"]).stopped, "it is at work"
    clock(minutes=31)
    assert next(row for row in beats.parts() if row.label == beats.LABELS["queue"]).stopped
    once(part, -100)
    assert PartBeat.objects.get(part="queue").ran_at == timezone.now()
    once(Part("queue", fails, 1), -100)
    row = PartBeat.objects.get(part="queue")
    assert (row.failed_at, row.problem) == (timezone.now(), "ValueError")
    assert "Noor" not in str(vars(row))


def test_a_part_goes_on_when_the_database_was_away(clock: Any) -> None:
    assert once(Part("queue", away, 1), -100) == -100
    assert not PartBeat.objects.exists(), "no sign of life, and nothing that pretends there was"
    assert once(Part("queue", lambda: None, 1), -100) > 0
    assert PartBeat.objects.get().ran_at


def test_who_may_not_seal_is_told_at_the_start() -> None:
    with pytest.raises(CommandError, match="--without seal"):
        call_command("worker")


def test_every_regular_job_of_the_product_works(world: World, product: Any, clock: Any) -> None:
    create_keys((SEAL,))
    seal_all()
    KINDS.update(product[0])
    TIMERS.update(product[1])
    assert run_due(ALL) == len(TIMERS) == 7
    work()
    assert states() == ["done"] * 7, list(BackgroundJob.objects.values_list("name", "problem"))


def test_at_night_sqlite_looks_how_much_there_is_of_what(world: World) -> None:
    if connection.vendor != "sqlite":
        tidy()  # PostgreSQL does so by itself
        return
    tidy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'accounts_school'")
        assert cursor.fetchone()[0] > 0
