"""The conditions on a case of two tabs of the desk: that something is due this week, or that it waits for somebody."""

from django.db.models import OuterRef, Q

from signals import ladder, rules
from signals.filters import Times
from signals.looked_up import there_is
from signals.models import HandOver, Step, Task
from signals.models.work import HandOverState, TaskState

_TASKS = Task.objects.filter(case=OuterRef("pk"), state=TaskState.OPEN)


def this_week(at: Times) -> Q:
    """The condition on an open case that a step or a task has to be done before this school week ends."""
    return Q(first_at__lt=at.due_before)


def waits(me: int, at: Times) -> Q:
    """The condition on a case in hand that it waits for somebody else, or for a day.

    A step that the writer of the report has to take, or that was decided against until a day to come; a case that came
    up to the principal or the board because nobody acted; a colleague who has a task, or was asked to take it over.
    """
    steps = Step.objects.filter(case=OuterRef("pk"))
    of_writer = steps.filter(state=rules.STEP_OPEN, obligation="must", lapsed_by=None, actor="author")
    found: Q = (
        Q(moved_to__gte=ladder.PRINCIPAL)
        | there_is(HandOver.objects.filter(case=OuterRef("pk"), state=HandOverState.PROPOSED))
        | there_is(_TASKS.exclude(assignee_id=me))
        | there_is(of_writer.exclude(signal__author_id=me))
        | there_is(steps.filter(look_again_on__gt=at.today))
    )
    return found
