"""The trail in sentences, for those who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import Board, School, User
from accounts.roles import Permission
from audit.actions import Action
from audit.models import AuditEvent, Outcome
from escalation.texts import recipient_name
from signals.models import Case, Person

READINGS = (Action.CASE_READ, Action.CASE_STORY_OPENED, Action.CASE_FOLLOWED, Action.REFUSED)
ACCOUNT_ACTIONS = (
    Action.LOGIN,
    Action.LOGIN_FAILED,
    Action.LOGOUT,
    Action.PASSWORD_CHANGED,
    Action.PASSWORD_RESET,
    Action.CONTACT_SAVED,
    Action.CONTACT_CHECKED,
    Action.BOARD_IMPORTED,
)


@dataclass(frozen=True)
class TrailLine:
    """One event as a sentence."""

    at: datetime
    who: str
    sentence: str
    refused: bool
    reference: str


def case_events(case: Case) -> QuerySet[AuditEvent]:
    """The events of a case and of those that were put with it."""
    references = [case.reference, *case.joined.values_list("reference", flat=True)]
    return AuditEvent.objects.filter(case_ref__in=references)


def visible_events(user: User) -> QuerySet[AuditEvent]:
    """The events this person may see: the widest of board, school, accounts and one's own.

    A case about this person leaves no line here, whatever the role; nor does a case that was put with it.
    """
    grants = grants_of(user)
    mine = Person.objects.filter(user=user)
    about_me = Case.objects.filter(Q(signals__people__in=mine) | Q(joined_to__signals__people__in=mine))
    events = AuditEvent.objects.exclude(case_ref__in=list(about_me.values_list("reference", flat=True)))
    scope = Q(actor_ref=user.reference)
    if boards := grants.boards(Permission.TRAIL_BOARD):
        scope |= Q(board_ref__in=_references(Board.objects.filter(id__in=boards)))
    if boards := grants.boards(Permission.TRAIL_ACCOUNTS):
        scope |= Q(board_ref__in=_references(Board.objects.filter(id__in=boards)), action__in=ACCOUNT_ACTIONS)
    if schools := grants.schools(Permission.TRAIL_SCHOOL):
        scope |= Q(school_ref__in=_references(School.objects.filter(id__in=schools)))
    return events.filter(scope)


def lines(events: Iterable[AuditEvent]) -> list[TrailLine]:
    """Sentences; names are looked up now, so that somebody who left is no longer named."""
    rows = list(events)
    names = dict(User.objects.filter(reference__in={row.actor_ref for row in rows}).values_list("reference", "name"))
    return [_line(row, names) for row in rows]


def by_day(found: list[TrailLine]) -> list[tuple[date, list[TrailLine]]]:
    return [(day, list(group)) for day, group in groupby(found, key=lambda line: timezone.localdate(line.at))]


def _references(rows: QuerySet[Board] | QuerySet[School]) -> list[str]:
    return list(rows.values_list("reference", flat=True))


def _line(row: AuditEvent, names: dict[str, str]) -> TrailLine:
    if row.actor_ref:
        fallback = _("A former member of staff")
    else:
        fallback = _("The server") if row.action == Action.BOARD_IMPORTED else _("A visitor")
    sentence = str(Action(row.action).label)
    recipient = row.details.get("recipient")
    if recipient:
        sentence = f"{sentence}: {recipient_name(recipient, '')}"
    return TrailLine(
        at=row.occurred_at,
        who=names.get(row.actor_ref, fallback),
        sentence=sentence,
        refused=row.outcome == Outcome.REFUSED,
        reference=row.case_ref,
    )
