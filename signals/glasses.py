"""What pages show of break-glass: until when it is open, what waits for review, and what was read meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from audit.models import AuditEvent
from escalation.deadlines import due_at
from escalation.schooldays import Calendar
from signals import access, glass_access
from signals.models import BreakGlass, Case
from signals.openings import running

REVIEW_WITHIN = "five_working_days"
MOST_WAITING = 100


@dataclass(frozen=True)
class GlassRow:
    """One break-glass in the list. `reason` and `review` are empty for who may only know that it happened.

    reads: how often the story was opened meanwhile. late: nobody looked into it within five working days.
    """

    reference: str
    case_ref: str
    school: str
    who: str
    role: str
    opened_at: datetime
    until: datetime
    reads: int
    late: bool
    mine: bool
    reason: str
    review: str
    reviewed_by: str
    reviewed_at: datetime | None


def open_until(case: Case, user: User) -> datetime | None:
    """Until when this person has a case open by break-glass."""
    row = case.break_glasses.filter(running(timezone.now()), by=user).order_by("-until").first()
    return row.until if row else None


def waiting(seen: access.Sight, user: User) -> QuerySet[BreakGlass]:
    """What nobody looked into yet, oldest first."""
    return glass_access.glasses(seen, user).filter(reviewed_at=None).order_by("pk")


def waiting_at(schools: access.Keys, boards: access.Keys, user: int) -> QuerySet[BreakGlass, Any]:
    """What count_waiting() counts, from marks: the case and the one it was put with, to leave out what is shut."""
    rows = glass_access.glasses_at(schools, boards, (), user).filter(reviewed_at=None)
    return rows.order_by().values_list("case_id", "case__joined_to_id")[:MOST_WAITING]


def reviewed(seen: access.Sight, user: User) -> QuerySet[BreakGlass]:
    return glass_access.glasses(seen, user).exclude(reviewed_at=None)


def count_waiting(seen: access.Sight, user: User) -> int:
    """How many this person has to look into; no query for who never does."""
    if not seen.grants.allows(Permission.BREAK_REVIEW):
        return 0
    return waiting(seen, user)[:MOST_WAITING].count()


def glass_rows(found: list[BreakGlass], seen: access.Sight, user: User) -> list[GlassRow]:
    reads = _reads(found)
    return [_row(glass, glass_access.reviews(seen, user, glass), reads[glass.pk]) for glass in found]


def _row(glass: BreakGlass, mine: bool, reads: int) -> GlassRow:
    due = due_at(REVIEW_WITHIN, glass.opened_at, Calendar(timezone.get_default_timezone()))
    return GlassRow(
        reference=glass.reference,
        case_ref=glass.case.reference,
        school=glass.case.school.name,
        who=glass.by.name,
        role=str(glass.get_role_display()),
        opened_at=glass.opened_at,
        until=glass.until,
        reads=reads,
        late=glass.reviewed_at is None and due < timezone.now(),
        mine=mine,
        reason=glass.reason if mine else "",
        review=glass.review if mine else "",
        reviewed_by=glass.reviewed_by.name if glass.reviewed_by else "",
        reviewed_at=glass.reviewed_at,
    )


def _reads(found: list[BreakGlass]) -> dict[int, int]:
    """How often each opened the story while it was open; one query for a whole page."""
    events = AuditEvent.objects.filter(
        case_ref__in={glass.case.reference for glass in found},
        actor_ref__in={glass.by.reference for glass in found},
        action=Action.CASE_READ,
        rule=Permission.BREAK_GLASS,
    )
    read = list(events.values_list("case_ref", "actor_ref", "occurred_at")) if found else []
    return {glass.pk: sum(_during(glass, *event) for event in read) for glass in found}


def _during(glass: BreakGlass, case: str, actor: str, at: datetime) -> bool:
    same = (case, actor) == (glass.case.reference, glass.by.reference)
    return same and glass.opened_at <= at <= glass.until
