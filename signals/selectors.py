"""What the pages of a case and of a report show, fetched in as few queries as there are kinds of rows."""

from django.db.models import Prefetch

from signals.models import Addition, Case, Person, Signal, Step, StepOutcome

OUTCOMES = Prefetch("outcomes", StepOutcome.objects.select_related("recorded_by"))


def reports_of(case: Case) -> list[Signal]:
    """The reports in a case with their writers, people and additions, oldest first."""
    people = Prefetch("people", Person.objects.select_related("pupil", "user"))
    additions = Prefetch("additions", Addition.objects.select_related("author"))
    rows = case.signals.select_related("author", "school").prefetch_related(people, additions)
    return list(rows.order_by("id"))


def steps_of(of: Case | Signal) -> list[Step]:
    """The steps of a case or of one report, with what became of them."""
    return list(of.steps.select_related("signal").prefetch_related(OUTCOMES))
