"""What a dossier needs of the database: the rows of a case, and who is on the lists of its school."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from accounts.jobs.queue import enqueue
from accounts.models import BackgroundJob, Membership, Pupil, User
from signals.casepeople import added_to, went_from
from signals.models import (
    Attachment,
    Case,
    CasePerson,
    Dossier,
    Meeting,
    Note,
    Person,
    Signal,
    Step,
    Task,
    WorkLine,
)
from signals.models.dossier import TOLD, DossierFor, DossierState
from signals.selectors import notes_of, reports_of, steps_of, whole

JOB = "dossier.pdf"


@dataclass(frozen=True)
class Material:
    """Everything that was written in a case. added: who was added to it, also who was taken out again. went: whom
    reports are about that lay in it and lie elsewhere now."""

    case: Case
    reports: list[Signal]
    steps: list[Step]
    notes: list[Note]
    work: list[WorkLine]
    files: list[Attachment]
    added: list[CasePerson]
    went: list[Person | CasePerson] = field(default_factory=list)


@dataclass(frozen=True)
class Lists:
    """Who is known at the school of a case, and in which role somebody works or worked there."""

    pupils: list[Pupil] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)
    roles: dict[int, str] = field(default_factory=dict)


def material_of(case: Case) -> Material:
    """The rows from which a dossier is put together."""
    files = case.files.exclude(stored="").select_related("by").order_by("id")
    work = case.work.select_related("by", "who", "task__assignee", "meeting").order_by("at", "pk")
    rows = (reports_of(case), steps_of(case), notes_of(case), list(work), list(files))
    return Material(case, *rows, added_to(case), went_from(case))


def lists_of(case: Case) -> Lists:
    """Every pupil of the school, also who left; and everybody with a role there or at the board, now or before."""
    pupils = list(Pupil.objects.filter(school=case.school_id).only("reference", "name"))
    rows = Membership.objects.filter(Q(school=case.school_id) | Q(board=case.board_id)).select_related("user")
    found = list(rows.order_by("user_id", "-starts_on"))
    roles: dict[int, str] = {}
    for row in found:
        roles.setdefault(row.user_id, row.role)
    return Lists(pupils, list({row.user_id: row.user for row in found}.values()), roles)


def dossiers_of(case: Case) -> list[Dossier]:
    """The dossiers that were made in a case and in what was put with it, newest first; with those begun."""
    rows = Dossier.objects.filter(case__in=whole(case.pk)).select_related("by", "job", "case__joined_to")
    return list(rows.defer("content", "picked", "words").order_by("-id"))


def cases_in(*dossiers: Dossier) -> list[Case]:
    """The cases in which that lies now of which something is in one of these; see `parts` for the keys."""

    def of(sign: str) -> list[str]:
        return [key[1:] for dossier in dossiers for key in dossier.pieces if key.startswith(sign)]

    rows: tuple[tuple[Any, dict[str, list[str]]], ...] = (
        (Signal, {"reference__in": [report for dossier in dossiers for report in dossier.reports]}),
        (Note, {"pk__in": of("n")}),
        (Task, {"reference__in": of("t")}),
        (Meeting, {"reference__in": of("m")}),
        (Attachment, {"reference__in": of("f")}),
    )
    lies = Q()
    for model, those in rows:
        if any(those.values()):
            lies |= Q(pk__in=model.objects.filter(**those).order_by().values("case"))
    return list(Case.objects.filter(lies).select_related("joined_to")) if lies else []


def made_with(digest: str) -> Iterable[Dossier]:
    """The dossiers of which the PDF had this hash: one, unless somebody broke SHA-256."""
    rows = Dossier.objects.filter(digest=digest, state__in=(DossierState.READY, DossierState.OVER))
    return rows.select_related("case__school", "case__board", "case__joined_to__school", "case__joined_to__board", "by")


def told_by(report: Signal) -> list[str]:
    """Who of the table got something of a report in a dossier, whatever case it lay in then."""
    rows = Dossier.objects.filter(case__school=report.school_id, made_at__isnull=False).order_by("id")
    found = [(row.recipient, row.reports) for row in rows.only("recipient", "reports")]
    return [TOLD[DossierFor(code)] for code, reports in found if report.reference in reports and code in TOLD]


def job_for(dossier: Dossier) -> BackgroundJob:
    """Queue the making of it, in the transaction of the caller."""
    return enqueue(JOB, dossier.pk, board=dossier.case.board)
