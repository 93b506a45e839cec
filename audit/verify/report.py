"""What a verification was asked, and what it found."""

from collections.abc import Callable
from dataclasses import dataclass, field

from audit.notes import Note
from audit.receipts import Receipt

MOST = 20  # sentences of one kind; an attack on a whole log would fill the screen

Progress = Callable[[int, int], None]
"""Called with the number of rows done and the number there are."""


@dataclass(frozen=True)
class Request:
    """since: trusted notes to start from, one for each log; anchors: mailed notes; receipts: of writers."""

    since: tuple[Note, ...] = ()
    anchors: tuple[Note, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass
class Report:
    """problems: what proves or suggests tampering, the first bad row of each log; notices: what is good to know.

    rows: events whose mac was checked; logs: name and number of sealed events.
    """

    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    rows: int = 0
    logs: dict[str, int] = field(default_factory=dict)
    claims: int = 0
    receipts: int = 0

    @property
    def ok(self) -> bool:
        return not self.problems

    def problem(self, sentence: str) -> None:
        if len(self.problems) < MOST:
            self.problems.append(sentence)
