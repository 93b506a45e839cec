"""One line of a chronology, whatever it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ICONS = {
    "signal": "file-text",
    "addition": "plus",
    "note": "pencil",
    "step": "check",
    "change": "arrow-right",
    "call": "phone",
    "opening": "eye",
    "glass": "unlock",
    "moved": "clock",
    "facts": "write",
    "file": "attach",
    "task": "check",
    "meeting": "people",
    "handover": "forward",
    "dossier": "mail",
    "share": "people",
}


@dataclass(slots=True)  # not frozen: hundreds are made for one page, and that costs four times as much
class Entry:
    """One line: when, who, what; `details` are labelled parts, `link` leads to `url`. new: to who looks.

    about: keys of whom it is about, see signals.about; empty: the whole case. written: of what stands at another moment
    than it was recorded. by: id of who did it, for two may have the same name.
    """

    at: datetime
    kind: str
    who: str
    title: str
    text: str = ""
    details: Sequence[tuple[str, str]] = ()
    by: int | None = None
    about: frozenset[str] = frozenset()
    url: str = ""
    link: str = ""
    new: bool = False
    written: datetime | None = None
