"""What the writer of a signal takes home: enough to prove later that the event was in the log, and unchanged.

A receipt holds no personal data. It proves something because it is kept elsewhere: whoever has the database and all
keys can make a new log, but not one in which this leaf hash comes from this event.
"""

import re
from dataclasses import dataclass

from audit.canonical import leaf_hash
from audit.models import AuditEvent

LINE = re.compile(r"\b([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})[\s:]+([0-9a-f]{64})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Receipt:
    """event: public reference of the event (uuid); leaf: its leaf hash as 64 hex digits."""

    event: str
    leaf: str

    def __str__(self) -> str:
        return f"{self.event} {self.leaf}"


def receipt(event: AuditEvent) -> Receipt:
    """The receipt of an event, sealed or not: the leaf hash needs only the body and its mac."""
    return Receipt(str(event.event_uuid), leaf_hash(event.body, event.mac).hex())


def read_receipts(text: str) -> list[Receipt]:
    """All receipts in a text: one a line or with other text round them."""
    return [Receipt(_dashed(event), leaf.lower()) for event, leaf in LINE.findall(text)]


def _dashed(event: str) -> str:
    plain = event.replace("-", "").lower()
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
