"""The queue: work is put in it in the transaction of the change, and done by a worker, at least once.

The tables are those of django-tasks. In them stands the id of a BackgroundJob and nothing else: that row holds the name
of the job, its ids, and how often it was tried, because django-tasks knows no tries. An error is logged where it
happens; its text is stored nowhere.
"""

import logging
import re
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from accounts.jobs import processes
from accounts.jobs.registry import KINDS, TIMERS
from accounts.models import BackgroundJob, Board, JobState

logger = logging.getLogger(__name__)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 1440)]
ID = re.compile(r"[0-9A-Za-z-]{1,40}\Z")  # a number, a reference or a uuid: too short and too bare for a text
UNKNOWN_TRIES = 6  # of what a newer version queued while this worker had yet to be replaced
KEPT = timedelta(days=1)
AHEAD = timedelta(minutes=5)
KILLED, BROKEN_OFF = "killed", OperationalError.__name__


def enqueue(name: str, *ids: int | str, board: Board | None = None) -> BackgroundJob:
    """Have a worker do something, once the transaction of the caller has been committed.

    Args:
        name: a registered job.
        ids: what it gets: keys, references or uuids of rows, which it looks up itself. Never a name or a text.
        board: whose administrators see it when it fails; without one those of every board do.
    """
    if name not in KINDS:
        raise KeyError(name)
    if wrong := [found for found in ids if not isinstance(found, int) and not ID.match(found)]:
        raise ValueError(f"{len(wrong)} of the ids of {name} are no ids.")
    with transaction.atomic():
        row = BackgroundJob.objects.create(name=name, ids=list(ids), board=board)
        run_job.enqueue(row.pk)
    return row


@task()
def run_job(pk: int) -> None:
    """The only task there is for django-tasks: do the job with this id."""
    now = timezone.now()
    waiting = BackgroundJob.objects.filter(pk=pk, state=JobState.WAITING)
    if not waiting.update(state=JobState.RUNNING, tries=F("tries") + 1, started_at=now):
        return  # done, taken back, or another worker was given it
    row = BackgroundJob.objects.get(pk=pk)
    kind = KINDS.get(row.name)
    try:
        if kind is None:
            raise LookupError(row.name)
        kind.run(*row.ids)
    except Exception as error:
        logger.exception("Job %s (%s) failed.", row.name, row.pk)
        failed(row, type(error).__name__)
    else:
        _done(row)


def _done(row: BackgroundJob) -> None:
    now = timezone.now()
    mine = BackgroundJob.objects.filter(pk=row.pk, state=JobState.RUNNING, tries=row.tries)
    if mine.update(state=JobState.DONE, finished_at=now, problem="") and row.name in TIMERS:
        _drop_older(row)


def failed(row: BackgroundJob, problem: str) -> None:
    """Try it again after a pause, each longer than the one before; or give it up, for an administrator to see."""
    now, kind = timezone.now(), KINDS.get(row.name)
    last = row.tries >= (kind.tries if kind else UNKNOWN_TRIES)
    with transaction.atomic():
        mine = BackgroundJob.objects.filter(pk=row.pk, state=JobState.RUNNING, tries=row.tries)
        state = JobState.FAILED if last else JobState.WAITING
        if not mine.update(state=state, problem=problem[:80], finished_at=now if last else None):
            return
        if not last:
            run_job.using(run_after=now + PAUSES[min(row.tries, len(PAUSES)) - 1]).enqueue(row.pk)
        elif row.name in TIMERS:
            _drop_older(row)


def _drop_older(row: BackgroundJob) -> None:
    """Of regular work that failed on several days the last one says it all, and none when it went well since."""
    BackgroundJob.objects.filter(name=row.name, state=JobState.FAILED, pk__lt=row.pk).delete()


def do_one(worker: str) -> bool:
    """Take the next thing from the queue and do it; returns whether there was one."""
    entry = _claim(worker)
    if entry is None:
        return False
    try:
        entry.task.call(*entry.args_kwargs["args"], **entry.args_kwargs["kwargs"])
    except OperationalError:
        raise  # the database is away: the row stays as it is until rescue_own
    except Exception:
        logger.exception("What stands in the queue as %s can't be done.", entry.pk)
        _over(entry, TaskResultStatus.FAILED)
    else:
        _over(entry, TaskResultStatus.SUCCESSFUL)
    return True


def _claim(worker: str) -> DBTaskResult[Any, Any] | None:
    """On PostgreSQL workers skip what another one has locked; on SQLite the transaction is the lock."""
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        entry = DBTaskResult.objects.ready().get_locked()
        if entry is not None:
            entry.claim(worker)
    return entry


def _over(entry: DBTaskResult[Any, Any], status: str) -> bool:
    """Unless somebody took it for dead meanwhile."""
    running = DBTaskResult.objects.filter(pk=entry.pk, status=TaskResultStatus.RUNNING)
    return bool(running.update(status=status, finished_at=timezone.now()))


def tasks_rescue() -> int:
    """Take up again what a worker left behind when it was killed. Returns how many.

    A worker on this machine of which the process is gone is dead at once; any other when the job takes too long. One
    that began in what is the future here has a clock of its own, or ours was put back: it gets as long.
    """
    now, count = timezone.now(), 0
    for entry, row in _at_work():
        kind = KINDS.get(row.name) if row else None
        longest = kind.longest if kind else timedelta(minutes=10)
        late = entry.started_at is None or abs(now - entry.started_at) > longest  # also by a clock that differs
        if late or processes.is_gone(_worker_of(entry)):
            count += _take_up(entry, row, KILLED)
    return count


def rescue_own(worker: str) -> int:
    """Take up again what a worker could not end because the database was away. Returns how many.

    Only its own queue asks, between two jobs: whatever it still has as running was broken off.
    """
    return sum(_take_up(entry, row, BROKEN_OFF) for entry, row in _at_work() if _worker_of(entry) == worker)


def _at_work() -> list[tuple[DBTaskResult[Any, Any], BackgroundJob | None]]:
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    jobs = BackgroundJob.objects
    return [(entry, jobs.filter(pk=(entry.args_kwargs["args"] or [0])[0]).first()) for entry in running]


def _worker_of(entry: DBTaskResult[Any, Any]) -> str:
    found: str = (entry.worker_ids or [""])[-1]
    return found


def _take_up(entry: DBTaskResult[Any, Any], row: BackgroundJob | None, problem: str) -> bool:
    """Have a job done again after a pause, or at once where it had not begun; False when somebody else did this."""
    with transaction.atomic():
        if not _over(entry, TaskResultStatus.FAILED):
            return False
        if row and row.state == JobState.WAITING:
            run_job.enqueue(row.pk)
        elif row and row.state == JobState.RUNNING:
            failed(row, problem)
    return True


def tasks_unstick() -> int:
    """After a clock that stood wrong: what would be tried again only after the longest pause is due now."""
    now = timezone.now()
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    return ready.filter(run_after__gt=now + PAUSES[-1] + AHEAD, run_after__lt=get_date_max()).update(run_after=now)


def jobs_prune() -> int:
    """Delete what is done, a day later. What was given up stays until an administrator looks at it."""
    before = timezone.now() - KEPT
    over = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    DBTaskResult.objects.filter(status__in=over, finished_at__lt=before).delete()
    count, _kinds = BackgroundJob.objects.filter(state=JobState.DONE, finished_at__lt=before).delete()
    return count
