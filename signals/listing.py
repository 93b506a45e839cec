"""One page of the desk in two statements: what each tab counts, and the rows; however many rows there are.

The statements are those of `scope`, `lists` and `filters`, written once for each form (see `prepared`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, IntegerField, Q, QuerySet, Value

from accounts.models import User
from signals import rules
from signals.filters import STAND_IN_TIMES, Filters, Times
from signals.lists import Due, Line, desk_tabs, follow_tabs, report_count
from signals.models import Case, SavedFilter
from signals.paging import CAP, PAGE, After, after_of, capped, key_of, ordered, place
from signals.prepared import CountOf, moment, prepared
from signals.scope import Reach, Scope

ME, AWAY, LAST = -9_000_001, -8_000_001, After(-9_000_002, moment(9))
NOW = moment(8)
FOLLOW_TABS = ("open", "unreviewed", "overdue", "closed")
TABS = ("new", "mine", "week", "waiting", "open", "closed")
MUST = Q(steps__state=rules.STEP_OPEN, steps__obligation="must", steps__lapsed_by__isnull=True)
COLUMNS = ("pk", "reference", "concern", "subject_role", "walled", "status", "created_at", "next_due_at")
COLUMNS_MORE = ("moved_to", "moved_at", "school__sector", "owner__name", "report_count")
STEP = ("due__recipient", "due__urgency", "due__due_at", "due__look_again_on")


@dataclass(frozen=True)
class Saved:
    """A filter that somebody kept."""

    reference: str
    name: str
    query: str


class Desk:
    """What one person sees on the desk, narrowed by filters."""

    def __init__(self, scope: Scope, user: User, filters: Filters, at: Times, stands_in: Sequence[int] = ()) -> None:
        """stands_in: ids of colleagues who are away, and whose cases therefore are this person's."""
        self.scope, ids = scope.like()
        self.away = tuple(range(AWAY, AWAY - len(stands_in), -1))
        ids |= zip(self.away, stands_in, strict=True)
        self.filters, references = filters.form()
        times = {getattr(STAND_IN_TIMES, name): getattr(at, name) for name in vars(at)}
        self.values: dict[Any, Any] = {**ids, **references, **times, ME: user.pk}

    def counts(self) -> tuple[dict[str, str], list[Saved]]:
        """How many cases each tab holds, up to a cap, and the filters that this person kept."""
        rows = counted(self.scope, self.filters, self.away).run(self.values)
        saved = sorted((Saved(*row[:3]) for row in rows if row[0]), key=lambda kept: kept.name.lower())
        counts = next(row[3:] for row in rows if not row[0])
        return {tab: capped(count) for tab, count in zip(TABS, counts, strict=True)}, saved

    def page(self, tab: str, order: str, after: str) -> tuple[list[tuple[Line, list[Due]]], str]:
        """The cases of one page with what is due in each, and the key of the next page."""
        if self.scope == Scope(shut=self.scope.shut):
            return [], ""
        last = after_of(order, after)
        values = dict(self.values)
        if last is not None:
            values |= {LAST.pk: last.pk, LAST.due: last.due}
        kind = "first" if last is None else "due" if last.due else "key"
        lines: dict[int, tuple[Line, list[Due]]] = {}
        for row in page_of(self.scope, self.filters, self.away, tab, order, kind).run(values):
            line, dues = lines.setdefault(row[0], (Line(*row[:13]), []))
            if row[13]:
                dues.append(Due(*row[13:17]))
        found = sorted(lines.values(), key=lambda entry: place(order, entry[0]))
        return found[:PAGE], key_of(order, found[PAGE - 1][0]) if len(found) > PAGE else ""


def _tabs(scope: Scope, filters: Filters, away: tuple[int, ...]) -> dict[str, Reach]:
    cases = scope.reach().filter(filters.condition(ME, STAND_IN_TIMES))
    return desk_tabs(cases, ME, STAND_IN_TIMES, away)


@prepared
def counted(scope: Scope, filters: Filters, away: tuple[int, ...]) -> QuerySet[Any, Any]:
    """A row with the counts, and one for each filter that was kept."""
    counts = {f"tab_{name}": _count(cases) for name, cases in _tabs(scope, filters, away).items()}
    empty = {f"text_{place}": Value("") for place in range(3)}
    mine = User.objects.filter(pk=ME).order_by().values_list(*empty.values(), *counts.values())
    kept = SavedFilter.objects.filter(owner_id=ME).order_by()
    return kept.values_list("reference", "name", "query", *(Value(0) for _ in counts)).union(mine, all=True)


def follow_counts(scope: Scope, user: User, now: datetime) -> dict[str, str]:
    """How many cases each tab of the follow-up holds, up to a cap; one statement."""
    form, values = scope.like()
    [counts] = follow_counted(form).run(values | {ME: user.pk, NOW: now})
    return {tab: capped(count) for tab, count in zip(FOLLOW_TABS, counts, strict=True)}


@prepared
def follow_counted(scope: Scope) -> QuerySet[Any, Any]:
    counts = [_count(cases) for cases in follow_tabs(scope.reach(), NOW).values()]
    return User.objects.filter(pk=ME).order_by().values_list(*counts)


def _count(cases: Reach) -> Any:
    total: Any = Value(0, IntegerField())
    for scan in cases.scans:
        total = total + CountOf(scan.order_by().values("pk")[: CAP + 1])
    return total


@prepared
def page_of(
    scope: Scope, filters: Filters, away: tuple[int, ...], tab: str, order: str, kind: str
) -> QuerySet[Any, Any]:
    """The rows of a page, one for each step that is due in a case. kind: the place after which it begins."""
    last = {"first": None, "due": LAST, "key": After(LAST.pk)}[kind]
    first, *others = (_dressed(scan, order, last) for scan in _tabs(scope, filters, away)[tab].scans)
    return first.union(*others, all=True) if others else first


def _dressed(scan: QuerySet[Case], order: str, last: After | None) -> QuerySet[Any, Any]:
    """The keys of the page first, from an index alone; then what a row needs, see `Reach.taken`."""
    keys = ordered(scan, order, last).values("pk")[: PAGE + 1]
    due = FilteredRelation("steps", condition=MUST | Q(steps__look_again_on__isnull=False))
    rows = Case.objects.filter(pk__in=keys).annotate(due=due, report_count=report_count())
    return rows.order_by().values_list(*COLUMNS, *COLUMNS_MORE, *STEP)
