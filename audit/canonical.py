"""The one way in which an event becomes text, and in which text becomes a leaf of the log."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils import timezone

SCHEMA = 1
YEAR_STARTS_IN = 8  # the school year starts on August 1st
SITE = "site"

_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
canonical = _encoder.encode
"""Canonical JSON: equal to RFC 8785 while keys are ASCII, whole numbers stay below 2^53 and there are no floats."""


def refuse_floats(details: Mapping[str, object]) -> None:
    """Raise TypeError for a float: two programs may write the same one differently."""
    for name, value in details.items():
        if isinstance(value, float):
            raise TypeError(f"An event holds codes, references and whole numbers; {name} is a float.")


def utc_text(moment: datetime) -> str:
    """`2026-11-22T08:15:30.000123Z`: UTC, always six digits, so that text sorts and compares like the moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def log_name(board: str, moment: datetime) -> str:
    """The log of a board and a school year, such as `7K3M-9QXD-T4/2026`; events without a board go to `site/2026`."""
    return f"{board or SITE}/{school_year(moment)}"


def school_year(moment: datetime) -> int:
    """The calendar year in which the school year of this moment started, at the school's clock."""
    local = timezone.localtime(moment)
    return local.year if local.month >= YEAR_STARTS_IN else local.year - 1


def leaf_hash(body: str, mac: bytes | memoryview) -> bytes:
    """SHA-256(0x00 || body || mac): what stands in the tree and on a receipt."""
    return hashlib.sha256(b"\x00" + body.encode() + bytes(mac)).digest()


def commitment(salt: bytes | memoryview, data: str) -> bytes:
    """SHA-256(0x02 || salt || data): binds the personal part; without the 32 random bytes nobody can guess it back."""
    return hashlib.sha256(b"\x02" + bytes(salt) + data.encode()).digest()
