"""What waits for one handler beside the cases: tasks, hand-overs to answer, and for whom they stand in. One query."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from escalation.texts import concern_name, subject_short
from signals import access, rules
from signals.models import Absence, Case, HandOver, Task
from signals.models.work import HandOverState, TaskState
from signals.work import due_words

TASK, HAND_OVER, AWAY = "task", "handover", "away"
COLUMNS = (
    "what",
    "at",
    "ref",
    "name",
    "person",
    "pk_",
    "place",
    "board",
    "walled",
    "status",
    "number",
    "concern",
    "role",
    "sector",
)


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
class Asked:
    """A colleague asks to take a case over."""

    url: str
    reference: str
    concern: str
    by: str


@dataclass(frozen=True)
class StandIn:
    """For whom this person stands in. user: id of who is away."""

    user: int
    name: str
    until: date


@dataclass(frozen=True)
class MyWork:
    """All of it. owners: ids of those whose cases stand among one's own."""

    tasks: list[MyTask]
    asked: list[Asked]
    stands_in: list[StandIn]

    @property
    def late(self) -> int:
        return sum(task.late for task in self.tasks)

    @property
    def owners(self) -> list[int]:
        return [row.user for row in self.stands_in]


def my_work(user: User, seen: access.Sight) -> MyWork:
    """What waits for somebody, as far as they may open the case; the soonest first."""
    today = timezone.localdate()
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in _rows(user, today)]
    open_to = [row for row in rows if row["what"] != AWAY and _opens(row, seen)]
    tasks = [_task(row, today) for row in open_to if row["what"] == TASK]
    asked = [_asked(row) for row in open_to if row["what"] == HAND_OVER]
    away = [StandIn(row["person"], row["name"], row["at"]) for row in rows if row["what"] == AWAY]
    return MyWork(sorted(tasks, key=lambda task: (task.due_on, task.url)), asked, away)


def _rows(user: User, today: date) -> QuerySet:  # type: ignore[type-arg]
    tasks = Task.objects.filter(assignee=user, state=TaskState.OPEN, case__status__in=rules.ACTIVE)
    asked = HandOver.objects.filter(to=user, state=HandOverState.PROPOSED, case__status__in=rules.ACTIVE)
    away = Absence.objects.filter(deputy=user, ended_at=None, starts_on__lte=today, ends_on__gte=today)
    none, number, no = Value("", CharField()), Value(0, IntegerField()), Value(False, BooleanField())
    case = [F("case__pk"), F("case__school_id"), F("case__board_id"), F("case__walled"), F("case__status")]
    case += [F("case__reference"), F("case__concern"), F("case__subject_role"), F("case__school__sector")]
    parts = (
        (tasks, TASK, F("due_on"), F("reference"), none, number, case),
        (asked, HAND_OVER, TruncDate("created_at"), F("reference"), F("by__name"), number, case),
        (away, AWAY, F("ends_on"), none, F("user__name"), F("user_id"), [number] * 3 + [no] + [none] * 5),
    )
    one, *others = [_part(rows, what, [*fields, *of_case]) for rows, what, *fields, of_case in parts]
    return one.union(*others, all=True)


def _part(rows: QuerySet, what: str, fields: list) -> QuerySet:  # type: ignore[type-arg]
    named = dict(zip(COLUMNS, [Value(what, CharField()), *fields], strict=True))
    found: QuerySet = rows.order_by().annotate(**{f"c_{name}": field for name, field in named.items()})  # type: ignore[type-arg]
    return found.values_list(*(f"c_{name}" for name in COLUMNS))


def _opens(row: dict, seen: access.Sight) -> bool:  # type: ignore[type-arg]
    case = Case(
        pk=row["pk_"], school_id=row["place"], board_id=row["board"], walled=row["walled"], status=row["status"]
    )
    return seen.may(case, *(access.ADD if row["what"] == TASK else access.HANDLE))


def _task(row: dict, today: date) -> MyTask:  # type: ignore[type-arg]
    return MyTask(
        url=reverse("signals:case", args=[row["number"]]) + f"#task-{row['ref']}",
        reference=row["number"],
        concern=concern_name(row["concern"]),
        about=subject_short(row["role"], row["sector"]),
        due_on=row["at"],
        due_text=due_words(row["at"], today),
        late=row["at"] < today,
        soon=0 <= (row["at"] - today).days <= 1,
    )


def _asked(row: dict) -> Asked:  # type: ignore[type-arg]
    url = reverse("signals:hand-over-answer", args=[row["number"]])
    return Asked(url, row["number"], concern_name(row["concern"]), row["name"])
