"""Whom a school keeps a contact for: the local recipients of the table, and who is on duty when the school is closed.

The one on duty is no recipient: no rule names them. Every step that can't wait does, outside school hours.
"""

from typing import Final

from escalation.entries import Fallback, Recipient
from escalation.protocol import current_protocol

ON_DUTY: Final = "on_duty"
POLICE: Final = "0900-8844"
NOT_IN_SECTOR: Final = {
    "attendance_desk": ("ko",),
    "anti_bullying_coordinator": ("ko", "mbo", "hbo", "wo"),
}
# Inside the school, but the same person for every school of a board.
OF_THE_BOARD: Final = ("board", "data_protection_officer", "internal_confidant", ON_DUTY)


def known_recipient(key: str) -> Recipient:
    """A recipient of the table, or the one on duty.

    Raises:
        KeyError: neither.
    """
    return _on_duty() if key == ON_DUTY else current_protocol().recipients[key]


def local_recipients(sector: str) -> list[Recipient]:
    """Those that a school of this sector should have a contact for."""
    return [
        recipient
        for key, recipient in current_protocol().recipients.items()
        if recipient.local and key != "parents" and sector not in NOT_IN_SECTOR.get(key, ())
    ]


def kept_recipients(sector: str) -> list[Recipient]:
    """Those that it may have one for: the one on duty is optional."""
    return [*local_recipients(sector), _on_duty()]


def wide_place(recipient: Recipient) -> str:
    """Where a contact that serves several schools belongs: "municipality", "board", or empty for none such."""
    if not recipient.inside:
        return "municipality"
    return "board" if recipient.key in OF_THE_BOARD else ""


def _on_duty() -> Recipient:
    product = current_protocol().recipients["principal"]  # the same source: our own proposal
    return Recipient(
        key=ON_DUTY,
        name={"nl": "Bereikbaar buiten schooltijd", "en": "On duty outside school hours"},
        names={},
        does={
            "nl": "Beslist buiten schooltijd wat er nu moet gebeuren.",
            "en": "Decides what to do outside school hours.",
        },
        inside=True,
        local=True,
        phone="",
        email="",
        url="",
        open=None,
        hours=None,
        costs=None,
        note=None,
        fallback=Fallback({"nl": "Bel de politie.", "en": "Call the police."}, POLICE),
        source=product.source,
        checked_on=product.checked_on,
    )
