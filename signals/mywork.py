"""What waits for one handler beside the cases: tasks, hand-overs to answer, and for whom they stand in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, CharField, DateField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils import timezone

from accounts.marks import Given
from escalation.texts import concern_name, subject_short
from signals import access, rules
from signals.left import out_of_reach
from signals.models import Absence, Case, HandOver, Task
from signals.models.work import HandOverState, TaskState
from signals.scope import Place
from signals.selectors import theirs_or_away
from signals.work import due_words

MOST = 1000  # cases of theirs, and tasks in those, that are looked at
SHOWN = 5
TASK, LEFT, HAND_OVER, AWAY = "task", "left", "handover", "away"


class Away(NamedTuple):
    """Somebody who is away, whose cases at one school or board (the other is 0) count as those of who stands in."""

    user: int
    school: int
    board: int


def owned(me: int, stands_in: Iterable[Away]) -> Q:
    """The condition on a case that it is this person's, or of somebody for whom they stand in there."""
    found = Q(owner_id__in=[me])
    for away in stands_in:
        found |= Q(owner_id=away.user) & (Q(school_id=away.school) | Q(board_id=away.board))
    return found


class _Found(NamedTuple):
    """A row of any of them. person: who is away or was asked; the rest is of the case, if there is one."""

    what: str
    at: date
    ref: str
    name: str
    person: int
    case_id: int
    school: int
    board: int
    walled: bool
    status: str
    number: str
    concern: str
    role: str
    sector: str

    @property
    def place(self) -> Place:
        return Place(self.case_id, self.school, self.board, self.walled, self.status)


@dataclass(frozen=True)
class MyTask:
    """One task in a list: the case and the day. What it says stands on the page of the case."""

    url: str
    reference: str
    concern: str
    about: str
    due_on: date
    due_text: str
    late: bool
    soon: bool


@dataclass(frozen=True)
class LeftTask:
    """A task that nobody does: who has it can't open the case any more. Of theirs, or of who they stand in for."""

    url: str
    reference: str
    concern: str
    name: str


@dataclass(frozen=True)
class Asked:
    """A colleague asks to take a case over. stead: the name of who was asked, where this person stands in for them."""

    url: str
    reference: str
    concern: str
    by: str
    stead: str = ""


@dataclass(frozen=True)
class StandIn:
    """For whom this person stands in. user: id of who is away; school, board: ids of where, of which one is 0."""

    user: int
    name: str
    until: date
    school: int
    board: int


@dataclass(frozen=True)
class MyWork:
    """All of it. owners: see Away."""

    tasks: list[MyTask]
    left: list[LeftTask]
    asked: list[Asked]
    stands_in: list[StandIn]

    @property
    def late(self) -> int:
        return sum(task.late for task in self.tasks)

    @property
    def first(self) -> list[MyTask]:
        """Those that stand above the desk; the rest lies in a fold."""
        return self.tasks[:SHOWN]

    @property
    def later(self) -> list[MyTask]:
        return self.tasks[SHOWN:]

    @property
    def owners(self) -> list[Away]:
        return [Away(row.user, row.school, row.board) for row in self.stands_in]


def my_work(found: Iterable[tuple[Any, ...]], seen: access.Sight) -> MyWork:
    """What waits for somebody, as far as they may open the case; the soonest first. found: see work_rows()."""
    today = timezone.localdate()
    rows = [_Found(*row) for row in found]
    tasks = [_task(row, today) for row in rows if row.what == TASK and seen.may(row.place, *access.ADD)]
    left = [_left(row) for row in rows if row.what == LEFT and seen.may(row.place, *access.HANDLE)]
    away = [StandIn(row.person, row.name, row.at, row.school, row.board) for row in rows if row.what == AWAY]
    names = {row.user: row.name for row in away}
    asked = [_asked(row, names) for row in rows if row.what == HAND_OVER and seen.may(row.place, *access.HANDLE)]
    return MyWork(sorted(tasks, key=lambda task: (task.due_on, task.url)), left, asked, away)


def work_rows() -> QuerySet[Any, Any]:
    """Tasks, those of others that nobody does, hand-overs and absences, with marks for `user` and `today`."""
    user, today = Given("user", BigIntegerField()), Given("today", DateField())
    open_tasks = Task.objects.filter(state=TaskState.OPEN, case__status__in=rules.ACTIVE)
    tasks = open_tasks.filter(assignee=user)
    left = Task.objects.filter(pk__in=_in_mine(user, today)).filter(out_of_reach(today))
    asked = HandOver.objects.filter(theirs_or_away("to", user, today), state=HandOverState.PROPOSED)
    asked = asked.filter(case__status__in=rules.ACTIVE).exclude(by=user)
    away = Absence.objects.filter(deputy=user, ended_at=None, starts_on__lte=today, ends_on__gte=today)
    none, number, no = Value("", CharField()), Value(0, IntegerField()), Value(False, BooleanField())
    case = [F("case__pk"), F("case__school_id"), F("case__board_id"), F("case__walled"), F("case__status")]
    case += [F("case__reference"), F("case__concern"), F("case__subject_role"), F("case__school__sector")]
    place = [number, *(Coalesce(F(name), number, output_field=BigIntegerField()) for name in ("school_id", "board_id"))]
    parts = (
        (tasks, TASK, F("due_on"), F("reference"), none, number, case),
        (left, LEFT, F("due_on"), F("reference"), F("assignee__name"), number, case),
        (asked, HAND_OVER, TruncDate("created_at"), F("reference"), F("by__name"), F("to_id"), case),
        (away, AWAY, F("ends_on"), none, F("user__name"), F("user_id"), [*place, no] + [none] * 5),
    )
    one, *others = [_part(rows, what, [*fields, *of_case]) for rows, what, *fields, of_case in parts]
    found: QuerySet[Any, Any] = one.union(*others, all=True)
    return found


def _in_mine(user: Given, day: Given) -> QuerySet[Task, Any]:
    """Ids of the open tasks in the cases of this person, and of who they stand in for.

    They are found first, so that the rest is asked of these alone.
    """
    owned_now = theirs_or_away("owner", user, day, case="")
    mine = Case.objects.filter(owned_now, status__in=rules.ACTIVE).order_by().values("pk")[:MOST]
    return Task.objects.filter(case__in=mine, state=TaskState.OPEN).order_by().values("pk")[:MOST]


def _part(rows: QuerySet[Any], what: str, fields: list[Any]) -> QuerySet[Any, Any]:
    named = dict(zip(_Found._fields, [Value(what, CharField()), *fields], strict=True))
    dressed = rows.order_by().annotate(**{f"c_{name}": field for name, field in named.items()})
    found: QuerySet[Any, Any] = dressed.values_list(*(f"c_{name}" for name in _Found._fields))
    return found


def _task(row: _Found, today: date) -> MyTask:
    return MyTask(
        url=reverse("signals:case", args=[row.number]) + f"#task-{row.ref}",
        reference=row.number,
        concern=concern_name(row.concern),
        about=subject_short(row.role, row.sector),
        due_on=row.at,
        due_text=due_words(row.at, today),
        late=row.at < today,
        soon=0 <= (row.at - today).days <= 1,
    )


def _left(row: _Found) -> LeftTask:
    url = reverse("signals:case", args=[row.number]) + f"#task-{row.ref}"
    return LeftTask(url, row.number, concern_name(row.concern), row.name)


def _asked(row: _Found, stands_in: Mapping[int, str]) -> Asked:
    url = reverse("signals:hand-over-answer", args=[row.number])
    return Asked(url, row.number, concern_name(row.concern), row.name, stands_in.get(row.person, ""))
