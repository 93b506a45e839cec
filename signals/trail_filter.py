"""Narrowing the trail: by person, case, kind, period, and to what was refused."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.references import is_reference
from audit.models import AuditEvent, Outcome
from signals.kinds import GROUPS, Kind
from signals.trail import visible_case_events, visible_events


@dataclass(frozen=True)
class Filters:
    """person, case: references; kind: a group of events; since, until: days, both included; refused: only that."""

    person: str = ""
    case: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    refused: bool = False

    def query(self) -> dict[str, str]:
        """The parameters of an address with these filters, and codes for the event about it."""
        found = {
            "person": self.person,
            "case": self.case,
            "kind": self.kind,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "refused": "1" if self.refused else "",
        }
        return {name: value for name, value in found.items() if value}

    def details(self) -> dict[str, str]:
        """The same for the trail itself; what is no code or reference is left out."""
        found = self.query()
        known = {"person": is_reference(self.person), "case": is_reference(self.case), "kind": self.kind in Kind.values}
        return {name: value for name, value in found.items() if known.get(name, True)}

    def words(self, people: list[tuple[str, str]]) -> list[str]:
        """What is filtered, in words; a name only when it is one of the people given."""
        found = []
        if self.person:
            found.append(dict(people).get(self.person) or _("somebody who is not in the list"))
        if self.case:
            found.append(_("case %(reference)s") % {"reference": self.case[:12]})
        if self.kind:
            label = str(Kind(self.kind).label) if self.kind in Kind.values else _("an unknown kind")
            found.append(label[:1].lower() + label[1:])
        if self.since:
            found.append(_("from %(day)s") % {"day": date_format(self.since, "j F Y")})
        if self.until:
            found.append(_("until %(day)s") % {"day": date_format(self.until, "j F Y")})
        if self.refused:
            found.append(_("only what was refused"))
        return found


def filtered_events(user: User, filters: Filters) -> QuerySet[AuditEvent]:
    """The events that this person may see and asks for. An unknown reference or kind finds nothing."""
    events = _of_case(user, filters.case)
    if filters.person:
        events = events.filter(actor_ref=filters.person) if is_reference(filters.person) else events.none()
    if filters.kind:
        known = filters.kind in Kind.values
        events = events.filter(action__in=GROUPS[Kind(filters.kind)]) if known else events.none()
    if filters.since:
        events = events.filter(occurred_at__gte=_start(filters.since))
    if filters.until:
        events = events.filter(occurred_at__lt=_start(filters.until + timedelta(days=1)))
    if filters.refused:
        events = events.filter(outcome=Outcome.REFUSED)
    return events


def _of_case(user: User, reference: str) -> QuerySet[AuditEvent]:
    if not reference:
        return visible_events(user)
    return visible_case_events(user, reference) if is_reference(reference) else visible_events(user).none()


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 0)))
