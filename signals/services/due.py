"""Keeps the soonest due moment on the case, so that lists can sort without counting steps."""

from django.db.models import Min

from signals import rules
from signals.models import Case


def refresh_due(case: Case) -> None:
    """Set next_due_at to the soonest due moment of an open must; none when nothing must be done any more."""
    soonest = case.steps.filter(state=rules.STEP_OPEN, obligation="must").aggregate(at=Min("due_at"))["at"]
    case.next_due_at = soonest
    Case.objects.filter(pk=case.pk).update(next_due_at=soonest)
