"""Pages by key: the next page starts after the last row, whatever was added meanwhile."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import F, Model, Q, QuerySet

from signals.models import Case
from signals.scope import Reach

Row = TypeVar("Row", bound=Model)
PAGE = 25
CAP = 99  # more is shown as "99+": what costs is counting, and nobody counts on after that
DUE, STEPS, NEWEST = "due", "steps", "new"  # the orders of a list of cases: what is due first, the step that is, age
MOMENTS = {DUE: "first_at", STEPS: "next_due_at"}


class Placed(Protocol):
    """What has a place in a list of cases."""

    @property
    def pk(self) -> int: ...

    @property
    def first_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class After:
    """The last row of the page before. due: None among the cases without a due moment, or when the newest are first."""

    pk: int
    due: datetime | None = None


def after_of(order: str, text: str) -> After | None:
    """A key from an address; None for the first page, also when it is no key."""
    when, _dash, key = text.partition("-")
    if order == NEWEST:
        last = number(text)
        return None if last is None else After(last)
    last, micros = number(key), number(when)
    if last is not None and micros is not None:
        return After(last, datetime.fromtimestamp(0, UTC) + _microseconds(micros))
    return After(last) if last is not None and when == "none" else None


def ordered(scan: QuerySet[Case], order: str, after: After | None) -> QuerySet[Case]:
    """One scan from a place on: the soonest due first and then those without a due moment, or the newest first."""
    if order == NEWEST:
        return scan.filter(Q() if after is None else Q(pk__lt=after.pk)).order_by("-pk")
    moment = MOMENTS[order]
    return scan.filter(_later(moment, after)).order_by(F(moment).asc(nulls_last=True), "pk")


def place(order: str, row: Placed) -> tuple[Any, ...]:
    """By what rows of several scans are sorted."""
    if order == NEWEST:
        return (-row.pk,)
    at = getattr(row, MOMENTS[order])
    return (at is None, at, row.pk)


def key_of(order: str, row: Placed) -> str:
    """The key of a row, for the address of the page after it."""
    if order == NEWEST:
        return str(row.pk)
    at = getattr(row, MOMENTS[order])
    if at is None:
        return f"none-{row.pk}"
    since = at - datetime.fromtimestamp(0, UTC)
    return f"{since // timedelta(microseconds=1)}-{row.pk}"


def number(text: str) -> int | None:
    """A key from an address, or None when it is not a number a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def page_by_id(rows: QuerySet[Row] | Reach, after: str, size: int = PAGE) -> tuple[list[Row], str]:
    """Newest first. Returns the rows and the key of the next page, empty when this is the last.

    Args:
        rows: any queryset with an integer key, or the cases somebody reaches.
        after: the key as it came from the address; anything else than a number means the first page.
        size: rows a page.
    """
    last = number(after)
    later = Q(pk__lt=last) if last is not None else Q()
    found = [row for scan in _scans(rows) for row in _taken(rows, scan.filter(later).order_by("-pk"), size + 1)]
    found.sort(key=lambda row: -row.pk)
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def page_by_due(cases: QuerySet[Case] | Reach, after: str, size: int = PAGE) -> tuple[list[Case], str]:
    """The step that is due first on top, then those without one, oldest first. Same result as page_by_id.

    The key is "microseconds-id", or "none-id" among the cases without a due moment.
    """
    last = after_of(STEPS, after)
    found = [case for scan in _scans(cases) for case in _taken(cases, ordered(scan, STEPS, last), size + 1)]
    found.sort(key=lambda case: place(STEPS, case))
    return found[:size], key_of(STEPS, found[size - 1]) if len(found) > size else ""


def _later(moment: str, after: After | None) -> Q:
    if after is None:
        return Q()
    none = Q(**{f"{moment}__isnull": True})
    if after.due is None:
        return none & Q(pk__gt=after.pk)
    return Q(**{f"{moment}__gt": after.due}) | Q(**{moment: after.due, "pk__gt": after.pk}) | none


def capped_count(rows: QuerySet[Any] | Reach) -> str:
    """A count that never costs more than the cap: "99+"."""
    return capped(sum(scan.order_by()[: CAP + 1].count() for scan in _scans(rows)))


def capped(found: int) -> str:
    """A count as it is shown, of rows that were counted up to one above the cap."""
    return f"{CAP}+" if found > CAP else str(found)


def _taken(rows: Any, ordered: QuerySet[Any], size: int) -> QuerySet[Any]:
    return rows.taken(ordered, size) if isinstance(rows, Reach) else ordered[:size]


def _scans(rows: Any) -> tuple[QuerySet[Any], ...]:
    return rows.scans if isinstance(rows, Reach) else (rows,)


def _microseconds(count: int) -> timedelta:
    return timedelta(microseconds=min(count, 253_402_300_799_000_000))
