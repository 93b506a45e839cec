"""The schedule: queues what is due, once, whatever number of workers looks at it."""

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.jobs.queue import enqueue, tasks_rescue, tasks_unstick
from accounts.jobs.registry import SCHEDULE, TIMERS
from accounts.models import JobSlot, PartBeat

logger = logging.getLogger(__name__)
KEPT = timedelta(days=60)
AHEAD = timedelta(minutes=5)
JUMP = 3600.0  # seconds: what a clock is put right by is less, summer time changes none of it
CAREFUL = timedelta(hours=1)
LONG = timedelta(days=1)


class Careful:
    """The schedule as a worker does it: after a clock that jumped ahead nothing regular starts for an hour.

    Most of it deletes what is old, and by then a clock that stands wrong is mostly put right; then it goes on at once.
    A worker that was away for more than a day can't tell that from a jump. Until when is kept in the database: it holds
    for every worker, and for one that starts meanwhile.
    """

    def __init__(self, parts: Collection[str]) -> None:
        self.parts = parts
        self.offset: float | None = None

    def __call__(self) -> int:
        offset = time.time() - time.monotonic()
        moved = JUMP + 1 if self.offset is None and _long_ago() else offset - (self.offset or offset)
        if moved > JUMP:
            logger.error("The clock jumped ahead, or no worker ran for a day: nothing regular starts for an hour.")
            _careful_until(timezone.now() + CAREFUL)
        elif moved < -JUMP:
            _careful_until(None)
        if self.offset is None or moved < -JUMP:
            slots_forget()
        self.offset = offset
        return run_due(() if _is_careful() else self.parts)


def _careful_until(moment: datetime | None) -> None:
    PartBeat.objects.update_or_create(part=SCHEDULE, defaults={"careful_until": moment})


def _is_careful() -> bool:
    """Whether that hour goes on. An end that is further away was written by a clock that was ahead of ours."""
    now = timezone.now()
    within = now + CAREFUL + AHEAD
    return PartBeat.objects.filter(part=SCHEDULE, careful_until__gt=now, careful_until__lte=within).exists()


def _long_ago() -> bool:
    """Whether the schedule was looked at last more than a day ago; never is not long ago."""
    return PartBeat.objects.filter(part=SCHEDULE, ran_at__lt=timezone.now() - LONG).exists()


def run_due(parts: Collection[str]) -> int:
    """Queue every regular job whose moment has come, and take up what was left behind. Returns how many were queued.

    A worker that was away for a week queues each once, for the last moment at which it was due.
    """
    now = timezone.now()
    tasks_rescue()
    tasks_unstick()
    wanted = {(name, timer.slot(now)) for name, timer in TIMERS.items() if timer.part in parts}
    names, slots = {name for name, _slot in wanted}, {slot for _name, slot in wanted}
    known = set(JobSlot.objects.filter(job__in=names, slot__in=slots).values_list("job", "slot"))
    return sum(_queue_once(name, slot) for name, slot in sorted(wanted - known))


def slots_forget() -> int:
    """After a clock that stood wrong: those days are still to come, and what is regular starts on them once more.

    Done once, at the start of a worker and when its clock was put back: two whose clocks differ would otherwise undo in
    each round what the other queued. What one did whose clock is less than an hour ahead stays in any case.
    """
    latest = timezone.localtime(timezone.now() + CAREFUL).date().isoformat()
    count, _kinds = JobSlot.objects.filter(slot__gt=latest).delete()
    return count


@transaction.atomic
def _queue_once(name: str, slot: str) -> int:
    _row, new = JobSlot.objects.get_or_create(job=name, slot=slot)
    if new:
        enqueue(name)
    return int(new)


def slots_prune() -> int:
    """Forget moments that are long past."""
    count, _kinds = JobSlot.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return count
