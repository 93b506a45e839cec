"""What the pages of a case and of a report show, fetched in as few queries as there are kinds of rows."""

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.prepared import Given, Prepared, but_names, put_below
from signals.models import Addition, Case, FactsChange, Note, Person, Share, Signal, Step, StepOutcome, StoryOpening

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
    lambda: Note.objects.filter(case=_CASE).select_related("author").defer(*but_names("author")).order_by("id")
)
_OPENINGS = Prepared(
    lambda: StoryOpening.objects.filter(case=_CASE).select_related("by").defer(*but_names("by")).order_by("id")
)


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


def report_of(case: Case, reference: str) -> Signal | None:
    """A report in this case; without a reference the first."""
    rows = case.signals.select_related("school", "case").order_by("id")
    return (rows.filter(reference=reference) if reference else rows).first()


def notes_of(case: Case) -> list[Note]:
    """The notes in a case, oldest first."""
    return _NOTES.objects(case=case.pk)


def openings_of(case: Case) -> list[StoryOpening]:
    """Who opened the story of a case with a reason, oldest first."""
    return _OPENINGS.objects(case=case.pk)


def share_of(case: Case, reference: str) -> Share | None:
    """A share of this case."""
    return case.shares.filter(reference=reference).first()


def shares_running(case: Case) -> list[Share]:
    """The shares of a case that neither expired nor were taken back; by the name of who got it."""
    rows = case.shares.filter(ended_at=None, ends_on__gte=timezone.localdate())
    return list(rows.select_related("colleague").order_by("colleague__name", "pk"))


def about_somebody(words: list[str]) -> Exists:
    """The condition on a case that somebody it is about has every word in their name, or in how they are described."""
    named = Q()
    for word in words:
        named &= Q(pupil__name__icontains=word) | Q(user__name__icontains=word) | Q(description__icontains=word)
    return Exists(Person.objects.filter(named, signal__case=OuterRef("pk")))
