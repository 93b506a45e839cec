"""The calendar of a school, who keeps its contacts, which of those are missing or old, and the board's own steps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet
from django.utils import timezone

from accounts.grants import Grants, grants_of, memberships_on
from accounts.hours import read_hours
from accounts.marks import Given, keys
from accounts.models import Membership, School, User
from accounts.prepared import Prepared
from accounts.roles import BOARD_ROLES, POLICY, Permission, Role
from escalation.contacts import contacts_by_school, is_stale
from escalation.duty import ON_DUTY, kept_recipients
from escalation.entries import Protocol
from escalation.models import ClosingDays, Contact, ProtocolChange
from escalation.own import Agreement, Term, edition_at, in_edition, with_own
from escalation.protocol import current_protocol, protocol_of
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
    """Oldest first."""
    return _CLOSING.objects(school=school.pk)


_CLOSING = Prepared(lambda: ClosingDays.objects.filter(school=Given("school", BigIntegerField())))


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


def protocol_at(board: int) -> Protocol:
    """The table that holds for a board at this moment: the national one with what the board agreed. One query."""
    return table_of(terms_of(board))


def table_of(terms: Sequence[Term]) -> Protocol:
    """The same, for who has the agreements already."""
    base, edition = current_protocol(), edition_at(terms, timezone.now())
    found = in_edition(terms, edition)
    return with_own(base, found, edition=edition) if found else base


def running(terms: Sequence[Term]) -> list[Agreement]:
    """What holds at this moment, by number."""
    return in_edition(terms, edition_at(terms, timezone.now()))


def protocol_of_case(version: str, board: int) -> Protocol:
    """The table with which a case was made; its version names the edition of the board's agreements.

    Errors: `ProtocolError` when the national version is not installed any more.
    """
    base, edition = protocol_of(version), version.partition("+")[2]
    return with_own(base, in_edition(terms_of(board), int(edition)), edition=int(edition)) if edition else base


def terms_of(board: int) -> list[Term]:
    """Every agreement of a board that was approved, and from when until when it holds."""
    return terms_in(_APPROVED.objects([board]), board)


def terms_in(rows: Iterable[ProtocolChange], board: int) -> list[Term]:
    """The same, for who asked for approved_at() together with something else."""
    return [_term(row) for row in sorted(rows, key=lambda row: row.number or 0) if row.board_id == board]


def approved_at(boards: Collection[int]) -> QuerySet[ProtocolChange]:
    """What was approved at these boards, in no order."""
    return ProtocolChange.objects.filter(board_id__in=boards, approved_at__isnull=False).order_by()


_APPROVED = Prepared(lambda boards: approved_at(keys(0, boards)))


def _term(row: ProtocolChange) -> Term:
    first = timezone.make_aware(datetime.combine(row.starts_on, time.min))
    approved = row.approved_at or first
    return Term(agreement_of(row), max(first, approved), row.stopped_at)


def agreement_of(row: ProtocolChange) -> Agreement:
    """What a row says, for the engine. It begins on the day it was approved, if that was later than proposed."""
    approved_on = timezone.localdate(row.approved_at) if row.approved_at else row.starts_on
    return Agreement(
        number=row.number,
        kind=row.kind,
        recipient=row.recipient,
        since=max(row.starts_on, approved_on),
        why={"nl": row.why_nl, "en": row.why_en or row.why_nl},
        rule=row.rule,
        conditions=tuple((fact, value) for fact, value in row.conditions),
        obligation=row.obligation,
        urgency=row.urgency,
        actor=row.actor,
    )


def decisions(board: int) -> int:
    """How often something was decided at a board: who looked at a proposal before the last one looks once more."""
    rows = ProtocolChange.objects.filter(board=board, approved_at__isnull=False)
    return rows.count() + rows.filter(stopped_at__isnull=False).count()


def approvers(row: ProtocolChange) -> list[User]:
    """Who is asked to look at a proposal: officers of the board, and where there is no other, principals.

    Never who proposed it.
    """
    roles = [role for role in Role.values if Permission.PROTOCOL_APPROVE in POLICY[role]]
    places = Q(board=row.board_id) | (Q(school__board=row.board_id) if row.for_board else Q(pk__in=[]))
    held = Membership.objects.filter(memberships_on(timezone.localdate()), places, role__in=roles)
    held = held.exclude(user=row.proposed_by_id).select_related("user").order_by("user__name", "id")
    rows = list(held)
    officers = [found.user for found in rows if found.board_id]
    return list(dict.fromkeys(officers or [found.user for found in rows]))


def proposals_waiting(user: User) -> int:
    """How many proposals this person could approve; only who may approve is asked about it."""
    grants = grants_of(user)
    if not grants.allows(Permission.PROTOCOL_APPROVE):
        return 0
    return count_proposals(grants, proposals_at(grants.boards_of(Permission.PROTOCOL_APPROVE), user.pk))


def proposals_at(boards: Collection[int], user: int) -> QuerySet[ProtocolChange, Any]:
    """What waits at these boards and was proposed by somebody else: the board, and whether it was made for it."""
    rows = ProtocolChange.objects.filter(state=ProtocolChange.State.PROPOSED, board_id__in=boards)
    return rows.exclude(proposed_by_id=user).values_list("board_id", "for_board")


def count_proposals(grants: Grants, waiting: Iterable[tuple[int, bool]]) -> int:
    """How many of them somebody could approve."""
    own = grants.boards(Permission.PROTOCOL_APPROVE)
    return sum(for_board or board in own for board, for_board in waiting)
