"""Signs of life: when each part of the worker last did its round, and whether one has stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.jobs.registry import KINDS, LOOPS, SCHEDULE, SEAL
from accounts.models import BackgroundJob, JobState, PartBeat
from audit.sealer import seal_lag

QUEUE = "queue"
STOPPED = timedelta(minutes=10)
AHEAD = timedelta(minutes=5)  # a beat further ahead than this came from a clock that stood wrong
LABELS: dict[str, Any] = {SCHEDULE: _("Starts what is regular"), QUEUE: _("Does what takes longer")}


@dataclass(frozen=True)
class Part:
    """One part, for the page. ran_at: None when it never did; stopped: nothing came of it for ten minutes."""

    label: Any
    ran_at: datetime | None
    stopped: bool


def beat(part: str) -> None:
    """It did a round."""
    PartBeat.objects.update_or_create(part=part, defaults={"ran_at": timezone.now(), "problem": ""})


def stumble(part: str, error: Exception) -> None:
    """A round failed; the kind of error is kept, never its text."""
    PartBeat.objects.update_or_create(
        part=part, defaults={"failed_at": timezone.now(), "problem": type(error).__name__[:80]}
    )


def set_back(part: str) -> bool:
    """Whether a part ran last in what is now the future: the clock stood ahead and was put right."""
    return PartBeat.objects.filter(part=part, ran_at__gt=timezone.now() + AHEAD).exists()


def parts() -> list[Part]:
    """Every part there should be, with when it last ran."""
    now, rows = timezone.now(), dict(PartBeat.objects.values_list("part", "ran_at"))
    labels = LABELS | {name: loop.label for name, loop in LOOPS.items()}
    stopped = {name: _stopped(rows.get(name), now) for name in labels}
    if SEAL in stopped:
        stopped[SEAL] = sealing_stopped()
    stopped[QUEUE] = stopped[QUEUE] and not _at_work(now)
    return [Part(label, rows.get(name), stopped[name]) for name, label in labels.items()]


def any_stopped() -> bool:
    """Whether an administrator has to be warned, on every page where they work."""
    return any(part.stopped for part in parts())


def sealing_stopped() -> bool:
    """Somebody else may seal, without a beat here: what counts is whether events wait."""
    oldest = seal_lag().oldest
    return oldest is not None and oldest > STOPPED


def _at_work(now: datetime) -> bool:
    """Whether something in the queue takes long, but no longer than it may."""
    running = BackgroundJob.objects.filter(state=JobState.RUNNING).values_list("name", "started_at")
    return any(name in KINDS and at and now - at < KINDS[name].longest for name, at in running)


def _stopped(ran_at: datetime | None, now: datetime) -> bool:
    return ran_at is None or not now - STOPPED < ran_at < now + AHEAD
