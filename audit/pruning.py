"""Takes events away whose term has ended: a whole school year of a board at once. Their leaf hashes stay."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.actions import Action
from audit.alarms import board_of
from audit.canonical import leaf_hash
from audit.checkpoints import newest
from audit.erasure import erase_older
from audit.merkle import Tree
from audit.models import AuditEvent, Checkpoint, Pruning
from audit.patience import without_time_limit
from audit.record import record
from audit.verify.logs import log_names, term_end

QUIET = timedelta(hours=24)


class PruneError(RuntimeError):
    """Pruning would remove evidence, or the clock can't be trusted."""


@dataclass
class PruneReport:
    """events: how many went from each log; personal: personal parts past their term; skipped: logs left, and why."""

    events: dict[str, int] = field(default_factory=dict)
    personal: int = 0
    skipped: dict[str, str] = field(default_factory=dict)


def prune(*, confirmed: bool = False) -> PruneReport:
    """Remove what is past its term: AUDIT_YEARS after the school year, AUDIT_PERSONAL_DAYS for personal parts.

    Args:
        confirmed: a person has looked at the clock.

    Raises:
        PruneError: nothing was sealed for a day, so the clock may have jumped, and nobody confirmed it.
    """
    now = timezone.now()
    last = Checkpoint.objects.order_by("-id").values_list("created_at", flat=True).first()
    if last and abs(now - last) > QUIET and not confirmed:
        raise PruneError(f"The last seal is of {last:%Y-%m-%d %H:%M}. Look at the clock, then use --confirm.")
    report = PruneReport()
    for log in log_names():
        if now >= term_end(log, settings.AUDIT_YEARS):
            _prune_log(log, report, now)
        report.personal += erase_older(log, now - timedelta(days=settings.AUDIT_PERSONAL_DAYS))
    return report


@transaction.atomic
def _prune_log(log: str, report: PruneReport, now: datetime) -> None:
    """One log, all or nothing."""
    without_time_limit()
    tree, last = Tree(), newest(log)
    start = 0
    for row in Pruning.objects.filter(log=log).order_by("first_leaf"):
        tree.extend(_split(bytes(row.leaves)))
        start = row.end_leaf
    sealed = AuditEvent.objects.filter(log=log, leaf_index__gte=start).order_by("leaf_index")
    leaves = [leaf_hash(body, mac) for body, mac in sealed.values_list("body", "mac").iterator()]
    if not leaves:
        return
    tree.extend(leaves)
    if last is None or tree.root() != bytes(last.root) or AuditEvent.objects.filter(log=log, leaf_index=None).exists():
        report.skipped[log] = "it is not wholly sealed, or does not fit its last checkpoint; see audit_verify."
        return
    details = {"log": log, "from": start, "to": start + len(leaves), "years": settings.AUDIT_YEARS}
    event = record(Action.LOG_PRUNED, board=board_of(log), kind="log", ref=log[:40], details=details)
    _keep_leaves(log, start, leaves, event.event_uuid, now)
    with connection.cursor() as cursor:
        ids = "SELECT id FROM audit_event WHERE log = %s AND leaf_index < %s"
        cursor.execute(f"DELETE FROM audit_personal WHERE event_id IN ({ids})", [log, tree.size])  # noqa: S608
        cursor.execute("DELETE FROM audit_event WHERE log = %s AND leaf_index < %s", [log, tree.size])
    report.events[log] = len(leaves)


def _keep_leaves(log: str, start: int, leaves: list[bytes], event: UUID, now: datetime) -> None:
    """What lets the delete trigger pass, and all later proofs."""
    Pruning(
        log=log,
        first_leaf=start,
        end_leaf=start + len(leaves),
        leaves=b"".join(leaves),
        event_uuid=event,
        pruned_at=now,
    ).add()


def _split(leaves: bytes) -> list[bytes]:
    return [leaves[place : place + 32] for place in range(0, len(leaves), 32)]
