"""The mails about cases: a number and a link. Each is asked once more, before it leaves, whether it may still go."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.grants import grants_of
from accounts.models import User
from accounts.outbox import CASE, MailKind, register
from accounts.quiet import Weight
from accounts.roles import Permission
from signals import access, glass_access, ladder, rules
from signals.models import Case
from signals.models.work import TaskState
from signals.selectors import asked_in, next_meeting, open_musts, open_tasks, stands_at, tasks_in

ARRIVED, MOVED, MOVED_SEVERAL = "case.new", "case.moved_up", "cases.moved_up"
REPEATED = "case.repeated"
ADDED, FILED = "case.added_to", "case.file"
NUMBER = _("Schoolsafety: case %(reference)s")
Answer = TypeVar("Answer")


def may_read(user: User, reference: str) -> bool:
    """Whether this case is still theirs to open."""
    return access.visible_cases(user, *access.SEE).filter(reference=reference).exists()


def may_know(user: User, reference: str) -> bool:
    """Whether they may still know that somebody opened this case."""
    return glass_access.knows_of_glass(user, reference)


def may_know_moved(user: User, reference: str) -> bool:
    """Whether something nobody acted on still lies with them; a number: that case. Where somebody acted, no mail."""
    seen = access.sight(user)
    which = {"reference": reference} if reference else {}
    here = seen.scope(*access.SEE).reach().filter(moved_to__gt=ladder.FIRST, **which)
    return here.exists() or _at_board(seen).filter(**which).exists()


def _at_board(seen: access.Sight) -> QuerySet[Case]:
    return access.moved_to_board(seen.grants.boards(Permission.WALLED_HANDLE), seen.shut)


def may_take(user: User, reference: str) -> bool:
    """Whether this report is still new, and theirs to handle."""
    return access.visible_cases(user, *access.HANDLE).filter(reference=reference, status=rules.NEW).exists()


def may_handle(user: User, reference: str) -> bool:
    """Whether this case is still theirs to handle."""
    return access.visible_cases(user, *access.HANDLE).filter(reference=reference).exists()


def may_answer(user: User, reference: str) -> bool:
    """Whether a hand-over of this case still waits, for who was asked or stands in for them."""
    here = access.visible_cases(user, *access.HANDLE)
    return here.filter(reference=reference, pk__in=asked_in(user)).exists()


def may_do(user: User, reference: str) -> bool:
    """Whether a task in this case still waits, for somebody who has it or stands in for them, and may open it."""
    here = access.visible_cases(user, *access.ADD).filter(reference=reference, status__in=rules.ACTIVE)
    return here.filter(pk__in=tasks_in(user)).exists()


def may_see_to(user: User, reference: str) -> bool:
    """The same for who is reminded, who may be the owner: of a task whose assignee can't open the case any more."""
    here = access.visible_cases(user, *access.ADD).filter(reference=reference, status__in=rules.ACTIVE)
    return here.filter(tasks__state=TaskState.OPEN).exists()


def handles_cases(user: User, reference: str) -> bool:
    """Whether they may open the page of absences."""
    return grants_of(user).allows(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)


def may_meet(user: User, reference: str) -> bool:
    """Whether they may open the meetings about this case, and it is still in hand."""
    here = access.visible_cases(user, *access.READ)
    return here.filter(reference=reference, status__in=rules.ACTIVE).exists()


def may_hear(user: User, reference: str) -> bool:
    """The same when one was changed or cancelled, which is done of a closed case too."""
    return access.visible_cases(user, *access.READ).filter(reference=reference).exists()


def weight(user: User, reference: str) -> Weight:
    """How urgent a mail about this case is: what has to be done at once, or by when, at this moment."""
    return _weight([reference])


def weight_moved(user: User, reference: str) -> Weight:
    """The same for what nobody acted on: it is late already, so it waits for no digest."""
    numbers = [reference]
    if not reference:
        seen = access.sight(user)
        here = seen.scope(*access.SEE).reach().filter(moved_to__gt=ladder.FIRST)
        scans = (*here.scans, _at_board(seen))
        numbers = [number for scan in scans for number in scan.values_list("reference", flat=True)]
    return _weight(numbers, today=True)


def weight_soon(user: User, reference: str) -> Weight:
    """Somebody looked: it waits for no digest, but who sleeps need not be woken."""
    return Weight(today=True)


def weight_task(user: User, reference: str) -> Weight:
    """The same for a task of theirs, or where they have none here of somebody else: to be done before its day ends."""
    rows = open_tasks(reference)
    days = [day for who, day in rows if who == user.pk] or [day for _who, day in rows]
    return _weight([reference], also=[timezone.make_aware(datetime.combine(day, time.max)) for day in days])


def weight_meeting(user: User, reference: str) -> Weight:
    """An appointment of theirs is to come or changed: that has to be known before it begins."""
    first = next_meeting(user, reference)
    return Weight(today=True, due=timezone.localtime(first) if first else None)


def _weight(numbers: list[str], *, today: bool = False, also: Iterable[datetime] = ()) -> Weight:
    steps = open_musts(numbers)
    due = min((timezone.localtime(at) for at in (*(at for _urgency, at in steps), *also)), default=None)
    return Weight(now=any(urgency == "now" for urgency, _at in steps), today=today, due=due)


WEIGHTS: dict[str, Callable[[User, str], Weight]] = {
    MOVED: weight_moved,
    MOVED_SEVERAL: weight_moved,
    "glass.broken": weight_soon,
    "glass.broken.owner": weight_soon,
    "meeting.planned": weight_meeting,
    "meeting.changed": weight_meeting,
    "task.assigned": weight_task,
    "task.reminder": weight_task,
}


# A report that is new or moved up was acted on when its case was put with another; a glass was broken of that case.
OF_ITSELF = {ARRIVED, MOVED, MOVED_SEVERAL, "glass.broken"}


def _following(kind: MailKind) -> MailKind:
    """The same mail, asked about the case where it is by now."""
    return replace(kind, wanted=_followed(kind.wanted), weight=_followed(kind.weight or weight))


def _followed(ask: Callable[[User, str], Answer]) -> Callable[[User, str], Answer]:
    """The same question about the case that this one was put with meanwhile, if it was."""

    def asked(user: User, reference: str) -> Answer:
        return ask(user, stands_at(reference))

    return asked


def register_all() -> None:
    """Called once when the app starts."""
    about_no_case = _("Schoolsafety: a deputy"), _("An absence with you in it was stopped. Please look who stands in.")
    register("absence.stopped", MailKind(*about_no_case, handles_cases, weight=weight_soon))
    for name, subject, text, wanted in KINDS:
        kind = MailKind(subject, text, wanted, about=CASE, weight=WEIGHTS.get(name, weight))
        register(name, kind if name in OF_ITSELF else _following(kind))


KINDS = (
    (ARRIVED, NUMBER, _("Case %(reference)s is a new report. Please look at it."), may_take),
    ("case.shared", NUMBER, _("A colleague shared case %(reference)s with you."), may_read),
    (
        REPEATED,
        NUMBER,
        _("Case %(reference)s brings the third small report in six weeks. Please look at them together."),
        may_read,
    ),
    (ADDED, NUMBER, _("Something was added to a report in case %(reference)s. Please read it."), may_handle),
    (FILED, NUMBER, _("There is a new file in case %(reference)s."), may_handle),
    ("case.walled", NUMBER, _("Case %(reference)s is now behind a wall, and you can handle it."), may_read),
    ("case.handed_over", NUMBER, _("Case %(reference)s is yours now, because its owner stops."), may_read),
    ("handover.asked", NUMBER, _("You are asked to take case %(reference)s over. Please answer."), may_answer),
    ("handover.answered", NUMBER, _("Your colleague has answered about case %(reference)s."), may_read),
    ("task.assigned", NUMBER, _("There is a task for you in case %(reference)s."), may_do),
    ("task.reminder", NUMBER, _("A task in case %(reference)s must be done soon, or is late."), may_see_to),
    (
        "task.left",
        NUMBER,
        _("Who has a task in case %(reference)s can't open it any more. Please give the task to somebody else."),
        may_see_to,
    ),
    (
        "meeting.planned",
        NUMBER,
        _("There will be a meeting about case %(reference)s. Please look when it is."),
        may_meet,
    ),
    (
        "meeting.changed",
        NUMBER,
        _("A meeting about case %(reference)s has changed. Please look at it again."),
        may_hear,
    ),
    (
        "glass.broken",
        NUMBER,
        _("Somebody opened case %(reference)s by break-glass. Please look into it."),
        may_know,
    ),
    (
        MOVED,
        NUMBER,
        _("Nobody acted on case %(reference)s in time. Please see what to do now."),
        may_know_moved,
    ),
    (
        MOVED_SEVERAL,
        _("Schoolsafety: cases on which nobody acted"),
        _("Nobody acted on several cases in time. Please see what to do now."),
        may_know_moved,
    ),
    ("glass.broken.owner", NUMBER, _("Somebody opened your case %(reference)s by break-glass."), may_read),
)
