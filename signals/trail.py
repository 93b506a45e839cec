"""The trail in sentences, for those who may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, CharField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.marks import Given
from accounts.models import Board, Membership, School, User
from accounts.roles import Permission, Role
from audit.actions import Action
from audit.alarms import SEALER
from audit.models import AuditEvent, Outcome
from audit.receipts import Receipt, receipt
from signals import access
from signals.models import Case, Signal
from signals.readable_events import people_named
from signals.sentences import sentence

READINGS = (
    Action.CASE_READ,
    Action.CASE_OLDER_READ,
    Action.CASE_STORY_OPENED,
    Action.CASE_FOLLOWED,
    Action.FILE_READ,
    Action.DOSSIER_FETCHED,
    Action.GLASS_BROKEN,
    Action.REFUSED,
)
ACCOUNT_ACTIONS = (
    Action.LOGIN,
    Action.LOGIN_FAILED,
    Action.LOGOUT,
    Action.PASSWORD_CHANGED,
    Action.PASSWORD_RESET,
    Action.FACTOR_ADDED,
    Action.FACTOR_REMOVED,
    Action.FACTOR_NAMED,
    Action.FACTOR_FAILED,
    Action.FACTORS_RESET,
    Action.RECOVERY_CODES_MADE,
    Action.RECOVERY_CODE_USED,
    Action.CONFIRMED,
    Action.CONFIRM_FAILED,
    Action.CONTACT_SAVED,
    Action.CONTACT_CHECKED,
    Action.OWN_PROPOSED,
    Action.OWN_APPROVED,
    Action.OWN_STOPPED,
    Action.ROLE_GRANTED,
    Action.ROLE_ENDED,
    Action.INVITATION_SENT,
    Action.INVITATION_USED,
    Action.INVITATION_WITHDRAWN,
    Action.ACCOUNT_CLOSED,
    Action.ACCOUNT_REOPENED,
    Action.ACCOUNT_RESET_STARTED,
    Action.ACCOUNT_SESSIONS_ENDED,
    Action.BOARD_IMPORTED,
)
# Events whose object is somebody at the board: their name is part of the sentence. Not those about an invitation: who
# accepted none yet may have an account elsewhere, under a name that this board does not know.
ABOUT_SOMEBODY = frozenset(
    {
        Action.ROLE_GRANTED,
        Action.ROLE_ENDED,
        Action.READABLE_ASKED,
        Action.FACTORS_RESET,
        Action.ACCOUNT_CLOSED,
        Action.ACCOUNT_REOPENED,
        Action.ACCOUNT_RESET_STARTED,
        Action.ACCOUNT_SESSIONS_ENDED,
    }
)
ALARMS = (Action.GLASS_BROKEN, Action.GLASS_REVIEWED)
BY_VISITORS = (Action.LOGIN_FAILED, Action.REFUSED)
PEOPLE = 2000  # choices in a list; a board with more finds the others through a case or an export
SEALED = ("body", "mac", "pd_commit")
LEFT = ("event_uuid", "log", "request_id", "schema_v", "key_id", "leaf_index", "board_ref", "actor_role")
TRAIL_LINES = 30  # on the page of a case


@dataclass(slots=True)  # not frozen: thirty are made for one page
class TrailLine:
    """One event as a sentence; `alarm`: it has to do with break-glass."""

    at: datetime
    who: str
    sentence: str
    refused: bool
    reference: str
    alarm: bool = False
    times: int = 1


def case_events(case: Case) -> QuerySet[AuditEvent]:
    """The events of a case and of those that were put with it."""
    references = Case.objects.filter(Q(pk=case.pk) | Q(joined_to=case.pk)).values("reference")
    return AuditEvent.objects.filter(case_ref__in=references)


def last_of_case() -> QuerySet[AuditEvent]:
    """The newest events of the case with this `reference`, without what seals them; with a mark."""
    return _newest(AuditEvent.objects.filter(case_ref=Given("reference", CharField())))


def last_of_joined() -> QuerySet[AuditEvent]:
    """The same of those that were put with this `case`. Apart, so that each is read from an index in its order."""
    joined = Case.objects.filter(joined_to=Given("case", BigIntegerField())).values("reference")
    return _newest(AuditEvent.objects.filter(case_ref__in=joined))


def last_events(*parts: Iterable[AuditEvent]) -> list[AuditEvent]:
    """Of both of them one event more than the page of a case shows, the newest first."""
    return sorted((event for part in parts for event in part), key=attrgetter("pk"), reverse=True)[: TRAIL_LINES + 1]


def _newest(rows: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    name = Subquery(User.objects.filter(reference=OuterRef("actor_ref")).values("name")[:1])
    rows = rows.annotate(actor_name=name).defer(*SEALED, *LEFT)
    return rows.order_by("-id")[: TRAIL_LINES + 1]


def visible_events(user: User) -> QuerySet[AuditEvent]:
    """The events this person may see: the widest of board, school, accounts and one's own.

    A case about this person, or from which they were barred, leaves no line here, whatever the role; nor does a case
    that was put with it. One that came behind a wall leaves the log of the school, with all that was before. Nor does
    a walled case that an administrator handed over without knowing which: its event says no school.
    """
    grants = grants_of(user)
    shut = access.sight(user).shut
    closed = Case.objects.filter(Q(pk__in=shut) | Q(joined_to__in=shut)) if shut else Case.objects.none()
    events = AuditEvent.objects.exclude(case_ref__in=list(closed.values_list("reference", flat=True)))
    scope = Q(actor_ref=user.reference) & ~Q(rule=Permission.PEOPLE_EDIT, school_ref="", case_ref__gt="")
    if boards := grants.boards(Permission.TRAIL_BOARD):
        scope |= Q(board_ref__in=_references(Board.objects.filter(id__in=boards)))
    if boards := grants.boards(Permission.TRAIL_ACCOUNTS):
        scope |= Q(board_ref__in=_references(Board.objects.filter(id__in=boards)), action__in=ACCOUNT_ACTIONS)
    if schools := grants.schools(Permission.TRAIL_SCHOOL):
        place = Q(school_ref__in=_references(School.objects.filter(id__in=schools)))
        scope |= place & ~Q(case_ref__in=_behind_walls(schools))
    return events.filter(scope)


def visible_case_events(user: User, reference: str) -> QuerySet[AuditEvent]:
    """The events of one case that this person may see: all of them for who handles it."""
    wanted = Q(reference=reference) | Q(joined__reference=reference)
    if handled := access.visible_cases(user, *access.HANDLE).filter(wanted).first():
        return case_events(handled)
    return visible_events(user).filter(case_ref=reference)


def may_see(user: User, event: UUID) -> bool:
    """True when this person may see one event, in the trail or in that of a case."""
    case = AuditEvent.objects.filter(event_uuid=event).values_list("case_ref", flat=True).first()
    return visible_events(user).filter(event_uuid=event).exists() or bool(
        case and visible_case_events(user, case).filter(event_uuid=event).exists()
    )


def people_seen(user: User, reference: str = "") -> list[tuple[str, str]]:
    """Reference and name of the people by whom the viewer may find events; those of one case when it is given."""
    if reference:
        actors = visible_case_events(user, reference).order_by().values_list("actor_ref", flat=True).distinct()
        found = User.objects.filter(reference__in=list(actors[:PEOPLE]))
    else:
        found = User.objects.filter(pk__in=_colleagues(user))
    return list(found.order_by("name", "pk").values_list("reference", "name")[:PEOPLE])


def _colleagues(user: User) -> QuerySet[User, Any]:
    """Ids of the people of the places whose log somebody sees, and their own.

    A union of look-ups and no OR: with OR PostgreSQL reads all memberships of everybody, three seconds at 80,000.
    """
    grants = grants_of(user)
    schools = grants.schools(Permission.TRAIL_SCHOOL)
    boards = grants.boards(Permission.TRAIL_BOARD) | grants.boards(Permission.TRAIL_ACCOUNTS)
    places = (
        Q(school__in=schools),
        Q(board__in=boards),
        Q(school__board__in=boards),
        Q(board__schools__in=schools, role=Role.ADMINISTRATOR),
    )
    members = [Membership.objects.filter(place).values("user") for place in places]
    return User.objects.filter(pk=user.pk).values("pk").union(*members)


def lines(
    events: Iterable[AuditEvent], sector: str | None = None, names: Mapping[str, str | None] | None = None
) -> list[TrailLine]:
    """Sentences; names are looked up now, so that somebody who left is no longer named.

    Args:
        events: the rows.
        sector: of the school they are all about; without it it is looked up for each.
        names: as names_in() gave them, when they are at hand.
    """
    rows = list(events)
    names = names_in(rows) if names is None else names
    sectors = _sectors(rows) if sector is None else {}
    read = Readings()
    return [_line(row, names, sectors.get(row.school_ref, sector or ""), read) for row in rows]


def names_in(rows: list[AuditEvent], also: Iterable[str] = ()) -> dict[str, str | None]:
    """Names by reference, of who is in these events and of others; those that came with the events are at hand."""
    names = {row.actor_ref: row.actor_name for row in rows if hasattr(row, "actor_name")}
    others = {row.actor_ref for row in rows} | {_whom(row) for row in rows} | set(also)
    others -= {"", *names}
    return names | people_named(others) if others else names


def folded(found: list[TrailLine]) -> list[TrailLine]:
    """Lines that say the same of the same person on one day, one after the other, as one line with a number."""
    tz = timezone.get_current_timezone()
    groups = [list(group) for _said, group in groupby(found, key=lambda line: _same(line, tz))]
    return [replace(group[0], times=len(group)) if len(group) > 1 else group[0] for group in groups]


def _same(line: TrailLine, tz: tzinfo) -> tuple[object, ...]:
    return line.at.astimezone(tz).date(), line.who, line.sentence, line.refused, line.reference


def by_day(found: list[TrailLine]) -> list[tuple[date, list[TrailLine]]]:
    return [(day, list(group)) for day, group in groupby(found, key=lambda line: timezone.localdate(line.at))]


def _references(rows: QuerySet[Board] | QuerySet[School]) -> list[str]:
    return list(rows.values_list("reference", flat=True))


def _behind_walls(schools: frozenset[int]) -> list[str]:
    """The cases of these schools behind a wall of any kind, with those that were put with them."""
    walled = Q(walled=True) | Q(joined_to__walled=True)
    return list(Case.objects.filter(walled, school_id__in=schools).values_list("reference", flat=True))


def _sectors(rows: list[AuditEvent]) -> dict[str, str]:
    wanted = {row.school_ref for row in rows}
    return dict(School.objects.filter(reference__in=wanted).values_list("reference", "sector"))


class Readings(dict[tuple[str, ...], str]):
    """Sentences of readings: they say nothing but how it was read, and stand there again and again."""

    def sentence(self, row: AuditEvent, sector: str) -> str:
        if row.action != Action.CASE_READ:
            return sentence(row, sector)
        return self.get((row.rule, row.object_type)) or self.setdefault((row.rule, row.object_type), sentence(row, ""))


def _line(row: AuditEvent, names: Mapping[str, str | None], sector: str, read: Readings) -> TrailLine:
    return TrailLine(
        at=row.occurred_at,
        who=names.get(row.actor_ref) or _nameless(row),
        sentence=_told(row, names, read.sentence(row, sector)),
        refused=row.outcome == Outcome.REFUSED,
        reference=row.case_ref,
        alarm=row.action in ALARMS or row.rule == Permission.BREAK_GLASS,
    )


def _told(row: AuditEvent, names: Mapping[str, str | None], said: str) -> str:
    """The sentence; of a role, an account, a share and a second step also whose it is."""
    name = names.get(_whom(row))
    return f"{said}: {name}" if name else said


def _whom(row: AuditEvent) -> str:
    """The reference of who got something, where the sentence ends with their name."""
    if row.action in ABOUT_SOMEBODY:
        return row.object_ref
    return str(row.details.get("colleague", "")) if row.action in (Action.CASE_SHARED, Action.SHARE_ENDED) else ""


def _nameless(row: AuditEvent) -> str:
    if row.actor_ref and row.actor_ref != SEALER:
        return _("A former member of staff")
    return _("A visitor") if row.action in BY_VISITORS else _("The server")


def receipt_of(signal: Signal) -> Receipt | None:
    """The receipt of a report for its writer; None for a report from before there were receipts."""
    sent = AuditEvent.objects.filter(
        actor_ref=signal.author.reference, action=Action.SIGNAL_SENT, object_ref=signal.reference
    )
    event = sent.only("event_uuid", "body", "mac").first()
    return receipt(event) if event else None
