"""Keeps the soonest due moment on the case, so that lists can sort without counting steps."""

from django.db.models import Min, Q

from signals import rules
from signals.ages import look_again_at
from signals.models import Case


def refresh_due(case: Case) -> None:
    """Set next_due_at to the soonest due moment of an open must that still follows, or day to look at one again.

    None when nothing must be done any more.
    """
    musts = Q(state=rules.STEP_OPEN, obligation="must", lapsed_by=None)
    found = case.steps.aggregate(due=Min("due_at", filter=musts), again=Min("look_again_on"))
    again = look_again_at(found["again"]) if found["again"] else None
    soonest = min((at for at in (found["due"], again) if at), default=None)
    case.next_due_at = soonest
    Case.objects.filter(pk=case.pk).update(next_due_at=soonest)
