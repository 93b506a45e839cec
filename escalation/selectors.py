"""The calendar of a school, who keeps its contacts, and which of those are missing or old."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from accounts.grants import memberships_on
from accounts.hours import read_hours
from accounts.models import Membership, School, User
from accounts.roles import BOARD_ROLES, POLICY, Permission, Role
from escalation.contacts import contacts_by_school, is_stale
from escalation.duty import ON_DUTY, kept_recipients
from escalation.models import ClosingDays, Contact
from escalation.school_holidays import school_holidays
from escalation.schooldays import Calendar, Period

KEEPING = [role for role in Role.values if Permission.CONTACT_EDIT in POLICY[role]]


def calendar_of(school: School) -> Calendar:
    """The calendar of a school, in one query; none for a school that filled in no hours: it has no calendar yet."""
    tz, hours = timezone.get_default_timezone(), read_hours(school.hours)
    if hours is None:
        return Calendar(tz)
    return Calendar(tz, hours, (*holidays_of(school), *(_period(row) for row in closing_days(school))))


def holidays_of(school: School) -> tuple[Period, ...]:
    """The school holidays of its region; none for a school without one."""
    return school_holidays().by_region.get(school.region, ())


def closing_days(school: School) -> list[ClosingDays]:
    return list(ClosingDays.objects.filter(school=school))


def _period(row: ClosingDays) -> Period:
    return Period(row.starts_on, row.ends_on, "own", row.label)


@dataclass(frozen=True)
class Keepers:
    """Who may keep the contacts of some schools, with the role: by the id of the school, or of the board."""

    at_school: dict[int, list[tuple[str, User]]]
    at_board: dict[int, list[tuple[str, User]]]

    def of(self, school: School) -> list[User]:
        """Everybody, those of the school first, each of them once."""
        rows = [*self.at_school[school.pk], *self.at_board[school.board_id]]
        return list({user.pk: user for _role, user in rows}.values())

    def responsible(self, school: School, contact: Contact | None) -> list[User]:
        """The owner, while they still keep contacts there; else the coordinators; else the administrators."""
        if contact and contact.owner and contact.owner in self.of(school):
            return [contact.owner]
        found = [user for role, user in self.at_school[school.pk] if role == Role.COORDINATOR]
        if found and (contact is None or contact.school_id is not None):
            return found
        return [user for _role, user in self.at_board[school.board_id]] or found


def keepers(schools: Iterable[School]) -> Keepers:
    """Look up who keeps the contacts of these schools, in one query."""
    rows = list(schools)
    places = Q(school__in=rows) | Q(board__in={row.board_id for row in rows}, role__in=BOARD_ROLES)
    found = Membership.objects.filter(memberships_on(timezone.localdate()), places, role__in=KEEPING)
    at_school, at_board = defaultdict(list), defaultdict(list)
    for row in found.select_related("user").order_by("user__name", "id"):
        if row.school_id:
            at_school[row.school_id].append((row.role, row.user))
        elif row.board_id:
            at_board[row.board_id].append((row.role, row.user))
    return Keepers(at_school, at_board)


@dataclass(frozen=True)
class Duty:
    """A contact that is old, or that is missing (`contact` is None). `school`: one of those it serves."""

    recipient: str
    school: School
    contact: Contact | None
    responsible: tuple[User, ...]

    @property
    def since(self) -> date | None:
        return self.contact.checked_on if self.contact else None


def duties(schools: list[School]) -> list[Duty]:
    """What is old or missing at these schools, in two queries; what serves several schools stands there once."""
    own, who = contacts_by_school(schools), keepers(schools)
    found: dict[object, Duty] = {}
    for school in schools:
        for recipient in kept_recipients(school.sector):
            contact = own[school.pk].get(recipient.key)
            missing = contact is None and recipient.key != ON_DUTY
            if missing or (contact and is_stale(contact.checked_on)):
                people = tuple(who.responsible(school, contact))
                key = contact.pk if contact else (school.pk, recipient.key)
                found.setdefault(key, Duty(recipient.key, school, contact, people))
    return list(found.values())
