"""What a list of cases is narrowed by. Codes and references only, so that an address can be passed on.

Whoever gets the address sees of it what they may see: a filter only ever takes away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, DateField, DateTimeField, Q
from django.utils import timezone

from accounts.marks import Given
from accounts.references import is_reference
from escalation.protocol import current_protocol
from signals import rules
from signals.years import year_start

ME, NOBODY = "me", "none"
SINCE_WEEK, SINCE_MONTH, SINCE_YEAR, BEFORE = "week", "month", "year", "before"
PERIODS = (SINCE_WEEK, SINCE_MONTH, SINCE_YEAR, BEFORE)
STATES = (rules.NEW, rules.IN_REVIEW, rules.ESCALATED, rules.MONITORING, rules.REOPENED, rules.CLOSED)
WALLS = ("yes", "no")
LONGEST = 300  # characters of all codes together


@dataclass(frozen=True)
class Times:
    """The moments that lists and filters compare with. due_before: the end of this school week."""

    due_before: datetime
    today: date
    week: datetime
    month: datetime
    year: datetime


def times(now: datetime, due_before: datetime) -> Times:
    """The moments as they are now; a period counts whole days, a school year begins on the first of August."""
    today = timezone.localdate(now)
    days = (today - timedelta(days=7), today - timedelta(days=30), year_start(today))
    week, month, year = (_start(day) for day in days)
    return Times(due_before, today, week, month, year)


_MARKS: dict[str, Any] = {name: Given(name, DateTimeField()) for name in ("due_before", "week", "month", "year")}
_DAYS: dict[str, Any] = {name: Given(name, DateField()) for name in ("today",)}
GIVEN_TIMES = Times(**_DAYS, **_MARKS)
_SCHOOL: Any = Given("school", CharField())
_OWNER: Any = Given("owner", CharField())


@dataclass(frozen=True)
class Filters:
    """The codes, each empty when it does not narrow. school, owner: references; owner also "me" or "none"."""

    status: str = ""
    concern: str = ""
    school: str = ""
    owner: str = ""
    period: str = ""
    walled: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def query(self) -> str:
        """As it stands in an address; always in the same order."""
        return urlencode({name: code for name, code in self.items() if code})

    def items(self) -> list[tuple[str, str]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    def form(self) -> tuple["Filters", dict[str, str]]:
        """With marks for references, and the value of each; see accounts.prepared."""
        form, given = self, {}
        if self.school:
            form, given["school"] = replace(form, school=_SCHOOL), self.school
        if is_reference(self.owner):
            form, given["owner"] = replace(form, owner=_OWNER), self.owner
        return form, given

    def condition(self, me: int, at: Times) -> Q:
        """The condition on a case. `me`: the id of who looks."""
        found = Q()
        if self.status:
            found &= Q(status=self.status)
        if self.concern:
            found &= Q(concern=self.concern)
        if self.school:
            found &= Q(school__reference=self.school)
        if self.walled:
            found &= Q(walled=self.walled == "yes")
        return found & self._of_owner(me) & self._in_period(at)

    def _of_owner(self, me: int) -> Q:
        if self.owner == ME:
            return Q(owner_id=me)
        if self.owner == NOBODY:
            return Q(owner__isnull=True)
        return Q(owner__reference=self.owner) if self.owner else Q()

    def _in_period(self, at: Times) -> Q:
        if self.period == BEFORE:
            return Q(created_at__lt=at.year)
        return Q(created_at__gte=getattr(at, self.period)) if self.period else Q()


NAMES = [field.name for field in fields(Filters)]


def read(given: Mapping[str, str]) -> tuple[Filters, list[str]]:
    """The filters in an address, and the names of those that say nothing this version knows."""
    if not any(given.get(name) for name in NAMES):
        return Filters(), []
    codes, wrong = {}, []
    for name, known in _known().items():
        code = given.get(name, "")
        if code in known or (name in ("school", "owner") and is_reference(code)):
            codes[name] = code
        elif code:
            wrong.append(name)
    return Filters(**codes), wrong


def _known() -> dict[str, tuple[str, ...]]:
    return {
        "status": STATES,
        "concern": tuple(current_protocol().concerns),
        "school": (),
        "owner": (ME, NOBODY),
        "period": PERIODS,
        "walled": WALLS,
    }


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
