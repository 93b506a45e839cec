"""Rows for lists of cases, and the tabs they are cut into: no names of those concerned, no story."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from escalation.texts import concern_name, recipient_name, subject_short
from signals import rules
from signals.addresses import UNKNOWN, address
from signals.ages import Moments, day_end, look_again_at, span
from signals.awaited import this_week, waits
from signals.cards import DUE_SOON, is_due, is_overdue
from signals.filters import Times
from signals.looked_up import CountOf
from signals.markup import Writing
from signals.models import Case, Signal, Step
from signals.models.case import Status
from signals.moved_words import moved_words
from signals.mywork import Away, owned
from signals.row_html import LATE, WORDS, Form, write_row
from signals.scope import Reach

STATES = dict(Status.choices)
TASK_SOON = timedelta(days=2)  # today or tomorrow, until the end of the day
NOTHING_DUE = ("",) * 5


class Due(NamedTuple):
    """As much of a step as a list needs: one that must be done, or a day to look at one again. Of nobody: a task."""

    recipient: str
    urgency: str
    due_at: datetime
    look_again_on: date | None

    @property
    def at(self) -> datetime:
        return look_again_at(self.look_again_on) if self.look_again_on else self.due_at


class Line(NamedTuple):
    """As much of a case as a list needs. small: see same.holds_small(). task_on: the day of its first open task."""

    pk: int
    reference: str
    concern: str
    subject_role: str
    walled: bool
    status: str
    created_at: datetime
    first_at: datetime | None
    moved_to: int
    moved_at: datetime | None
    sector: str
    owner: str | None
    reports: int
    small: bool = False
    task_on: date | None = None


@dataclass(slots=True)
class Row:
    """One case in a list, in words.

    facts: whom it is about, how old it is and how many reports it holds. due_class, due_word: how urgent that is.
    """

    reference: str
    url: str
    concern: str
    about: str
    age: str
    facts: str
    created_at: datetime
    owner: str
    state: str
    state_label: str
    walled: bool
    next_step: str
    next_due: str  # for machines
    next_due_text: str
    due_class: str
    due_word: str
    moved: str  # with whom it lies as well, because nobody acted
    language: str | None = None
    address: str = ""
    several: bool = False  # one can tick it

    def write(self, page: Writing) -> None:
        """As HTML, on a page of several."""
        words = _words(self)
        said, look = tuple(map(bool, words)), (self.state_label, self.due_class, self.due_word)
        write_row(page, Form(said, self.address, *look, self.walled, self.several, self.language), words)


_words = attrgetter(*WORDS)


@dataclass(slots=True)
class FollowRow(Row):
    """The same with what was and was not done."""

    steps_done: int = 0
    steps_open: int = 0
    steps_overdue: int = 0
    steps_declined: int = 0
    review_text: str = ""
    late: list[str] = field(default_factory=list)


def listed(cases: Reach) -> Reach:
    """With what a row needs of the case itself; only the rows of one page pay for it."""
    return replace(cases, dress=_dressed)


def report_count() -> Subquery:
    """How many reports a case holds, as a column."""
    return CountOf(Signal.objects.filter(case=OuterRef("pk")).order_by().values("case"))


def _dressed(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("owner", "school").annotate(report_count=report_count())


def with_steps(page: list[Case]) -> list[Case]:
    """Fetch the steps of the rows of one page, in one query however many rows there are."""
    prefetch_related_objects(page, Prefetch("steps", Step.objects.order_by("due_at", "position")))
    return page


def row(case: Case, now: datetime, page: str = "signals:case") -> Row:
    return Row(*_parts(*_of_case(case), now, Words(page)))


def rows_of(lines: list[tuple[Line, list[Due]]], now: datetime, *, several: bool = False) -> list[Row]:
    """The rows of one page of the desk. `several`: to tick."""
    words = Words("signals:case", several)
    return [
        Row(*_parts(line, [*dues, _task(line.task_on)] if line.task_on else dues, now, words)) for line, dues in lines
    ]


def follow_row(case: Case, now: datetime) -> FollowRow:
    """A row for whoever audits the follow-up."""
    steps = list(case.steps.all())
    late = [step for step in steps if is_overdue(step, now)]
    parts = _parts(*_of_case(case), now, Words("signals:followup-case"))
    return FollowRow(
        **dict(zip(Row.__slots__, parts, strict=True)),
        steps_done=sum(step.state == rules.STEP_DONE for step in steps),
        steps_open=sum(step.state == rules.STEP_OPEN for step in steps),
        steps_overdue=len(late),
        steps_declined=sum(step.state in (rules.STEP_DECLINED, rules.STEP_NOT_APPLICABLE) for step in steps),
        review_text=span(case.taken_at - case.created_at) if case.taken_at else "",
        late=[recipient_name(step.recipient, case.school.sector) for step in late],
    )


def _of_case(case: Case) -> tuple[Line, list[Due]]:
    known = [getattr(case, name) for name in Line._fields[:10]]
    owner = case.owner.name if case.owner else None
    line = Line._make([*known, case.school.sector, owner, getattr(case, "report_count", 1), False, None])
    steps = [step for step in case.steps.all() if is_due(step) or step.look_again_on]
    return line, [Due(step.recipient, step.urgency, step.due_at, step.look_again_on) for step in steps]


class Words:
    """What a page says again and again is looked up once for the page: some words, and the address of a case."""

    def __init__(self, page: str, several: bool = False) -> None:
        self.several = several
        self.address, self.language = address(page, UNKNOWN), get_language()
        self.concern, self.about, self.recipient = cache(concern_name), cache(subject_short), cache(recipient_name)
        self.late, self.soon, self.task, self.ago = _("too late"), _("soon"), _("Task"), _("%(age)s ago")
        self.when, self.state, self.reports = Moments().by_when, cache(_state), cache(_reports)

    def facts(self, about: str, age: str, reports: int) -> str:
        """Whom it is about, how old it is and, where it holds several reports, how many."""
        more = f" · {self.reports(reports)}" if reports > 1 else ""
        return f"{about} · {self.ago % {'age': age}}{more}"


def _parts(line: Line, dues: list[Due], now: datetime, words: Words) -> tuple[Any, ...]:
    """The fields of a Row in their order."""
    about, old = words.about(line.subject_role, line.sector), span(now - line.created_at, words.language)
    return (
        line.reference,
        words.address.replace(UNKNOWN, line.reference),
        words.concern(line.concern),
        about,
        old,
        words.facts(about, old, line.reports or 1),
        line.created_at,
        line.owner or "",
        line.status,
        words.state(line.status),
        line.walled,
        *(_next(dues, line.sector, now, words) if dues and line.status in rules.OPEN else NOTHING_DUE),
        moved_words(line.moved_to, line.moved_at, line.status, walled=line.walled, sector=line.sector),
        words.language,
        words.address,
        words.several,
    )


def _state(status: str) -> str:
    return capfirst(str(STATES[status]))


def _reports(count: int) -> str:
    return ngettext("%(counter)s report", "%(counter)s reports", count) % {"counter": count}


def _task(day: date) -> Due:
    return Due("", "planned", day_end(day), None)


def _at(due: Due) -> datetime:
    return due.at


def _next(dues: list[Due], sector: str, now: datetime, words: Words) -> tuple[str, str, str, str, str]:
    """What is due first: an open must that still follows, one that somebody decided to look at again, or a task.

    Returns the fields of a Row from next_step to due_word.
    """
    due = dues[0] if len(dues) == 1 else min(dues, key=_at)
    who, at = words.recipient(due.recipient, sector) if due.recipient else words.task, due.at
    name, word = "due", ""
    if at < now:
        name, word = LATE, words.late
    elif due.urgency != "now" and at < now + (DUE_SOON if due.recipient else TASK_SOON):
        name, word = "due due-soon", words.soon
    step = _("Look again: %(recipient)s") % {"recipient": who} if due.look_again_on else who
    return step, at.isoformat(), words.when("planned" if due.look_again_on else due.urgency, at), name, word


def tab_links(
    counts: Mapping[str, str], labels: Mapping[str, str | Promise], current: str, query: str = ""
) -> list[dict[str, object]]:
    """The tabs above a list, each with its count and its address. `query`: the filters that go along."""
    rest = f"&{query}" if query else ""
    return [
        {"name": name, "label": labels[name], "url": f"?tab={name}{rest}", "count": count, "current": name == current}
        for name, count in counts.items()
    ]


def desk_tabs(cases: Reach, me: int, at: Times, stands_in: Sequence[Away] = ()) -> dict[str, Reach]:
    """The cases a handler sees, cut into the tabs of the desk."""
    return {name: cases.filter(condition) for name, condition in tabs(me, at, stands_in).items()}


def tabs(me: int, at: Times, stands_in: Sequence[Away] = ()) -> dict[str, Q]:
    """The tabs of the desk, as conditions on the cases a handler sees. Each names its states, and none is JOINED.

    Args:
        me: the id of who looks.
        stands_in: colleagues whose cases count as one's own.
    """
    return {
        "new": Q(status=rules.NEW),
        "mine": Q(owned(me, stands_in), status__in=rules.ACTIVE),
        "week": Q(this_week(at), status__in=rules.OPEN),
        "waiting": Q(waits(me, at), status__in=rules.ACTIVE),
        "open": Q(status__in=rules.ACTIVE),
        "closed": Q(status=rules.CLOSED),
    }


def follow_tabs(cases: Reach, now: datetime | None = None) -> dict[str, Reach]:
    """The cases of a school for whoever audits: open, not seen yet, overdue, closed."""
    now = now or timezone.now()
    running = cases.filter(status__in=rules.OPEN)
    return {
        "open": running,
        "unreviewed": cases.filter(status=rules.NEW),
        "overdue": running.filter(next_due_at__lt=now),
        "closed": cases.filter(status=rules.CLOSED),
    }
