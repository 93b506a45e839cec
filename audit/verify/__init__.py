"""Checks the whole log, or what came after a trusted checkpoint. Changes nothing.

It asks: are the triggers there; does every event carry a right mac; do its columns say what its body says; does the
tree of all events have every root that was ever signed, in the table, in the local file and in the mails given; does
every receipt given have its event; do personal parts fit their commitments, and does an event
explain each that is gone.
"""

from datetime import timedelta

from django.db import connection, transaction

from audit import triggers
from audit.patience import without_time_limit
from audit.sealer import seal_lag
from audit.verify.claims import all_claims
from audit.verify.explained import explained
from audit.verify.logs import LogCheck, log_names, sealed_size
from audit.verify.receipts import check_receipts
from audit.verify.report import Progress, Report, Request

__all__ = ["Progress", "Report", "Request", "verify"]


def verify(request: Request | None = None, progress: Progress | None = None) -> Report:
    """Verify.

    Args:
        request: what to compare with; without it everything that is on this machine.
        progress: told now and then how far it is.
    """
    asked, report = request or Request(), Report()
    if connection.vendor != "postgresql":  # a transaction on SQLite would keep everybody from writing
        _verify(asked, report, progress)
        return report
    with transaction.atomic():
        without_time_limit()
        _verify(asked, report, progress)
    return report


def _verify(asked: Request, report: Report, progress: Progress | None) -> None:
    for sentence in [*triggers.problems(), *triggers.index_problems()]:
        report.problem(sentence)
    reasons, claims = explained(), all_claims(asked.anchors, report)
    since = {note.log: note for note in asked.since}
    logs = sorted({*log_names(), *claims})
    lag = seal_lag()
    total = lag.rows + sum(sealed_size(log) - (since[log].size if log in since else 0) for log in logs)

    def tick(rows: int) -> None:
        if progress:
            progress(report.rows, total)

    for log in logs:
        LogCheck(log, claims.get(log, []), reasons, report, tick).run(since.get(log))
    _orphans(report)
    check_receipts(asked.receipts, report)
    if lag.rows:
        minutes = int((lag.oldest or timedelta()).total_seconds() // 60)
        report.notices.append(f"unsealed tail: {lag.rows} rows, oldest {minutes} minutes")


def _orphans(report: Report) -> None:
    """A personal part without event: its event was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_personal WHERE NOT EXISTS (SELECT 1 FROM audit_event WHERE id = event_id)"
        )
        count = cursor.fetchone()[0]
    if count:
        report.problem(f"{count} personal parts belong to no event: their events were deleted.")
