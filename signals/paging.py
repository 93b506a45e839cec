"""Pages by key: the next page starts after the last row, whatever was added meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from signals.models import Case
from signals.scope import Reach

Row = TypeVar("Row", bound=Model)
PAGE = 25
CAP = 1000


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
    """Soonest due moment first, then those without one, oldest first. Same result as page_by_id.

    The key is "microseconds-id", or "none-id" among the cases without a due moment.
    """
    order = F("next_due_at").asc(nulls_last=True)
    scans = [scan.filter(_after_due(after)).order_by(order, "pk") for scan in _scans(cases)]
    found = [case for scan in scans for case in _taken(cases, scan, size + 1)]
    found.sort(key=lambda case: (case.next_due_at is None, case.next_due_at, case.pk))
    return found[:size], _due_key(found[size - 1]) if len(found) > size else ""


def _after_due(after: str) -> Q:
    when, _dash, key = after.partition("-")
    last, micros = number(key), number(when)
    if last is not None and micros is not None:
        due = datetime.fromtimestamp(0, UTC) + _microseconds(micros)
        return Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=last) | Q(next_due_at__isnull=True)
    if last is not None and when == "none":
        return Q(next_due_at__isnull=True, pk__gt=last)
    return Q()


def capped_count(rows: QuerySet[Any] | Reach) -> str:
    """A count that never costs more than the cap: "1,000+"."""
    found = sum(scan.order_by()[: CAP + 1].count() for scan in _scans(rows))
    return f"{CAP:,}+" if found > CAP else str(found)


def _taken(rows: Any, ordered: QuerySet[Any], size: int) -> QuerySet[Any]:
    return rows.taken(ordered, size) if isinstance(rows, Reach) else ordered[:size]


def _scans(rows: Any) -> tuple[QuerySet[Any], ...]:
    return rows.scans if isinstance(rows, Reach) else (rows,)


def _microseconds(count: int) -> timedelta:
    return timedelta(microseconds=min(count, 253_402_300_799_000_000))


def _due_key(case: Case) -> str:
    if case.next_due_at is None:
        return f"none-{case.pk}"
    since = case.next_due_at - datetime.fromtimestamp(0, UTC)
    return f"{since // timedelta(microseconds=1)}-{case.pk}"
