"""Compares receipts that writers kept with what stands in the log now."""

from collections.abc import Iterable

from audit.canonical import leaf_hash
from audit.models import AuditEvent, Pruning
from audit.receipts import Receipt
from audit.verify.report import Report


def check_receipts(receipts: Iterable[Receipt], report: Report) -> None:
    """Report each receipt whose event is gone or says something else now."""
    for receipt in receipts:
        report.receipts += 1
        event = AuditEvent.objects.filter(event_uuid=receipt.event).only("body", "mac").first()
        if event is None:
            _absent(receipt, report)
        elif leaf_hash(event.body, event.mac).hex() != receipt.leaf:
            report.problem(f"The event {receipt.event} of a receipt is not what it was when the receipt was given.")


def _absent(receipt: Receipt, report: Report) -> None:
    leaf = bytes.fromhex(receipt.leaf)
    for row in Pruning.objects.order_by("id").only("leaves", "log").iterator():
        leaves = bytes(row.leaves)
        if any(leaves[place : place + 32] == leaf for place in range(0, len(leaves), 32)):
            report.notices.append(f"The event {receipt.event} of a receipt was pruned from {row.log} after its term.")
            return
    report.problem(f"The event {receipt.event} of a receipt is not in the log: it was deleted.")
