"""Keeps on the case what lists and the look for what nobody acted on need, so that they need not count steps."""

from django.db.models import Max, Min, Q
from django.utils import timezone

from signals import ladder, rules
from signals.ages import look_again_at
from signals.models import Case, Moved


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
    Case.objects.filter(pk=case.pk).update(next_due_at=soonest, look_at=case.look_at)
    moves_end(case)


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
