"""All that is in a case, for the pages that show the whole of it, in one statement.

Of people only the name is fetched, and notes come as they are shown: a case may have hundreds of them, and an object
for each costs more than all the rest.
"""

from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import BigIntegerField, BooleanField, OuterRef, QuerySet, Subquery

from accounts.content.reading import opener, sealed_columns
from accounts.marks import Given
from accounts.models import User
from accounts.prepared import but_names, put_below, with_names
from accounts.together import Together
from escalation.contacts import contacts_at
from escalation.models import Contact
from signals.looked_up import there_is
from signals.models import (
    Addition,
    Attachment,
    Case,
    CaseChange,
    CasePerson,
    FactsChange,
    HandOver,
    Meeting,
    Moved,
    Note,
    Person,
    Signal,
    Step,
    StepOutcome,
    StoryOpening,
    Task,
    WorkLine,
)
from signals.selectors import whole


@dataclass(frozen=True)
class CaseRows:
    """Everything in a case, and what was written in those that were put with it; each oldest first.

    reports: with their people, additions and changed answers. steps: with their report and outcomes. notes: when, by
    whom (id and name), what, and about whom. changes: of a new owner also the name; apart: reports were exchanged with
    a case that is not behind a wall alike any more. added: who was added to the case, also who was taken out again.
    contacts: what may hold for its school, see escalation.contacts.
    """

    reports: list[Signal]
    steps: list[Step]
    notes: list[tuple[datetime, int, str, str, str]]
    openings: list[StoryOpening]
    changes: list[CaseChange]
    moves: list[Moved]
    work: list[WorkLine]
    files: list[Attachment]
    added: list[CasePerson] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)


_CASE = Given("case", BigIntegerField())


def _reports() -> QuerySet[Signal]:
    return with_names(Signal.objects.filter(case=_CASE), "author", "on_paper_by")


def _people() -> QuerySet[Person]:
    return with_names(Person.objects.filter(signal__case=_CASE), "user").select_related("pupil")


def _added() -> QuerySet[CasePerson]:
    rows = with_names(CasePerson.objects.filter(case=_CASE), "user").select_related("pupil")
    return rows.defer("key", "by", "removed_by", *but_names("user"))


def _changes() -> QuerySet[CaseChange]:
    other = Case.objects.filter(reference=OuterRef("old"))
    apart = there_is(other.exclude(walled=Given("walled", BooleanField())).exclude(joined_to=_CASE))
    named = Subquery(User.objects.filter(reference=OuterRef("new")).values("name")[:1])
    return with_names(CaseChange.objects.annotate(new_name=named, apart=apart).filter(case__in=whole(_CASE)), "by")


def _work() -> QuerySet[WorkLine]:
    return with_names(WorkLine.objects.filter(case=_CASE).defer("key", "case"), "by", "who")


def _hand_overs() -> QuerySet[HandOver]:
    """Also those of a case that was put with this one: its lines came along."""
    rows = with_names(HandOver.objects.filter(pk__in=_of_lines("hand_over")), "by", "to")
    return rows.defer("key", "case", "answer", "ended_at", "ended_by")


def _tasks() -> QuerySet[Task]:
    rows = with_names(Task.objects.filter(pk__in=_of_lines("task")), "assignee")
    return rows.defer("key", "case", "remind_on", "reminded_at", "made_by", "created_at", "version")


def _meetings() -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(pk__in=_of_lines("meeting")).order_by()
    return rows.defer("key", "case", "made_by", "created_at", "version")


def _of_lines(what: str) -> Any:
    return WorkLine.objects.filter(case=_CASE).values(what)


def _moves() -> QuerySet[Moved]:
    """Of the step only for whom it was."""
    rows = Moved.objects.filter(case__in=whole(_CASE)).select_related("step").order_by()
    left = [field.name for field in Step._meta.concrete_fields if field.name not in ("id", "recipient")]
    return rows.defer(*(f"step__{name}" for name in left))


def _notes() -> QuerySet[Note, Any]:
    rows = Note.objects.filter(case__in=whole(_CASE)).order_by()
    return rows.values_list("id", "created_at", "author_id", "person", *sealed_columns(Note, "text"))


def _writers() -> QuerySet[User, Any]:
    """Of the notes: a few people, each looked up once and not for every note."""
    notes = Note.objects.filter(case__in=whole(_CASE)).values("author")
    return User.objects.filter(pk__in=notes).order_by().values_list("pk", "name")


_ROWS = Together(
    reports=_reports,
    people=_people,
    added=_added,
    additions=lambda: with_names(Addition.objects.filter(signal__case=_CASE), "author"),
    facts=lambda: with_names(FactsChange.objects.filter(signal__case=_CASE), "by"),
    steps=lambda: Step.objects.filter(case=_CASE).order_by(),
    outcomes=lambda: with_names(StepOutcome.objects.filter(step__case=_CASE), "recorded_by"),
    notes=_notes,
    writers=_writers,
    openings=lambda: with_names(StoryOpening.objects.filter(case__in=whole(_CASE)), "by"),
    changes=_changes,
    moves=_moves,
    work=_work,
    hand_overs=_hand_overs,
    tasks=_tasks,
    meetings=_meetings,
    files=lambda: with_names(Attachment.objects.filter(case=_CASE), "by", "ended_by"),
    contacts=lambda: contacts_at(Given("school", BigIntegerField()), Given("board", BigIntegerField())),
)


def case_rows(case: Case) -> CaseRows:
    """Fetch it, in one query."""
    found = _ROWS.rows(case=case.pk, walled=case.walled, school=case.school_id, board=case.board_id)
    reports, facts = _by(found["reports"]), _by(found["facts"])
    _complete(case, reports, found)
    steps = _steps(found["steps"], {row.pk: row for row in reports}, {row.pk: row for row in facts})
    put_below(steps, "outcomes", _by(found["outcomes"]), "step")
    opened, named = opener(Note, "text"), dict(found["writers"])
    return CaseRows(
        reports=reports,
        steps=steps,
        notes=[
            (at, who, named[who], opened(row, text), person)
            for _pk, at, who, person, row, text in sorted(found["notes"], key=itemgetter(0))
        ],
        openings=_by(found["openings"]),
        changes=_by(found["changes"], "at", "id"),
        moves=_by(found["moves"], "at", "id"),
        work=_lines(found),
        files=_by(found["files"]),
        added=_by(found["added"]),
        contacts=found["contacts"],
    )


def _by(rows: list[Any], *names: str) -> list[Any]:
    return sorted(rows, key=attrgetter(*(names or ("id",))))


def _complete(case: Case, reports: list[Signal], found: dict[str, list[Any]]) -> None:
    """Give reports their case, their school, their people, their additions and the answers that changed."""
    for report in reports:
        report.case = case
        if report.school_id == case.school_id:
            report.school = case.school
    for name, rows in (("people", "people"), ("additions", "additions"), ("facts_changes", "facts")):
        put_below(reports, name, _by(found[rows]), "signal")


def _lines(found: dict[str, list[Any]]) -> list[WorkLine]:
    """Lines with what they are about: many may be about one task, which then is the same object."""
    rows: list[WorkLine] = _by(found["work"], "at", "id")
    for name, what in (("hand_over", "hand_overs"), ("task", "tasks"), ("meeting", "meetings")):
        known = {row.pk: row for row in found[what]}
        for row in rows:
            if key := getattr(row, f"{name}_id"):
                setattr(row, name, known[key])
    return rows


def _steps(rows: list[Step], reports: dict[int, Signal], facts: dict[int, FactsChange]) -> list[Step]:
    """Steps with their report, and the new answers that brought them or made them needless."""
    for step in rows:
        step.signal = reports[step.signal_id]
        step.change = facts[step.change_id] if step.change_id else None
        step.lapsed_by = facts[step.lapsed_by_id] if step.lapsed_by_id else None
    return _by(rows, "signal_id", "position")
