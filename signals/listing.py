"""One page of the desk in one statement: what each tab counts, and the rows; however many rows there are.

The statements are those of `scope`, `lists` and `filters`, written once for each form (see `accounts.prepared`): there
is no second rule, only one that was written down earlier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DateTimeField,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Value,
)

from accounts.marks import Given, keys
from accounts.models import User
from accounts.prepared import Prepared
from accounts.together import Together
from signals import rules
from signals.filters import GIVEN_TIMES, Filters, Times
from signals.lists import Due, Line, follow_tabs, report_count, tabs
from signals.looked_up import CountOf
from signals.models import Case, SavedFilter
from signals.mywork import Away
from signals.paging import CAP, PAGE, After, after_of, capped, key_of, ordered, place
from signals.same import holds_small
from signals.scope import Reach, Scope

LAST_PK: Any = Given("last_pk", BigIntegerField())
LAST_DUE: Any = Given("last_due", DateTimeField())
NOW: Any = Given("now", DateTimeField())
ME: Any = Given("me", BigIntegerField())
FOLLOW_TABS = ("open", "unreviewed", "overdue", "closed")
TABS = ("new", "mine", "week", "waiting", "open", "closed")
AROUND = {"new": rules.NEW, "week": rules.NEW, "closed": rules.CLOSED}  # what tabs hold beside cases in hand
MUST = Q(steps__state=rules.STEP_OPEN, steps__obligation="must", steps__lapsed_by__isnull=True)
FIRST = Q(steps__due_at=F("next_due_at"))  # of the musts only the soonest, which the services keep on the case
COLUMNS = ("pk", "reference", "concern", "subject_role", "walled", "status", "created_at", "first_at")
COLUMNS_MORE = ("moved_to", "moved_at", "school__sector", "owner__name", "report_count", "small", "task_on")
Shown = tuple[list[tuple[Line, list[Due]]], str]
STEP = ("due__recipient", "due__urgency", "due__due_at", "due__look_again_on")


@dataclass(frozen=True)
class Saved:
    """A filter that somebody kept."""

    reference: str
    name: str
    query: str


class Desk:
    """What one person sees on the desk, narrowed by filters."""

    def __init__(self, scope: Scope, user: User, filters: Filters, at: Times, stands_in: Sequence[Away] = ()) -> None:
        """stands_in: colleagues who are away, and whose cases therefore are this person's."""
        self.lists = [*scope.lists(), [user.pk, *(key for away in stands_in for key in away)]]
        self.filters, references = filters.form()
        self.given: dict[str, Any] = {**vars(at), **references}

    def look(self, tab: str, order: str, after: str) -> tuple[dict[str, str], list[Saved], Shown]:
        """How many cases each tab holds, up to a cap, the filters that this person kept, and a page of one tab."""
        form, given = self._form(tab, order, after)
        found = LOOK.rows(*self.lists, form=form, **given)
        saved = sorted((Saved(*row[:3]) for row in found["counts"] if row[0]), key=lambda kept: kept.name.lower())
        counts = zip(*(row[3:] for row in found["counts"] if not row[0]), strict=True)
        tabs = {name: capped(sum(parts)) for name, parts in zip(TABS, counts, strict=True)}
        return tabs, saved, _shown(found["page"], order)

    def page(self, tab: str, order: str, after: str) -> Shown:
        """The cases of one page with what is due in each, and the key of the next page."""
        form, given = self._form(tab, order, after)
        return _shown(PAGES.rows(*self.lists, form=form, **given), order)

    def _form(self, tab: str, order: str, after: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """How the statement looks, and the values for it."""
        last, given = after_of(order, after), dict(self.given)
        if last is not None:
            given |= {"last_pk": last.pk, "last_due": last.due}
        kind = "first" if last is None else "due" if last.due else "key"
        return {"filters": self.filters, "tab": tab, "order": order, "kind": kind}, given


def _shown(rows: list[tuple[Any, ...]], order: str) -> Shown:
    lines: dict[int, tuple[Line, list[Due]]] = {}
    for row in rows:
        line, dues = lines.setdefault(row[0], (Line(*row[:15]), []))
        if row[15]:
            dues.append(Due(*row[15:]))
    found = sorted(lines.values(), key=lambda entry: place(order, entry[0]))
    return found[:PAGE], key_of(order, found[PAGE - 1][0]) if len(found) > PAGE else ""


def _tabs(lengths: Sequence[int], filters: Filters) -> tuple[Reach, dict[str, Q]]:
    """The cases and the tabs, with marks. lengths: of the lists of a Desk, the last of them who counts as oneself."""
    me, *away = keys(len(lengths) - 1, lengths[-1])
    stands_in = [Away(*away[at : at + 3]) for at in range(0, len(away), 3)]
    cases = Scope.of_keys(*lengths[:-1]).reach(joined=True).filter(filters.condition(me, GIVEN_TIMES))
    return cases, tabs(me, GIVEN_TIMES, stands_in)


def _counts(*lengths: int, filters: Filters, **_of_page: str) -> QuerySet[Any, Any]:
    """A row of counts for each part of the cases, to be added up, and one for each kept filter.

    Cases in hand are looked at once for all tabs, and so are those that are seen one by one. New and closed ones there
    may be many of: each tab counts them from an index, up to a cap.
    """
    me = keys(len(lengths) - 1, 1)[0]
    cases, conditions = _tabs(lengths, filters)
    by_place = len(Scope.of_keys(*lengths[:-1]).by_place().reach().scans)
    here, few = Reach(cases.scans[:by_place]), cases.scans[by_place:]
    counts = [
        _count(here.filter(condition, status=AROUND[name])) if name in AROUND else Value(0)
        for name, condition in conditions.items()
    ]
    empty = [Value("") for _ in range(3)]
    around = User.objects.filter(pk=me).order_by().values_list(*empty, *counts)
    in_hand = here.filter(status__in=rules.ACTIVE).scans
    kept = SavedFilter.objects.filter(owner_id=me).order_by()
    rows = kept.values_list("reference", "name", "query", *(Value(0) for _ in counts))
    return rows.union(around, *(_counted(scan, conditions) for scan in (*in_hand, *few)), all=True)


def _counted(scan: QuerySet[Case], conditions: Mapping[str, Q]) -> QuerySet[Any, Any]:
    """The counts of a handful of cases, which the database looks at once for all tabs."""
    counts = {f"tab_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    texts = {f"text_{place}": Value("") for place in range(3)}
    return scan.order_by().annotate(**texts).values_list(*texts).annotate(**counts)


def follow_counts(scope: Scope, user: User, now: datetime) -> dict[str, str]:
    """How many cases each tab of the follow-up holds, up to a cap; one statement."""
    [counts] = FOLLOW_COUNTS.rows(*scope.lists(), me=user.pk, now=now)
    return {tab: capped(count) for tab, count in zip(FOLLOW_TABS, counts, strict=True)}


def _follow_counts(*lengths: int) -> QuerySet[Any, Any]:
    counts = [_count(cases) for cases in follow_tabs(Scope.of_keys(*lengths).reach(), NOW).values()]
    return User.objects.filter(pk=ME).order_by().values_list(*counts)


FOLLOW_COUNTS = Prepared(_follow_counts)


def _count(cases: Reach) -> Any:
    total: Any = Value(0, IntegerField())
    for scan in cases.scans:
        total = total + CountOf(scan.order_by().values("pk")[: CAP + 1])
    return total


def _page(*lengths: int, filters: Filters, tab: str, order: str, kind: str) -> QuerySet[Any, Any]:
    """The rows of a page, one for each step that is due in a case. kind: the place after which it begins."""
    last = {"first": None, "due": After(LAST_PK, LAST_DUE), "key": After(LAST_PK)}[kind]
    cases, conditions = _tabs(lengths, filters)
    first, *others = (_dressed(scan, order, last) for scan in cases.filter(conditions[tab]).scans)
    return first.union(*others, all=True) if others else first


PAGES, LOOK = Prepared(_page), Together(counts=_counts, page=_page)


def _dressed(scan: QuerySet[Case], order: str, last: After | None) -> QuerySet[Any, Any]:
    """The keys of the page first, from an index alone; then what a row needs, see `Reach.taken`."""
    keys = ordered(scan, order, last).values("pk")[: PAGE + 1]
    due = FilteredRelation("steps", condition=(MUST & FIRST) | Q(steps__look_again_on__isnull=False))
    rows = Case.objects.filter(pk__in=keys).annotate(due=due, report_count=report_count(), small=holds_small())
    return rows.order_by().values_list(*COLUMNS, *COLUMNS_MORE, *STEP)
