"""A case as the log tells of it, for one person. Pure, see `readable_history`."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass
class Report:
    author: str
    school: str
    about: str
    unsure: bool


@dataclass
class Share:
    by: str
    level: str
    last_day: date


@dataclass
class File:
    """A case as far as it decides who may read it; what is about one person is about the person of the question.

    added: who was added to it, by row; None when that was erased.
    """

    school: str = ""
    walled: bool = False
    joined: bool = False
    reports: dict[str, Report] = field(default_factory=dict)
    added: dict[str, str | None] = field(default_factory=dict)
    barred: bool = False
    unsure: bool = False
    named: bool = False
    shares: dict[str, Share] = field(default_factory=dict)
    glasses: list[tuple[datetime, datetime]] = field(default_factory=list)
    stories: list[tuple[datetime, datetime]] = field(default_factory=list)

    def is_about(self, person: str) -> bool:
        """Whether a report is about somebody, or they were added."""
        return person in self.added.values() or any(report.about == person for report in self.reports.values())

    def is_unsure(self) -> bool:
        return None in self.added.values() or any(report.unsure for report in self.reports.values())
