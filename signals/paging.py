"""Pages by key: the next page starts after the last row, whatever was added meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from signals.models import Case

Row = TypeVar("Row", bound=Model)
PAGE = 25
CAP = 1000


def number(text: str) -> int | None:
    """A key from an address, or None when it is not a number a database could hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def page_by_id(rows: QuerySet[Row], after: str, size: int = PAGE) -> tuple[list[Row], str]:
    """Newest first. Returns the rows and the key of the next page, empty when this is the last.

    Args:
        rows: any queryset with an integer key.
        after: the key as it came from the address; anything else than a number means the first page.
        size: rows a page.
    """
    last = number(after)
    if last is not None:
        rows = rows.filter(pk__lt=last)
    found = list(rows.order_by("-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def page_by_due(cases: QuerySet[Case], after: str, size: int = PAGE) -> tuple[list[Case], str]:
    """Soonest due moment first, then those without one, oldest first. Same result as page_by_id.

    The key is "microseconds-id", or "none-id" among the cases without a due moment.
    """
    when, _dash, key = after.partition("-")
    last, micros = number(key), number(when)
    if last is not None and micros is not None:
        due = datetime.fromtimestamp(0, UTC) + _microseconds(micros)
        later = Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=last) | Q(next_due_at__isnull=True)
        cases = cases.filter(later)
    elif last is not None and when == "none":
        cases = cases.filter(next_due_at__isnull=True, pk__gt=last)
    found = list(cases.order_by(F("next_due_at").asc(nulls_last=True), "pk")[: size + 1])
    return found[:size], _due_key(found[size - 1]) if len(found) > size else ""


def capped_count(rows: QuerySet[Any]) -> str:
    """A count that never costs more than the cap: "1,000+"."""
    found = rows.order_by()[: CAP + 1].count()
    return f"{CAP:,}+" if found > CAP else str(found)


def _microseconds(count: int) -> timedelta:
    return timedelta(microseconds=min(count, 253_402_300_799_000_000))


def _due_key(case: Case) -> str:
    if case.next_due_at is None:
        return f"none-{case.pk}"
    since = case.next_due_at - datetime.fromtimestamp(0, UTC)
    return f"{since // timedelta(microseconds=1)}-{case.pk}"
