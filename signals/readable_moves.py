"""What the log says of reports that went from one case to another, and what that ends. Pure, see `readable_history`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signals.readable_file import File
    from signals.readable_history import Event


def joined(case: File, source: File, event: Event) -> None:
    """All reports of `source` went to `case`."""
    case.reports.update(source.reports)
    case.added.update(source.added)
    source.reports, source.added, source.joined = {}, {}, True
    if event.details.get("reports"):  # an older event left what was opened open
        shut_at(case, event.at)
        shut_at(source, event.at)


def moved(case: File, source: File, event: Event, person: str) -> None:
    """Some reports went to `case`: another one, one of its own, or back to where they came from."""
    if event.said("how") == "split":
        case.school, case.walled, case.named = source.school, source.walled, source.named
        case.barred = source.barred or source.is_about(person)
        case.unsure = source.unsure or source.is_unsure()
    reports = event.details.get("reports")
    for reference in reports if isinstance(reports, list) else []:
        if report := source.reports.pop(reference, None):
            case.reports[reference] = report
            source.barred = source.barred or (report.about == person and not event.details.get("emptied"))
    _people_back(case, source, event, person)
    case.joined = False
    shut_at(case, event.at)
    if event.details.get("emptied"):
        source.joined = True
        shut_at(source, event.at)


def _people_back(case: File, source: File, event: Event, person: str) -> None:
    """Who was added to a case goes back with it; out of a case that is emptied everybody goes along."""
    people = event.details.get("people")
    emptied = event.details.get("emptied")
    for key in list(source.added) if emptied else people if isinstance(people, list) else []:
        if key in source.added:
            about = case.added[key] = source.added.pop(key)
            source.barred = source.barred or (about == person and not emptied)


def shut_at(case: File, at: datetime) -> None:
    """What was opened by breaking the glass or with a reason is over."""
    case.glasses = [(opened, min(until, at)) for opened, until in case.glasses]
    case.stories = [(opened, min(until, at)) for opened, until in case.stories]
