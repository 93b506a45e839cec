"""Erases the personal part of events. The event stays, its commitment says nothing any more, and an event names it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from audit.actions import Action
from audit.alarms import board_of
from audit.models import AuditEvent, PersonalPart
from audit.patience import without_time_limit
from audit.record import record

BATCH = 100  # events named in one event
TERM = "term"


@transaction.atomic
def erase_personal(events: Iterable[AuditEvent], reason: str, *, actor: str = "", role: str = "") -> int:
    """Erase the personal parts of these events, for good.

    Args:
        events: the events concerned; those that have no personal part (any more) are passed over.
        reason: a code that says why, such as `request` or `dossier`; never text.
        actor, role: who ordered it; empty for a job.

    Returns:
        How many were erased.
    """
    by_log: dict[str, list[AuditEvent]] = {}
    for event in events:
        by_log.setdefault(event.log, []).append(event)
    return sum(
        _erase(log, rows[place : place + BATCH], reason, actor, role)
        for log, rows in by_log.items()
        for place in range(0, len(rows), BATCH)
    )


def _erase(log: str, events: list[AuditEvent], reason: str, actor: str, role: str) -> int:
    there = set(PersonalPart.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", flat=True))
    gone = [event for event in events if event.pk in there]
    if gone:
        details: dict[str, object] = {"events": [event.event_uuid.hex for event in gone], "reason": reason}
        _record(log, actor, role, details)
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(gone))
            cursor.execute(f"DELETE FROM audit_personal WHERE event_id IN ({marks})", [row.pk for row in gone])  # noqa: S608
    return len(gone)


def _record(log: str, actor: str, role: str, details: dict[str, object]) -> None:
    board = board_of(log)
    record(Action.PERSONAL_ERASED, actor=actor, role=role, board=board, kind="log", ref=log[:40], details=details)


@transaction.atomic
def erase_older(log: str, before: datetime) -> int:
    """Erase the personal parts of all sealed events of a log from before a moment, as one stretch of places.

    Returns:
        How many were erased.
    """
    without_time_limit()
    sealed = AuditEvent.objects.filter(log=log, leaf_index__isnull=False).order_by("leaf_index")
    places = sealed.values_list("leaf_index", flat=True)
    newer = places.filter(occurred_at__gte=before).first()
    last = places.reverse().first()
    if last is None:
        return 0
    end = last + 1 if newer is None else newer
    with_part = "SELECT {} FROM audit_event JOIN audit_personal ON event_id = id WHERE log = %s AND leaf_index < %s"
    with connection.cursor() as cursor:
        cursor.execute(with_part.format("min(leaf_index), count(*)"), [log, end])
        first, count = cursor.fetchone()
        if not count:
            return 0
        _record(log, "", "", {"log": log, "from": first, "to": end, "reason": TERM})
        cursor.execute(f"DELETE FROM audit_personal WHERE event_id IN ({with_part.format('id')})", [log, end])  # noqa: S608
    return int(count)
