"""Fetches from the log what the question "what could somebody read" needs, and whom one may ask it about."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.folding import patterns
from accounts.grants import grants_of
from accounts.models import Board, Membership, School, User
from accounts.roles import POLICY, Permission
from audit.actions import Action
from audit.models import AuditEvent, Outcome, PersonalPart, Pruning
from signals import access
from signals.models import Case
from signals.readable import READINGS, Answer, answer
from signals.readable_history import CLOSED, ENDED, GRANTED, Event

LIMIT = 10
SHORTEST = 2
ROLES = (GRANTED, ENDED, CLOSED)
PERSONS = (Action.CASE_PERSON_ADDED, Action.CASE_PERSON_REMOVED)
MOVES = (Action.CASE_JOINED, Action.SIGNAL_MOVED, Action.CASE_WALLED, Action.CASE_UNWALLED, *PERSONS)
SHARES = (Action.CASE_SHARED, Action.SHARE_ENDED)
OWN = (Action.SIGNAL_SENT, Action.GLASS_BROKEN, Action.CASE_STORY_OPENED)
KEPT_FROM = (Action.SIGNAL_SENT, Action.CASE_WALLED)
SCHOOL_WIDE = {Permission.CASE_HANDLE, Permission.CASE_FOLLOW}
COLUMNS = ("id", "occurred_at", "action", "actor_ref", "school_ref", "case_ref", "object_ref", "details", "pd_commit")


@dataclass(frozen=True)
class Asked:
    """The answer for one board. since: from which day its log tells; pruned: older lines were removed."""

    board: Board
    answer: Answer
    since: date | None
    pruned: bool


def boards_to_ask(user: User) -> list[Board]:
    """The boards about whose people this person may ask."""
    return list(Board.objects.filter(id__in=grants_of(user).boards(Permission.TRAIL_BOARD)).order_by("name"))


def people_to_ask(boards: list[Board], query: str) -> list[User]:
    """Up to ten people of the boards whose name holds every word, with or without accents; also who left or whose
    account is closed."""
    words = patterns(query)
    if len(query.strip()) < SHORTEST or not words:
        return []
    found = _known(boards)
    for word in words:
        found = found.filter(name__regex=word)
    return list(found.order_by("name", "pk")[:LIMIT])


def person_to_ask(boards: list[Board], reference: str) -> User | None:
    """The person of one of the boards with this reference."""
    return None if "\x00" in reference else _known(boards).filter(reference=reference).first()


def _known(boards: list[Board]) -> QuerySet[User]:
    """Who has or had a role at one of the boards; by the log also who lost it before the first day was over."""
    now = Membership.objects.filter(Q(board__in=boards) | Q(school__board__in=boards)).values("user")
    ever = AuditEvent.objects.filter(board_ref__in=[board.reference for board in boards], action=GRANTED)
    return User.objects.filter(Q(pk__in=now) | Q(reference__in=ever.order_by().values("object_ref")))


def ask(user: User, person: User, day: date, boards: list[Board]) -> list[Asked]:
    """What somebody could read on a day, at each of the boards; a case about who asks is left out of it."""
    start, end = _midnight(day), _midnight(day + timedelta(days=1))
    hidden = _hidden(user)
    found = []
    for board in boards:
        events = events_of(board.reference, person.reference, start, end)
        whole = answer(events, person=person.reference, day=day, start=start, end=end, policy=POLICY)
        first = AuditEvent.objects.filter(board_ref=board.reference).order_by("id").first()
        since = timezone.localdate(first.occurred_at) if first else None
        pruned = Pruning.objects.filter(log__startswith=f"{board.reference}/").exists()
        found.append(Asked(board, without(whole, hidden), since, pruned))
    return found


def without(whole: Answer, hidden: frozenset[str]) -> Answer:
    """The same answer without some cases."""
    rows = tuple(row for row in whole.rows if row.case not in hidden)
    return Answer(rows, tuple(one for one in whole.strays if one.case not in hidden), whole.duties)


def _hidden(user: User) -> frozenset[str]:
    """The cases about who asks, and those that were put with them: they are not in the log for this person either."""
    shut = access.sight(user).shut
    rows = Case.objects.filter(Q(pk__in=shut) | Q(joined_to__in=shut)) if shut else Case.objects.none()
    return frozenset(rows.values_list("reference", flat=True))


def events_of(board: str, person: str, start: datetime, end: datetime) -> list[Event]:
    """The events that decide what a person can read before `end`, and what they opened from `start` on, oldest first.

    Each part is a walk through an index: what moves cases about at this board, the shares and roles of this person,
    what they did themselves, and the reports of the schools where a role of theirs ever opened cases.
    """
    past = AuditEvent.objects.filter(board_ref=board, occurred_at__lt=end, outcome=Outcome.ALLOWED)
    personal = _personal(past)

    def rows(**narrow: object) -> list[tuple[int, Event]]:
        return [_event(row, personal) for row in past.filter(**narrow).order_by().values_list(*COLUMNS)]

    duties = rows(action__in=ROLES, object_ref=person)
    schools = {event.school for _id, event in duties if SCHOOL_WIDE & POLICY.get(event.said("role"), frozenset())}
    parts = [
        duties,
        rows(action__in=MOVES),
        rows(action__in=SHARES, details__contains=person),
        rows(actor_ref=person, action__in=OWN),
        rows(actor_ref=person, action__in=READINGS, occurred_at__gte=start),
        rows(action=Action.SIGNAL_SENT, school_ref__in=["", *sorted(schools)]),
    ]
    found = {number: event for part in parts for number, event in part}
    return [event for _number, event in sorted(found.items(), key=lambda pair: (pair[1].at, pair[0]))]


def _personal(events: QuerySet[AuditEvent]) -> dict[int, str]:
    """The personal parts that say from whom a case is kept, as far as they were not erased, by event."""
    says = Q(action__in=KEPT_FROM, school_ref="") | Q(action__in=(*PERSONS, Action.SIGNAL_MOVED))
    kept = events.filter(says, pd_commit__isnull=False).order_by().values("id")
    return dict(PersonalPart.objects.filter(event_id__in=kept).values_list("event_id", "data"))


def _event(row: tuple, parts: dict[int, str]) -> tuple[int, Event]:  # type: ignore[type-arg]
    number, at, action, actor, school, case, ref, details, commit = row
    personal = None if commit and number not in parts else json.loads(parts.get(number, "{}"))
    return number, Event(at, timezone.localdate(at), action, actor, school, case, ref, details, personal)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 0)))


def people_named(references: Iterable[str]) -> dict[str, str]:
    """Names as they are now, by reference."""
    return dict(User.objects.filter(reference__in=set(references)).values_list("reference", "name"))


def schools_named(references: Iterable[str]) -> dict[str, School]:
    """Schools by reference."""
    return {school.reference: school for school in School.objects.filter(reference__in=set(references))}
