"""Keeps on the case what lists and the look for what nobody acted on need, so that they count no steps or tasks."""

from datetime import date, datetime

from django.db.models import Max, Min, Q
from django.utils import timezone

from signals import ladder, rules
from signals.ages import day_end, look_again_at
from signals.models import Case, Moved
from signals.models.work import TaskState


def refresh_due(case: Case) -> None:
    """Set next_due_at to the soonest due moment of an open must that still follows, or day to look at one again.

    None when nothing must be done any more. And have `nobody_acted` look at the case afresh, now that something about
    it changed.
    """
    musts = Q(state=rules.STEP_OPEN, obligation="must", lapsed_by=None)
    found = case.steps.aggregate(due=Min("due_at", filter=musts), again=Min("look_again_on"))
    again = look_again_at(found["again"]) if found["again"] else None
    soonest = min((at for at in (found["due"], again) if at), default=None)
    unseen = case.status == rules.NEW and case.look_at == case.created_at  # nobody was told yet that it arrived
    case.next_due_at, case.look_at = soonest, case.created_at if unseen else timezone.now()
    case.first_at = first_of(soonest, case.task_on)
    kept = {"next_due_at": soonest, "first_at": case.first_at, "look_at": case.look_at}
    Case.objects.filter(pk=case.pk).update(**kept)
    moves_end(case)


def refresh_tasks(case: Case) -> None:
    """Set task_on to the day of the open task that has to be done first. The case is locked by the caller."""
    case.task_on = case.tasks.filter(state=TaskState.OPEN).aggregate(on=Min("due_on"))["on"]
    case.first_at = first_of(case.next_due_at, case.task_on)
    Case.objects.filter(pk=case.pk).update(task_on=case.task_on, first_at=case.first_at)


def first_of(due: datetime | None, task_on: date | None) -> datetime | None:
    """What comes first in a case: a step, or the end of the day of a task."""
    return min((at for at in (due, day_end(task_on) if task_on else None) if at), default=None)


def moves_end(case: Case, *, all_of_them: bool = False) -> None:
    """End what moved up and was acted on: a report that was opened, a step with an outcome.

    Costs nothing for a case that never moved. The case is locked by the caller, or its step is.

    Args:
        all_of_them: the case goes to other people as a whole.
    """
    if case.moved_to == ladder.FIRST:
        return
    running = case.moves.filter(ended_at=None)
    if not all_of_them and case.status in rules.OPEN:
        if case.status == rules.NEW:
            return
        running = running.exclude(step__state=rules.STEP_OPEN, step__lapsed_by=None)
    Moved.objects.filter(pk__in=list(running.values_list("pk", flat=True))).update(ended_at=timezone.now())
    lies_with(case)


def lies_with(case: Case) -> None:
    """Set how far up a case lies from what moved up in it and still waits."""
    running = Q(ended_at=None)
    found = case.moves.aggregate(level=Max("level", filter=running), now=Max("at", filter=running), ever=Max("at"))
    case.moved_to = found["level"] or ladder.FIRST
    case.moved_at = found["now"] or case.moved_at or found["ever"]
    Case.objects.filter(pk=case.pk).update(moved_to=case.moved_to, moved_at=case.moved_at)
