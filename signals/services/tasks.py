"""Tasks in a case: made, changed, done or not done, opened again; and the mail that reminds of them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.jobs.each import each
from accounts.jobs.queue import enqueue
from accounts.models import User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from escalation.selectors import calendar_of
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event, server_event
from signals.models import Case, Meeting, Task
from signals.models.work import LineKind, Remind, TaskState
from signals.services.due import refresh_tasks
from signals.services.formkeys import arrived
from signals.services.lines import line_add, locked
from signals.services.status import check_handles
from signals.told import handlers_of, with_deputies
from signals.workdays import remind_day

ASSIGNED, REMINDER = "task.assigned", "task.reminder"
JOB = "tasks.remind"


@dataclass(frozen=True)
class Wanted:
    """What a task says: what, who, before which day, and when the mail goes that reminds of it."""

    text: str
    assignee: User
    due_on: date
    remind: str = Remind.DAY_BEFORE


@transaction.atomic
def task_add(
    *, by: User, case: Case, wanted: Wanted, key: str, meeting: Meeting | None = None, person: str = ""
) -> Task:
    """Make a task. The same key gives the same task, however often it is sent.

    Args:
        person: the key of whom in the case it is about; empty: the whole case.

    Raises:
        RuleError: the case is not in hand or no longer theirs to handle, this person can't have a task in it, or
            another was kept under this key.
    """
    found = locked(case)
    if same := Task.objects.filter(key=key).first():
        kept = (same.case_id, same.made_by_id, same.person, as_made(same))
        return arrived(same, kept, (found.pk, by.pk, person, wanted))
    check_handles(by, found, seen=case)
    _check(found, wanted.assignee)
    now = timezone.now()
    task = Task(key=key, case=found, meeting=meeting, person=person, made_by=by, created_at=now)
    _fill(task, wanted, now)
    refresh_tasks(found)
    line_add(found, LineKind.MADE, by=by, task=task, who=task.assignee, text=task.text, data=_said(task), at=now)
    _event(Action.TASK_MADE, task, by)
    _tell(task, by)
    return task


@transaction.atomic
def task_change(*, by: User, task: Task, wanted: Wanted, version: int) -> Task:
    """Change a task, only if it is still as the form showed it; what it said before stays to be read.

    Raises:
        RuleError: somebody changed it meanwhile, it is no longer open, the case is no longer theirs to handle, or this
            person can't have it.
    """
    row = _lock(task)
    check_handles(by, row.case, seen=task.case)
    _check_open(row, version)
    _check(row.case, wanted.assignee)
    if (row.text, row.assignee_id, row.due_on, row.remind) == (
        *(wanted.text, wanted.assignee.pk),
        *(wanted.due_on, wanted.remind),
    ):
        return row
    now, had = timezone.now(), row.assignee
    line_add(row.case, LineKind.CHANGED, by=by, task=row, who=had, text=row.text, data=_said(row), at=now)
    row.version += 1
    _fill(row, wanted, now)
    refresh_tasks(row.case)
    _event(Action.TASK_CHANGED, row, by)
    if row.assignee != had:
        _tell(row, by)
    return row


@transaction.atomic
def task_end(
    *, by: User, task: Task, done: bool, text: str, version: int, to: tuple[Permission, ...] = access.HANDLE
) -> Task:
    """Record that a task was done, or why it is not. The same twice is once.

    Args:
        text: why it is not done; of a task that was done perhaps a remark.
        to: by what this person may, for the trail.

    Raises:
        RuleError: somebody changed it meanwhile or recorded something else, or the case is closed to them by now.
    """
    state = TaskState.DONE if done else TaskState.DROPPED
    row = _lock(task)
    last = row.lines.order_by("-pk").first()
    if row.state == state and last and (last.by_id, last.text) == (by.pk, text):
        return row
    check_handles(by, row.case, seen=task.case, to=to)
    _check_open(row, version)
    row.state, row.ended_at = state, timezone.now()
    row.version += 1
    row.full_clean()
    row.save()
    refresh_tasks(row.case)
    line_add(row.case, LineKind.DONE if done else LineKind.DROPPED, by=by, task=row, text=text, at=row.ended_at)
    _event(Action.TASK_DONE if done else Action.TASK_DROPPED, row, by, to)
    return row


@transaction.atomic
def task_reopen(*, by: User, task: Task, to: tuple[Permission, ...] = access.HANDLE) -> Task:
    """Undo that a task was ended; doing it twice is harmless. The mail that reminds of it goes once more."""
    row = _lock(task)
    if row.state == TaskState.OPEN:
        return row
    check_handles(by, row.case, seen=task.case, to=to)
    _in_hand(row.case)
    now = timezone.now()
    row.state, row.ended_at = TaskState.OPEN, None
    row.version += 1
    _remind(row, now)
    row.full_clean()
    row.save()
    refresh_tasks(row.case)
    line_add(row.case, LineKind.OPENED, by=by, task=row, at=now)
    _event(Action.TASK_REOPENED, row, by, to)
    return row


def tasks_remind(now: datetime | None = None) -> int:
    """Queue the mails that are due; returns how many. Any number may run at once, and as often as one likes.

    What should have gone while no worker ran goes as soon as one does.
    """
    today = timezone.localdate(now or timezone.now())
    due = Task.objects.filter(state=TaskState.OPEN, reminded_at=None, remind_on__lte=today)
    due = due.filter(case__status__in=rules.ACTIVE).order_by("remind_on", "pk")
    at, said = now or timezone.now(), "Nobody could be reminded of task %s; the others go on."
    return each(list(due.values_list("pk", flat=True)), lambda pk: _remind_of(pk, at), said)


@transaction.atomic
def _remind_of(pk: int, now: datetime) -> int:
    """One task: to who has it; where they can't open the case any more to its owner, or else to who handles it."""
    if not Task.objects.filter(pk=pk, state=TaskState.OPEN, reminded_at=None).update(reminded_at=now):
        return 0
    task = Task.objects.select_related("case__board", "case__school", "case__owner", "assignee").get(pk=pk)
    case = task.case
    able = [user for user in (task.assignee, case.owner) if user and access.may(user, case, *access.ADD)]
    people = with_deputies(case, able[:1] or handlers_of(case))
    for person in people:
        queue(REMINDER, to=person, path=address(task), reference=case.reference)
    told = {"told": [person.reference for person in people], "due": task.due_on.isoformat()}
    server_event(Action.TASK_REMINDED, case=case, kind="task", ref=task.reference, details=told)
    return len(people)


def address(task: Task) -> str:
    """Where a task stands."""
    return reverse("signals:case", args=[task.case.reference]) + f"#task-{task.reference}"


def as_made(task: Task) -> Wanted:
    """What a task said when it was made; it may have been changed since."""
    line = task.lines.select_related("who").get(kind=LineKind.MADE)
    return Wanted(line.text, line.who or task.assignee, date.fromisoformat(line.data["due_on"]), line.data["remind"])


def _check(case: Case, assignee: User) -> None:
    _in_hand(case)
    if not access.may(assignee, case, *access.ADD):
        raise RuleError(_("This colleague can't open the case, so they can't have a task in it. Choose somebody else."))


def _in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can work with tasks."))


def _lock(task: Task) -> Task:
    """The case first, then the task: the order of everything that changes a case."""
    locked(task.case)
    rows = Task.objects.select_for_update(of=("self",)).select_related("case__board", "case__school", "assignee")
    return rows.get(pk=task.pk)


def _check_open(row: Task, version: int) -> None:
    _in_hand(row.case)
    if row.version != version or row.state != TaskState.OPEN:
        raise RuleError(_("A colleague changed this task while you had it open. Look at it once more."))


def _fill(task: Task, wanted: Wanted, now: datetime) -> None:
    had = (task.assignee_id, task.due_on, task.remind) if task.pk else None
    task.text, task.assignee, task.due_on, task.remind = wanted.text, wanted.assignee, wanted.due_on, wanted.remind
    if had != (task.assignee_id, task.due_on, task.remind):
        _remind(task, now)
    task.full_clean()
    task.save()


def _remind(task: Task, now: datetime) -> None:
    """When the mail goes that reminds of it. The round of today may be over already: then there is one more."""
    today = timezone.localdate(now)
    task.remind_on = remind_day(task.remind, task.due_on, today, calendar_of(task.case.school))
    task.reminded_at = None
    if task.remind_on and task.remind_on <= today:
        enqueue(JOB)


def _said(task: Task) -> dict[str, str]:
    return {"due_on": task.due_on.isoformat(), "remind": task.remind}


def _tell(task: Task, by: User) -> None:
    """Who got it, by mail, unless they gave it to themselves."""
    for person in with_deputies(task.case, [task.assignee]) if task.assignee != by else ():
        if person != by:
            queue(ASSIGNED, to=person, path=address(task), reference=task.case.reference)


def _event(action: Action, task: Task, by: User, to: tuple[Permission, ...] = access.HANDLE) -> None:
    details = {"assignee": task.assignee.reference, "due": task.due_on.isoformat()}
    case_event(action, case=task.case, by=by, to=to, kind="task", ref=task.reference, details=details)
