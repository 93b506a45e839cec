"""What somebody leaves who can't open a case any more: whoever owns it hears of their tasks, or nobody would."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Board, OutgoingMail, User
from accounts.outbox import queue
from signals import access, rules
from signals.models import Case, Task
from signals.models.work import TaskState
from signals.services.handover import hand_over_lapses, waits
from signals.told import handlers_of, with_deputies

LEFT = "task.left"


def tasks_of(person: User, boards: Collection[Board]) -> QuerySet[Task]:
    """The open tasks of somebody in cases in hand at these boards."""
    rows = Task.objects.filter(assignee=person, state=TaskState.OPEN, case__status__in=rules.ACTIVE)
    return rows.filter(case__board__in=boards).select_related("case").order_by("case", "pk")


def tell_owner(case: Case, *people: User) -> None:
    """Tell the owner when one of these people has an open task in a case that they can't add to any more.

    In the transaction of what took their access away.

    Args:
        people: without them, everybody who has a task there.
    """
    rows = Task.objects.filter(case=case, state=TaskState.OPEN)
    rows = rows.filter(assignee__in=people) if people else rows
    having = User.objects.filter(pk__in=rows.values("assignee"))  # without remembered grants
    if case.status not in rules.ACTIVE or all(access.may(user, case, *access.ADD) for user in having):
        return
    able = [case.owner] if case.owner and access.may(case.owner, case, *access.HANDLE) else handlers_of(case)
    path = reverse("signals:case", args=[case.reference])
    for user in with_deputies(case, able):
        if not OutgoingMail.objects.waiting().filter(kind=LEFT, to=user, reference=case.reference).exists():
            queue(LEFT, to=user, path=path, reference=case.reference)


def shut_now(case: Case, *people: User, by: User) -> None:
    """Nothing waits any more for these people, who stand in a case from now on. In the transaction of what put them
    there."""
    if (asked := waits(case)) and {asked.to, asked.by} & set(people):
        hand_over_lapses(by=by, case=case)
    tell_owner(case, *people)
    Case.objects.filter(pk=case.pk).update(look_at=timezone.now())  # who has it may be others now


def tell_owners(person: User, boards: Collection[Board]) -> None:
    """The same for every case at these boards in which somebody who stops has a task."""
    cases = Case.objects.filter(pk__in=tasks_of(person, boards).order_by().values("case"))
    for case in cases.select_related("owner").order_by("pk"):
        tell_owner(case, person)
