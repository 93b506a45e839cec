"""What of a case can go into a dossier, piece by piece, and whom the dossier can be about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.texts import concern_name, recipient_name
from signals.about import Somebody, is_gone, name_of
from signals.cards import shown
from signals.chronology import moment
from signals.dossier.selectors import Material
from signals.filewords import size_text
from signals.forms.fields import at
from signals.models import Signal, Step, StepOutcome, WorkLine
from signals.models.work import LineKind, TaskState
from signals.work import meeting_row

GROUPS: dict[str, Any] = {
    "facts": gettext_lazy("Reports: what was seen, heard and said"),
    "opinion": gettext_lazy("Reports: what the writer thinks of it"),
    "against": gettext_lazy("Reports: what speaks against it"),
    "notes": gettext_lazy("Notes"),
    "steps": gettext_lazy("Steps taken"),
    "meetings": gettext_lazy("What meetings decided"),
    "tasks": gettext_lazy("Tasks"),
    "files": gettext_lazy("The list of files, not the files"),
}
BOXES = (
    ("observed", "facts", gettext_lazy("Seen or heard")),
    ("told", "facts", gettext_lazy("What was said, and by whom")),
    ("opinion", "opinion", gettext_lazy("What the writer thinks of it")),
    ("against", "against", gettext_lazy("What speaks against it")),
)


@dataclass(frozen=True)
class Part:
    """One piece. key: stays as long as the piece is there. block: pieces of one block stand under one title. who: the
    id of the person who wrote or did it; lines: labelled texts; report: the number of the report it belongs to."""

    key: str
    group: str
    block: str
    at: datetime
    title: str
    when: str
    who: str
    lines: tuple[tuple[str, str], ...]
    report: str = ""


def id_of(person: Somebody) -> str:
    """Whom a row is about, the same in every report and where they were added."""
    if person.pupil:
        return f"pupil:{person.pupil.reference}"
    return f"user:{person.user.reference}" if person.user else f"person:{person.row_key.hex}"


def subjects_of(material: Material) -> dict[str, str]:
    """Whom a dossier about this case can be about: names by id."""
    named = {id_of(row): name_of(row) for report in material.reports for row in report.people.all()}
    return named | {id_of(row): name_of(row) for row in material.added if not is_gone(row)}


def is_about(report: Signal, about: str) -> bool:
    """Whether what stands in a report belongs to a dossier about somebody."""
    return any(id_of(row) == about for row in report.people.all())


def _of(person: str, about: str) -> bool:
    """Whether something about a person (their key, see signals.about) or the whole case can go in; not about others."""
    return not person or person.replace("-", "") == about.partition(":")[2].replace("-", "")


def parts_of(material: Material, about: str) -> list[Part]:
    """All that can be chosen, oldest first."""
    reports = [report for report in material.reports if is_about(report, about)]
    found = [part for report in reports for part in _report(report)]
    found += [
        Part(f"n{row.pk}", "notes", f"n{row.pk}", row.created_at, _("Note"), "", _by(row.author), (("", row.text),))
        for row in material.notes
        if _of(row.person, about)
    ]
    here, sector = {report.pk for report in reports}, material.case.school.sector
    steps = [step for step in material.steps if step.signal_id in here]
    found += [_step(step, row, sector) for step in steps for row in step.outcomes.all() if row.kind != "reopened"]
    found += [*_meetings(material.work, about), *_tasks(material.work, about), *_files(material, about, here)]
    return sorted(found, key=lambda part: part.at)


def _by(user: Any) -> str:
    return f"user:{user.reference}"


def _report(report: Signal) -> Iterable[Part]:
    block, title = f"r{report.reference}", _("Report: %(concern)s") % {"concern": concern_name(report.concern)}
    when = _("Happened: %(happened)s. Reported: %(reported)s.") % {
        "happened": moment(report.happened_on, report.happened_time, report.happened_about),
        "reported": date_format(timezone.localtime(report.entered_at), "j F Y H:i"),
    }
    happened = at(report.happened_on, report.happened_time or time(0, 0))
    for box, group, label in BOXES:
        if text := getattr(report, box):
            lines = ((str(label), text),)
            key = f"{report.reference}.{box}"
            yield Part(key, group, block, happened, title, when, _by(report.author), lines, report.reference)
    for row in report.additions.all():
        key = f"a{row.pk}"
        lines = (("", row.text),)
        title = _("Added to the report")
        yield Part(key, "facts", key, row.created_at, title, "", _by(row.author), lines, report.reference)


def _step(step: Step, row: StepOutcome, sector: str) -> Part:
    outcome = shown(row)
    title = _("%(recipient)s: %(outcome)s") % {
        "recipient": recipient_name(step.recipient, sector),
        "outcome": outcome.kind_label,
    }
    lines = [
        (_("By"), outcome.by_whom if outcome.by_whom != row.recorded_by.name else ""),  # that stands above it
        (_("With"), outcome.with_whom),
        (_("Reference number"), outcome.reference_number),
        (_("What they told"), outcome.finding),
        (_("Why"), outcome.reason),
    ]
    key, happened = f"s{row.row_key.hex}", row.happened_at or row.recorded_at
    told = tuple(line for line in lines if line[1])
    return Part(key, "steps", key, happened, title, "", _by(row.recorded_by), told, step.signal.reference)


def _meetings(work: list[WorkLine], about: str) -> Iterable[Part]:
    """Of a meeting only what was decided: who was there, and what was said, is not for others."""
    for row in work:
        if row.meeting is None or row.kind != LineKind.MEETING or not _of(row.meeting.person, about):
            continue
        held = meeting_row(row.meeting, [line for line in work if line.meeting_id == row.meeting_id])
        lines = tuple((_("Decided"), text) for text, _task in held.decisions)
        if lines and not held.cancelled:
            key = f"m{row.meeting.reference}"
            yield Part(key, "meetings", key, held.starts_at, _("Meeting about this case"), "", _by(row.by), lines)


def _tasks(work: list[WorkLine], about: str) -> Iterable[Part]:
    for task in {row.task.pk: row.task for row in work if row.task and _of(row.task.person, about)}.values():
        state = TaskState(task.state).label
        title = _("Task: %(state)s") % {"state": state}
        lines = ((_("Before or on %(day)s") % {"day": date_format(task.due_on, "j F Y")}, task.text),)
        key = f"t{task.reference}"
        yield Part(key, "tasks", key, task.created_at, title, "", _by(task.assignee), lines)


def _files(material: Material, about: str, here: set[int]) -> Iterable[Part]:
    """here: the reports that belong to the dossier; a file of another report does not."""
    for row in material.files:
        if not _of(row.person, about) or (row.signal_id and row.signal_id not in here):
            continue
        words = {"kind": capfirst(str(row.get_kind_display())), "size": size_text(row.size)}
        lines = tuple(line for line in ((_("Name"), row.name), (_("What it is"), row.about)) if line[1])
        title = _("File, not enclosed: %(kind)s, %(size)s") % words
        yield Part(f"f{row.reference}", "files", f"f{row.reference}", row.added_at, title, "", _by(row.by), lines)
