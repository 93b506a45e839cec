"""Who is in a case: whom its reports are about, and who was added to it afterwards."""

from django.db.models import BigIntegerField, Exists, OuterRef, Q

from accounts.folding import patterns
from accounts.marks import Given
from accounts.together import Together
from signals.models import Attachment, Case, CasePerson, Meeting, Note, Person, Task, Transfer
from signals.selectors import whole

_CASE = Given("case", BigIntegerField())
_PEOPLE = Together(
    people=lambda: Person.objects.filter(signal__case=_CASE).select_related("pupil", "user").order_by(),
    added=lambda: CasePerson.objects.filter(case=_CASE, removed_at=None).select_related("pupil", "user").order_by(),
)


def people_in(case: Case) -> list[Person | CasePerson]:
    """Whom the reports in a case are about, and who was added to it."""
    found = _PEOPLE.rows(case=case.pk)
    return [*found["people"], *found["added"]]


def added_to(case: Case) -> list[CasePerson]:
    """Who was added to a case, also who was taken out again; the newest last."""
    rows = case.added_people.select_related("pupil", "user", "removed_by")
    return list(rows.order_by("pk"))


def went_from(case: Case) -> list[Person | CasePerson]:
    """Whom reports are about that lay in a case and lie elsewhere now, and who was added to it and went along.

    What was written in it meanwhile stays, and may name them.
    """
    here = whole(case.pk)
    rows = list(Transfer.objects.filter(Q(source__in=here) | Q(target__in=here)).values_list("reports", "people"))
    if not rows:
        return []
    reports, keys = ({one for row in rows for one in row[place]} for place in (0, 1))
    people = Person.objects.filter(signal__reference__in=reports).exclude(signal__case__in=here)
    added = CasePerson.objects.filter(row_key__in=keys).exclude(case__in=here)
    who = ("pupil", "user")
    return [*people.select_related(*who).order_by("pk"), *added.select_related(*who).order_by("pk")]


def written_about(case: Case, key: str) -> bool:
    """Whether a note, a task, a meeting or a file of a case is about this person; see signals.about for the key."""
    return any(
        model._default_manager.filter(case__in=whole(case.pk), person=key).exists()
        for model in (Note, Task, Meeting, Attachment)
    )


def about_somebody(words: list[str]) -> Q:
    """The condition on a case that somebody in it has every word in their name, with or without accents. Descriptions
    are encrypted."""
    found = patterns(" ".join(words))
    named = Q() if found else Q(pk__in=())
    for word in found:
        named &= Q(pupil__name__regex=word) | Q(user__name__regex=word)
    added = Exists(CasePerson.objects.filter(named, case=OuterRef("pk"), removed_at=None))
    return Q(Exists(Person.objects.filter(named, signal__case=OuterRef("pk")))) | Q(added)
