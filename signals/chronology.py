"""Everything that happened in a case, in one line of time."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from operator import attrgetter
from typing import Any

from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.texts import concern_name, recipient_name
from signals import rules
from signals.about import everybody, keys_of, name_of, person_entries, role_entries, whom
from signals.ages import full_day, full_moment
from signals.answers import described, finding_name
from signals.cards import shown
from signals.caserows import CaseRows
from signals.entries import Entry
from signals.filelist import FileLine, file_line
from signals.models import (
    BreakGlass,
    Case,
    CaseChange,
    FactsChange,
    Moved,
    Note,
    Signal,
    Step,
    StepOutcome,
    StoryOpening,
)
from signals.models.case import ChangeKind, Status
from signals.models.facts import FactsSource
from signals.models.signal import Addition
from signals.moved_words import with_whom
from signals.readable_events import people_named
from signals.selectors import changes_of, moves_of
from signals.work import work_entries

# Reports that went from one case to another, with the number of the other case.
BETWEEN = {
    ChangeKind.JOINED: gettext_lazy("Put case %(reference)s with this one"),
    ChangeKind.LEFT: gettext_lazy("A report went to case %(reference)s"),
    ChangeKind.CAME: gettext_lazy("A report came from case %(reference)s"),
    ChangeKind.BACK: gettext_lazy("Reports put back; the other case is %(reference)s"),
}
NAMING = (ChangeKind.ROLE, ChangeKind.PERSON)  # these name somebody; see signals.about
OF_BOXES = (
    gettext_lazy("Whom it is about"),
    gettext_lazy("When it happened"),
    gettext_lazy("When the school knew"),
    gettext_lazy("Written on paper"),
    gettext_lazy("Seen or heard"),
    gettext_lazy("What was said, and by whom"),
    gettext_lazy("What the writer thinks of it"),
    gettext_lazy("What speaks against it"),
)
OF_OUTCOMES = (
    gettext_lazy("When"),
    gettext_lazy("By"),
    gettext_lazy("With"),
    gettext_lazy("Reference number"),
    gettext_lazy("What was shared"),
    gettext_lazy("Ground"),
    gettext_lazy("Consent"),
    gettext_lazy("What they told"),
    gettext_lazy("Look again on"),
)


def story(
    case: Case, rows: CaseRows, glasses: Iterable[BreakGlass], names: Mapping[str, str | None] | None = None
) -> list[Entry]:
    """The whole chronology of a case, for those who may read it; oldest first. `names`: when at hand."""
    keys, nobody = {report.pk: keys_of(report) for report in rows.reports}, frozenset[str]()
    entries = [entry for one in rows.reports for entry in _about(keys[one.pk], signal_entries(one))]
    note, sector = _("Note"), case.school.sector
    entries += [
        Entry(at, "note", name, note, text, (), who, whom(person) if person else nobody)
        for at, who, name, text, person in rows.notes
    ]
    entries += [*changes(case, rows.changes), *moves(case, rows.moves, names)]
    if any(row.kind in NAMING for row in rows.changes):
        people = everybody(rows)
        entries += [*role_entries(rows.changes, people), *person_entries(rows.changes, people)]
    entries += work_entries(rows.work)
    entries += [_opening(row) for row in rows.openings]
    entries += [_glass(row) for row in glasses]
    for file in rows.files:
        belongs = keys.get(file.signal_id or 0, whom(file.person))
        entries += _about(belongs, file_entries(file_line(file)))
    for step in rows.steps:
        belongs = keys.get(step.signal_id, nobody)
        entries += _about(belongs, [outcome_entry(step, row, sector) for row in step.outcomes.all()])
    return sorted(entries, key=attrgetter("at"))


def _about(keys: frozenset[str], entries: list[Entry]) -> list[Entry]:
    """Say of these lines whom they are about."""
    for entry in entries:
        entry.about = keys
    return entries


def changes(case: Case, changed: Iterable[CaseChange] | None = None) -> list[Entry]:
    """Changes of status and owner, with their reasons. `changed`: when at hand."""
    return [
        change_entry(row)
        for row in (changes_of(case) if changed is None else changed)
        if (row.kind != ChangeKind.OWNER or row.old)  # the first owner took it
        and row.kind not in NAMING
        and (row.case_id in (None, case.pk) or row.new != rules.JOINED)  # said by the case it was put with
    ]


def moves(
    case: Case, moved: Iterable[Moved] | None = None, names: Mapping[str, str | None] | None = None
) -> list[Entry]:
    """When it moved up because nobody acted, who had it and who was told; several steps at one moment are one line.

    `moved`, `names`: when at hand.
    """
    if case.moved_at is None:
        return []  # it never did, nor did one that was put with it
    rows = list(moves_of(case) if moved is None else moved)
    named = people_named(had_or_got(rows)) if names is None else names
    at_once: dict[tuple[Any, ...], list[Moved]] = {}
    for row in rows:
        at_once.setdefault((row.case_id, row.at, row.level, row.walled), []).append(row)
    return [_moved(found, case, named) for found in at_once.values()]


def had_or_got(rows: Iterable[Moved]) -> set[str]:
    """References of who had these cases and who was told."""
    return {reference for row in rows for reference in (*row.had, *row.got)}


def signal_entries(signal: Signal) -> list[Entry]:
    """A report, its call to 112, its additions and the answers that changed."""
    entries = [
        Entry(
            signal.entered_at,
            "signal",
            signal.author.name,
            _("Report: %(concern)s") % {"concern": concern_name(signal.concern)},
            details=boxes(signal),
            by=signal.author_id,
        )
    ]
    if signal.called_112_at:
        entries.append(Entry(signal.called_112_at, "call", signal.author.name, _("Called 112"), by=signal.author_id))
    added = _("Added to the report")
    entries += [addition_entry(row, added) for row in signal.additions.all()]
    entries += [_facts(row) for row in signal.facts_changes.all()]
    return entries


def addition_entry(row: Addition, title: str = "") -> Entry:
    """title: when at hand, for many."""
    title = title or _("Added to the report")
    return Entry(row.created_at, "addition", row.author.name, title, row.text, by=row.author_id)


def _facts(row: FactsChange) -> Entry:
    title = _("Answers changed: %(source)s") % {"source": FactsSource(row.source).label}
    if not row.after:
        title = _("A colleague whom it is about was kept out of the case")
    text = row.reason or finding_name(row.finding)
    return Entry(row.at, "facts", row.by.name, title, text, described(row), by=row.by_id)


def file_entries(line: FileLine) -> list[Entry]:
    """A file that was added, and that it went."""
    title = _("Added a file: %(kind)s, %(size)s") % {"kind": line.kind, "size": line.size}
    found = [Entry(line.added_at, "file", line.who, title, line.about, url=line.url, link=line.name, by=line.by)]
    if line.gone_at:
        went = _("File destroyed: the virus scanner found something in it") if line.virus else _("Took a file out")
        found.append(Entry(line.gone_at, "file", line.gone_by, went, line.reason, by=line.ended_by))
    return found


def boxes(signal: Signal) -> list[tuple[str, str]]:
    """The boxes that were filled in, with their labels, and when it happened."""
    values = (
        about(signal),
        moment(signal.happened_on, signal.happened_time, signal.happened_about),
        moment(signal.known_on, signal.known_time),
        on_paper(signal),
        signal.observed,
        signal.told,
        signal.opinion,
        signal.against,
    )
    return _labelled(OF_BOXES, values)


def _labelled(labels: Iterable[Promise], values: Iterable[str]) -> list[tuple[str, str]]:
    """What there is, each with its label; only labels that are shown are translated."""
    return [(str(label), value) for label, value in zip(labels, values, strict=True) if value]


def on_paper(signal: Signal) -> str:
    """Who wrote it on paper and when, and who typed it and when; empty for a report that did not come from paper."""
    if not signal.on_paper_on:
        return ""
    return _("by %(writer)s on %(written)s, typed by %(typist)s on %(typed)s") % {
        "writer": signal.on_paper_by.name if signal.on_paper_by else signal.on_paper_by_name,
        "written": moment(signal.on_paper_on, signal.on_paper_time),
        "typist": signal.author.name,
        "typed": full_moment(signal.entered_at),
    }


def about(signal: Signal) -> str:
    """The person or people a report is about, by name or description."""
    return ", ".join(name_of(person) for person in signal.people.all())


def moment(day: date, at: time | None, about: bool = False) -> str:
    """A day with or without a time, as words."""
    text = full_day(day)
    if at:
        text = _("%(day)s at %(time)s") % {"day": text, "time": time_format(at, "H:i")}
    return _("About %(moment)s") % {"moment": text} if about else text


def note_entry(note: Note) -> Entry:
    about = whom(note.person)
    return Entry(note.created_at, "note", note.author.name, _("Note"), note.text, about=about, by=note.author_id)


def _opening(row: StoryOpening) -> Entry:
    return Entry(row.opened_at, "opening", row.by.name, _("Opened the story"), row.reason, by=row.by_id)


def _glass(row: BreakGlass) -> Entry:
    return Entry(row.opened_at, "glass", row.by.name, _("Opened the case by break-glass"), row.reason, by=row.by_id)


def change_entry(row: CaseChange) -> Entry:
    if row.kind in BETWEEN and getattr(row, "apart", False):
        title = _("A report went to another case or came from it")
    elif row.kind in BETWEEN:
        title = str(BETWEEN[ChangeKind(row.kind)]) % {"reference": row.old}
    elif row.kind == ChangeKind.OWNER:
        title = _new_owner(row)
    elif row.kind == ChangeKind.SPOKEN:
        title = _("Spoke to who has it")
    elif row.kind == ChangeKind.WALL:
        title = _("Wall put up") if row.new == "up" else _("Wall taken down")
    elif row.new == rules.IN_REVIEW:
        title = _("Took the case")
    else:
        title = _("Status: %(status)s") % {"status": Status(row.new).label}
    return Entry(row.at, "change", row.by.name, title, row.reason, by=row.by_id)


def _new_owner(row: CaseChange) -> str:
    if row.by.reference == row.new:
        return _("Became the owner of the case")
    title, name = _("Gave the case to another owner"), getattr(row, "new_name", "")
    return f"{title}: {name}" if name else title


def _moved(rows: list[Moved], case: Case, names: Mapping[str, str | None]) -> Entry:
    row, sector = rows[0], case.school.sector
    title = _("Nobody acted: it now also lies with %(who)s") % {
        "who": with_whom(row.level, walled=row.walled, sector=sector)
    }
    steps = dict.fromkeys(recipient_name(one.step.recipient, sector) for one in rows if one.step)
    details = [(_("Step"), ", ".join(steps))]
    for label, field in ((_("Who had it"), "had"), (_("Who was told"), "got")):
        people = dict.fromkeys(reference for one in rows for reference in getattr(one, field))
        details.append((label, ", ".join(name for one in people if (name := names.get(one)))))
    return Entry(row.at, "moved", "", title, details=[part for part in details if part[1]])


def outcome_entry(step: Step, row: StepOutcome, sector: str) -> Entry:
    outcome = shown(row)
    values = (
        full_moment(row.happened_at) if row.happened_at else "",
        outcome.by_whom,
        outcome.with_whom,
        outcome.reference_number,
        outcome.shared,
        capfirst(outcome.ground),
        ": ".join(part for part in (capfirst(outcome.consent), outcome.consent_reason) if part),
        outcome.finding,
        full_day(row.look_again_on) if row.look_again_on else "",
    )
    title = _("%(recipient)s: %(outcome)s") % {
        "recipient": recipient_name(step.recipient, sector),
        "outcome": outcome.kind_label,
    }
    details = _labelled(OF_OUTCOMES, values)
    return Entry(row.recorded_at, "step", outcome.recorded_by, title, outcome.reason, details, by=row.recorded_by_id)
