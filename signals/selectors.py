"""What the pages of a case and of a report show, fetched in as few queries as there are kinds of rows."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.grants import memberships_on
from accounts.marks import Given
from accounts.models import Board, Membership, School, User
from accounts.prepared import Prepared, but_names, put_below
from accounts.roles import POLICY, Permission
from signals.looked_up import there_is
from signals.models import (
    Absence,
    Addition,
    Barred,
    BreakGlass,
    Case,
    CaseChange,
    CasePerson,
    FactsChange,
    HandOver,
    Meeting,
    Moved,
    Note,
    Person,
    Share,
    Signal,
    Step,
    StepOutcome,
    Task,
    Transfer,
    WorkLine,
)
from signals.models.work import HandOverState, TaskState
from signals.scope import Scope

HANDLERS = [role for role, granted in POLICY.items() if Permission.CASE_HANDLE in granted]
_CASE, _REPORT = Given("case", BigIntegerField()), Given("report", BigIntegerField())
_REPORTS = Prepared(
    lambda: Signal.objects.filter(case=_CASE).select_related("author", "school", "on_paper_by").order_by("id")
)
_BELOW = {
    "people": Prepared(lambda: Person.objects.filter(signal__case=_CASE).select_related("pupil", "user")),
    "additions": Prepared(
        lambda: (
            Addition.objects.filter(signal__case=_CASE)
            .select_related("author")
            .defer(*but_names("author"))
            .order_by("id")
        )
    ),
    "facts_changes": Prepared(
        lambda: FactsChange.objects.filter(signal__case=_CASE).select_related("by").defer(*but_names("by"))
    ),
}
_STEPS = Prepared(lambda: _steps(case=_CASE))
_STEPS_OF_REPORT = Prepared(lambda: _steps(signal=_REPORT))
_OUTCOMES = Prepared(lambda: _outcomes(step__case=_CASE))
_OUTCOMES_OF_REPORT = Prepared(lambda: _outcomes(step__signal=_REPORT))
_NOTES = Prepared(
    lambda: (
        Note.objects.filter(case__in=whole(_CASE)).select_related("author").defer(*but_names("author")).order_by("id")
    )
)


def whole(case: int | Given) -> QuerySet[Case, Any]:
    """Ids of a case and of those that were put with it: what was written there belongs to its story."""
    return Case.objects.filter(Q(pk=case) | Q(joined_to=case)).order_by().values("pk")


def reports_of(case: Case) -> list[Signal]:
    """The reports in a case with their writers, people, additions and changed answers, oldest first."""
    found: list[Signal] = _REPORTS.objects(case=case.pk)
    for report in found:
        report.case = case
    for name, asked in _BELOW.items():
        put_below(found, name, asked.objects(case=case.pk), "signal")
    return found


def steps_of(of: Case | Signal) -> list[Step]:
    """The steps of a case or of one report, with what became of them."""
    if isinstance(of, Case):
        found, outcomes = _STEPS.objects(case=of.pk), _OUTCOMES.objects(case=of.pk)
    else:
        found, outcomes = _STEPS_OF_REPORT.objects(report=of.pk), _OUTCOMES_OF_REPORT.objects(report=of.pk)
    put_below(found, "outcomes", outcomes, "step")
    return found


def _steps(**of: Given) -> QuerySet[Step]:
    return Step.objects.filter(**of).select_related("signal", "change", "lapsed_by")


def _outcomes(**of: Given) -> QuerySet[StepOutcome]:
    return StepOutcome.objects.filter(**of).select_related("recorded_by").defer(*but_names("recorded_by"))


def changes_of(case: Case) -> list[CaseChange]:
    """The changes of a case and of those that were put with it, oldest first; of a new owner also the name.

    apart: reports were exchanged with a case that is not behind a wall alike any more; its number is not to be told.
    """
    other = Case.objects.filter(reference=OuterRef("old"))
    apart = Exists(other.exclude(walled=case.walled).exclude(joined_to=case.pk))
    named = Subquery(User.objects.filter(reference=OuterRef("new")).values("name")[:1])
    rows = CaseChange.objects.filter(case__in=whole(case.pk)).select_related("by")
    return list(rows.annotate(new_name=named, apart=apart).order_by("at", "pk"))


def lines_of(meeting: Meeting) -> list[WorkLine]:
    """What was written about one meeting."""
    return list(meeting.lines.select_related("by", "who", "task__assignee", "meeting").order_by("at", "pk"))


def task_days_of(case: Case) -> list[Task]:
    """The tasks of a case by day, without what they are."""
    return list(case.tasks.only("case", "due_on", "created_at", "ended_at", "state").order_by("due_on", "pk"))


def meetings_to_come(case: Case) -> list[Meeting]:
    """The meetings about a case that have yet to be held, the first one first; without what they say."""
    rows = case.meetings.filter(cancelled_at=None, starts_at__gt=timezone.now())
    return list(rows.only("reference", "starts_at").order_by("starts_at", "pk"))


def absences_at(places: Sequence[School | Board]) -> list[Absence]:
    """The absences at these schools and boards that are not over, the soonest first."""
    schools = [place for place in places if isinstance(place, School)]
    boards = [place for place in places if isinstance(place, Board)]
    rows = Absence.objects.filter(Q(school__in=schools) | Q(board__in=boards), ended_at=None)
    rows = rows.filter(ends_on__gte=timezone.localdate()).select_related("user", "deputy", "school", "board")
    return list(rows.order_by("starts_on", "pk"))


def away_at(case: Case) -> dict[int, Absence]:
    """Who is away today where a case is, by their id."""
    today = timezone.localdate()
    return {row.user_id: row for row in absences_at([case.school, case.board]) if row.starts_on <= today}


def theirs_or_away(who: str, user: User | Given, day: date | Given | None = None, case: str = "case__") -> Q:
    """The condition on a row of a case that this person is its `who`, or stands in today for who that is.

    case: how a row leads to its case; nothing where the row is the case.

    Who that can be comes first, so that the rows are found by their index.
    """
    today = day or timezone.localdate()
    away = Absence.objects.filter(deputy=user, ended_at=None, starts_on__lte=today, ends_on__gte=today).order_by()
    me = user.pk if isinstance(user, User) else user
    people = User.objects.filter(pk=me).order_by().values("pk").union(away.values("user"), all=True)
    here = Q(school=OuterRef(f"{case}school")) | Q(board=OuterRef(f"{case}board"))
    stands_in = there_is(away.filter(here, user=OuterRef(who)))
    return Q(**{f"{who}__in": people}) & (Q(**{who: user}) | Q(stands_in))


def asked_in(user: User) -> QuerySet[HandOver, Any]:
    """Ids of the cases that somebody, or for whom they stand in, is asked to take over."""
    rows = HandOver.objects.filter(theirs_or_away("to", user), state=HandOverState.PROPOSED)
    return rows.order_by().values("case")


def tasks_in(user: User) -> QuerySet[Task, Any]:
    """Ids of the cases in which somebody, or for whom they stand in, has an open task."""
    return Task.objects.filter(theirs_or_away("assignee", user), state=TaskState.OPEN).order_by().values("case")


def deputy_of_owner(day: Given) -> QuerySet[Absence, Any]:
    """In a query of cases: the name of who stands in for the owner at the school, and handles its cases on this day.

    Not who is kept out, nor who stands in at the board: they can't open it, and a walled case says nothing of it.
    """
    away = Absence.objects.filter(school=OuterRef("school"), user=OuterRef("owner"), ended_at=None)
    out: dict[str, Any] = {"case": OuterRef(OuterRef("pk")), "user__isnull": False}
    away = away.filter(starts_on__lte=day, ends_on__gte=day)
    away = away.exclude(deputy__in=Barred.objects.filter(**out).values("user"))
    away = away.exclude(deputy__in=CasePerson.objects.filter(**out, removed_at=None).values("user"))
    here = Membership.objects.filter(memberships_on(day), role__in=HANDLERS, school=OuterRef("school"))
    away = away.filter(there_is(here.filter(user=OuterRef("deputy"))))
    return away.order_by("pk").values("deputy__name")[:1]


def report_of(case: Case, reference: str) -> Signal | None:
    """A report in this case; without a reference the first."""
    rows = case.signals.select_related("school", "case").order_by("id")
    return (rows.filter(reference=reference) if reference else rows).first()


def notes_of(case: Case) -> list[Note]:
    """The notes in a case and in those that were put with it, oldest first."""
    return _NOTES.objects(case=case.pk)


def glasses_of(case: Case) -> list[BreakGlass]:
    """Who broke the glass of a case, or of one that was put with it."""
    return list(BreakGlass.objects.filter(case__in=whole(case.pk)).select_related("by").order_by("opened_at"))


def share_of(case: Case, reference: str) -> Share | None:
    """A share of this case."""
    return case.shares.filter(reference=reference).first()


def shares_running(case: Case) -> list[Share]:
    """The shares of a case that neither expired nor were taken back; by the name of who got it."""
    rows = case.shares.filter(ended_at=None, ends_on__gte=timezone.localdate())
    return list(rows.select_related("colleague").order_by("colleague__name", "pk"))


def open_musts(references: list[str]) -> list[tuple[str, datetime]]:
    """What must still be done in these cases: how urgent, and by when."""
    rows = Step.objects.filter(case__reference__in=references, state="open", obligation="must", lapsed_by=None)
    return list(rows.values_list("urgency", "due_at"))


def open_tasks(reference: str) -> list[tuple[int, date]]:
    """Of the open tasks in a case: whose they are, and the last day."""
    rows = Task.objects.filter(case__reference=reference, state=TaskState.OPEN)
    return list(rows.values_list("assignee", "due_on"))


def next_meeting(user: User, reference: str) -> datetime | None:
    """When the next meeting about a case begins to which somebody was invited."""
    rows = Meeting.objects.filter(case__reference=reference, lines__who=user, starts_at__gt=timezone.now())
    return rows.order_by("starts_at").values_list("starts_at", flat=True).first()


def stands_at(reference: str) -> str:
    """The number of the case with which this one was put; its own where it was not."""
    rows = Case.objects.filter(reference=reference, joined_to__isnull=False)
    return rows.values_list("joined_to__reference", flat=True).first() or reference


def school_days_near(schools: Iterable[int], since: date | Given, until: date | Given) -> QuerySet[School, Any]:
    """The calendar of each school, a row for every time it is closed that touches these days, and at least one."""
    near = Q(closing_days__ends_on__gte=since, closing_days__starts_on__lte=until)
    rows = School.objects.filter(pk__in=list(schools)).annotate(near=FilteredRelation("closing_days", condition=near))
    return rows.order_by().values_list("pk", "region", "hours", "near__starts_on", "near__ends_on")


def schools_in(scope: Scope) -> list[tuple[str, str]]:
    """Reference and name of the schools whose cases somebody sees."""
    at = Q(pk__in=scope.schools) | Q(board_id__in=scope.boards)
    return list(School.objects.filter(at).order_by("name").values_list("reference", "name"))


def owners_in(scope: Scope) -> list[tuple[str, str]]:
    """Reference and name of who owns a case among those that somebody sees."""
    found: dict[str, str] = {}
    for scan in scope.reach().filter(owner__isnull=False).scans:
        owners = User.objects.filter(pk__in=scan.order_by().values("owner"))
        found |= dict(owners.values_list("reference", "name"))
    return sorted(found.items(), key=lambda owner: owner[1].lower())


def moves_of(case: Case) -> list[Moved]:
    """What moved up because nobody acted, in a case and in those that were put with it, oldest first."""
    return list(Moved.objects.filter(case__in=whole(case.pk)).select_related("step").order_by("at", "pk"))


def transfers_of(case: Case) -> list[Transfer]:
    """Each time that reports came to a case or went from it, newest first."""
    rows = Transfer.objects.filter(Q(source=case) | Q(target=case)).order_by("-pk")
    return list(rows.select_related("source__joined_to", "target__joined_to", "by", "undone_by"))


def transfer_of(case: str, reference: str, **narrow: Any) -> Transfer | None:
    """One time that reports came to the case with this number."""
    rows = Transfer.objects.filter(target__reference=case, reference=reference, **narrow)
    return rows.select_related("source", "target").first()
