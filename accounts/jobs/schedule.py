"""The schedule: queues what is due, once, whatever number of workers looks at it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.jobs.queue import enqueue, tasks_rescue
from accounts.jobs.registry import TIMERS
from accounts.models import JobSlot

KEPT = timedelta(days=60)
AHEAD = timedelta(minutes=5)


def run_due(parts: Collection[str]) -> int:
    """Queue every regular job whose moment has come, and take up what was left behind. Returns how many were queued.

    A worker that was away for a week queues each once, for the last moment at which it was due.
    """
    now = timezone.now()
    tasks_rescue()
    JobSlot.objects.filter(created_at__gt=now + AHEAD).delete()  # a clock stood wrong: those days are still to come
    wanted = {(name, timer.slot(now)) for name, timer in TIMERS.items() if timer.part in parts}
    names, slots = {name for name, _slot in wanted}, {slot for _name, slot in wanted}
    known = set(JobSlot.objects.filter(job__in=names, slot__in=slots).values_list("job", "slot"))
    return sum(_queue_once(name, slot) for name, slot in sorted(wanted - known))


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
