"""Other cases of the same person, among the cases that somebody handles: a suggestion, never more than that."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, BooleanField, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.marks import Given, keys
from accounts.prepared import Prepared
from accounts.together import Together
from escalation.texts import concern_name, subject_short
from signals import repeated, rules
from signals.addresses import address
from signals.ages import age
from signals.casepeople import people_in
from signals.looked_up import there_is
from signals.models import Case, CasePerson, Person, Signal
from signals.paging import PAGE
from signals.repeated import Small
from signals.scope import Place, Scope

MOST = 100  # small reports about the pupils of one page of the desk that are looked at, the newest
ABOUT = 50  # and about the people of one case: more than are written about a pupil in all their years at a school
SHOWN = 10  # other cases that are offered


class Near(NamedTuple):
    """A report about somebody, and its case. grave: see Signal.

    Of a case to which they were added there is no report, and it counts as none that is small.
    """

    pupil_id: int | None
    signal_id: int
    signal: str
    known_on: date
    pk: int
    status: str
    walled: bool
    school_id: int
    board_id: int
    reference: str
    concern: str
    subject_role: str
    created_at: datetime
    grave: bool


OF_CASE = ("id", "status", "walled", "school_id", "board_id", "reference", "concern", "subject_role", "created_at")
COLUMNS = (
    "pupil_id",
    "signal_id",
    "signal__reference",
    "signal__known_on",
    *(f"signal__case__{name}" for name in OF_CASE),
    "signal__grave",
)


@dataclass(frozen=True)
class Other:
    """An open case about the same person."""

    reference: str
    url: str
    concern: str
    about: str
    age: str


@dataclass(frozen=True)
class Line:
    """One of three small reports: when it was known, its case, and where that is."""

    day: date
    reference: str
    url: str


@dataclass(frozen=True)
class Same:
    """others: open cases about the same person. third: three small reports within six weeks, or none.

    more: only the newest of the open cases are among them.
    """

    others: list[Other]
    third: list[Line]
    more: bool = False


def same_person(case: Case, reports: Sequence[Signal], added: Iterable[CasePerson], scope: Scope) -> Same:
    """What else there is about the people of a case; one query.

    Args:
        reports: those in the case, with their people.
        added: who was added to it.
        scope: the cases this person handles.
    """
    people: list[Person | CasePerson] = [person for report in reports for person in report.people.all()]
    people += [person for person in added if person.removed_at is None]
    rows = [row for row in _about_these(case, people) if scope.holds(row)]
    cases = {row.pk: row for row in rows if row.pk != case.pk}
    active = [row for row in cases.values() if row.status in rules.ACTIVE]
    others = _others(active[:SHOWN], case.school.sector)
    third: tuple[Small, ...] = ()
    for small in by_pupil(rows).values():
        third = third or repeated.last_with(small, [report.pk for report in reports])
    return Same(others, [_line(row) for row in third], more=len(active) > SHOWN)


def candidates(case: Case, seen: Scope, most: int = SHOWN) -> list[Case]:
    """Open cases, among those that are seen, with the same pupil or colleague in them; newest first."""
    found = {row.pk: row for row in _about_these(case, people_in(case))}
    able = (one for one in found.values() if one.pk != case.pk and one.status in rules.ACTIVE and seen.holds(one))
    newest = sorted((one.pk for one in able), reverse=True)[:most]
    return list(Case.objects.filter(pk__in=newest).order_by("-pk"))


def thirds_among(new: Sequence[int], scope: Scope) -> list[list[Line]]:
    """Of the new cases on a page of the desk: each time that one is among three small reports within six weeks.

    Args:
        new: ids of those cases, as far as they hold a small report; without any nothing is asked.
    """
    if not new:
        return []
    numbers, small = [], defaultdict(list)
    for number, reference, day, pupil, case, *place in _THIRDS.rows([*new, *[new[-1]] * (PAGE - len(new))]):
        if scope.holds(found := Place(*place)):
            small[pupil, found.school_id].append(Small(number, reference, case, day))
            if found.pk in new:
                numbers.append(number)
    found_threes = (repeated.last_with(reports, numbers) for reports in small.values())
    return [[_line(row) for row in three] for three in found_threes if three]


def holds_small() -> Q:
    """The condition on a new case that it holds a small report: of others there can be no third."""
    return Q(there_is(Signal.objects.filter(case=OuterRef("pk"), grave=False)), status=rules.NEW)


def _thirds(count: int) -> QuerySet[Person, Any]:
    """Small reports about the pupils of the small ones in these cases."""
    small = Person.objects.filter(signal__grave=False)
    here = small.filter(signal__case__in=keys(0, count), pupil__isnull=False)
    rows = small.filter(pupil__in=here.values("pupil"), signal__case__walled=False)
    named = ("signal_id", "signal__reference", "signal__known_on", "pupil_id", "signal__case__reference")
    place = (f"signal__case__{name}" for name in Place._fields)
    return rows.order_by("-signal_id").values_list(*named, *place)[:MOST]


_THIRDS = Prepared(_thirds)


def _about_these(case: Case, people: Iterable[Person | CasePerson]) -> list[Near]:
    """Reports about the same pupils or colleagues at the school of a case, behind a wall as it is; newest first.

    After them the cases there to which they were added.
    """
    pupils = {person.pupil_id for person in people if person.pupil_id}
    staff = {person.user_id for person in people if person.user_id}
    if not pupils and not staff:
        return []
    found = _NEAR.rows(sorted(pupils), sorted(staff), school=case.school_id, walled=case.walled)
    named = [Near(*row) for name in ("pupils", "staff") for row in found[name]]
    added = [_near(*row) for name in ("added_pupils", "added_staff") for row in found[name]]
    return [*sorted(named, key=attrgetter("signal_id"), reverse=True), *sorted(added, key=_NEWEST, reverse=True)]


def _near(pupil: int | None, *case: Any) -> Near:
    return Near(*(pupil, 0, "", timezone.localdate(case[-1]), *case, True))  # grave


def small_reports(about: Q) -> list[Near]:
    """Reports about pupils that no wall keeps from the school; those of the school of the pupil alone."""
    return [Near(*row) for row in _rows(about & Q(signal__case__walled=False, signal__grave=False))]


def _rows(about: Q) -> QuerySet[Person, Any]:
    """The newest first, as an index gives them."""
    return Person.objects.filter(about).order_by("-pk").values_list(*COLUMNS)[:ABOUT]


def _added(about: Q) -> QuerySet[CasePerson, Any]:
    rows = CasePerson.objects.filter(about, removed_at=None, case__school=_SCHOOL, case__walled=_WALLED)
    return rows.order_by("-pk").values_list("pupil_id", *(f"case__{name}" for name in OF_CASE))[:ABOUT]


_SCHOOL, _WALLED = Given("school", BigIntegerField()), Given("walled", BooleanField())
_HERE = Q(signal__case__school=_SCHOOL, signal__case__walled=_WALLED)
_NEWEST = attrgetter("pk")
_NEAR = Together(
    pupils=lambda pupils, _staff: _rows(Q(pupil_id__in=keys(0, pupils)) & _HERE),
    staff=lambda _pupils, staff: _rows(Q(user_id__in=keys(1, staff)) & _HERE),
    added_pupils=lambda pupils, _staff: _added(Q(pupil_id__in=keys(0, pupils))),
    added_staff=lambda _pupils, staff: _added(Q(user_id__in=keys(1, staff))),
)


def by_pupil(rows: Iterable[Near]) -> dict[tuple[int, int], list[Small]]:
    """The small reports about each pupil at each school, without those behind a wall."""
    found: dict[tuple[int, int], list[Small]] = defaultdict(list)
    for row in rows:
        if row.pupil_id and not row.grave and not row.walled:
            small = Small(row.signal_id, row.signal, row.reference, row.known_on)
            found[row.pupil_id, row.school_id].append(small)
    return found


def _others(found: Iterable[Near], sector: str) -> list[Other]:
    """They say the same again and again: each is looked up once."""
    now, concern, about = timezone.now(), cache(concern_name), cache(subject_short)
    return [
        Other(
            one.reference,
            address("signals:case", one.reference),
            concern(one.concern),
            about(one.subject_role, sector),
            age(one.created_at, now),
        )
        for one in found
    ]


def _line(row: Small) -> Line:
    return Line(row.day, row.case, address("signals:case", row.case))
