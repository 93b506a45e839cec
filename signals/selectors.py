"""What the pages of a case and of a report show, fetched in as few queries as there are kinds of rows."""

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from signals.models import Addition, Case, FactsChange, Note, Person, Share, Signal, Step, StepOutcome

OUTCOMES = Prefetch("outcomes", StepOutcome.objects.select_related("recorded_by"))


def reports_of(case: Case) -> list[Signal]:
    """The reports in a case with their writers, people, additions and changed answers, oldest first."""
    people = Prefetch("people", Person.objects.select_related("pupil", "user"))
    additions = Prefetch("additions", Addition.objects.select_related("author"))
    changes = Prefetch("facts_changes", FactsChange.objects.select_related("by"))
    rows = case.signals.select_related("author", "school", "on_paper_by")
    rows = rows.prefetch_related(people, additions, changes)
    return list(rows.order_by("id"))


def steps_of(of: Case | Signal) -> list[Step]:
    """The steps of a case or of one report, with what became of them."""
    return list(of.steps.select_related("signal", "change", "lapsed_by").prefetch_related(OUTCOMES))


def report_of(case: Case, reference: str) -> Signal | None:
    """A report in this case; without a reference the first."""
    rows = case.signals.select_related("school", "case").order_by("id")
    return (rows.filter(reference=reference) if reference else rows).first()


def notes_of(case: Case) -> list[Note]:
    """The notes in a case, oldest first."""
    return list(case.notes.select_related("author").order_by("id"))


def share_of(case: Case, reference: str) -> Share | None:
    """A share of this case."""
    return case.shares.filter(reference=reference).first()


def shares_running(case: Case) -> list[Share]:
    """The shares of a case that neither expired nor were taken back; by the name of who got it."""
    rows = case.shares.filter(ended_at=None, ends_on__gte=timezone.localdate())
    return list(rows.select_related("colleague").order_by("colleague__name", "pk"))


def about_somebody(words: list[str]) -> Exists:
    """The condition on a case that somebody it is about has every word in their name. Descriptions are encrypted."""
    named = Q()
    for word in words:
        named &= Q(pupil__name__icontains=word) | Q(user__name__icontains=word)
    return Exists(Person.objects.filter(named, signal__case=OuterRef("pk")))
