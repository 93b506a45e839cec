"""Break-glass: a case outside one's reach, open for an hour, with a reason; others are told at once."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from signals import access
from signals.errors import RuleError
from signals.events import case_event
from signals.models import BreakGlass, Case
from signals.openings import running
from signals.told import overseers, with_deputies

GLASS = (Permission.BREAK_GLASS,)
REVIEW = (Permission.BREAK_REVIEW,)
OPEN_FOR = timedelta(minutes=60)


@transaction.atomic
def glass_break(*, by: User, case: Case, reason: str) -> BreakGlass:
    """Open a case for an hour, for reading only. While it is open, doing it again changes nothing.

    Args:
        by: coordinator, principal or board officer of the same board.
        case: as access.case_behind_glass() gave it.
        reason: at least 30 characters; it stays on the case.
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related("board", "school", "owner").get(pk=case.pk)
    now = timezone.now()
    if already := locked.break_glasses.filter(running(now), by=by).first():
        return already
    glass = BreakGlass(
        case=locked, by=by, role=grants_of(by).role_for(*GLASS), reason=reason, opened_at=now, until=now + OPEN_FOR
    )
    glass.full_clean()
    glass.save()
    minutes = {"minutes": OPEN_FOR // timedelta(minutes=1)}
    case_event(Action.GLASS_BROKEN, case=locked, by=by, to=GLASS, kind="glass", ref=glass.reference, details=minutes)
    _tell(locked, by)
    return glass


@transaction.atomic
def glass_review(*, by: User, glass: BreakGlass, review: str) -> BreakGlass:
    """Write down what came of looking into it; then it leaves the list of what waits.

    Raises:
        RuleError: somebody did already, or one wants to review oneself.
    """
    locked = BreakGlass.objects.select_for_update(of=("self",)).select_related("case__board", "case__school")
    found = locked.get(pk=glass.pk)
    if found.by_id == by.pk:
        raise RuleError(_("Somebody else has to look into what you did yourself."))
    if found.reviewed_by_id == by.pk and found.review == review:
        return found  # a second click
    if found.reviewed_at:
        raise RuleError(_("Somebody has looked into this already. Nothing was changed."))
    found.reviewed_at, found.reviewed_by, found.review = timezone.now(), by, review
    found.full_clean()
    found.save()
    case_event(Action.GLASS_REVIEWED, case=found.case, by=by, to=REVIEW, kind="glass", ref=found.reference)
    return found


def _tell(case: Case, by: User) -> None:
    """The owner, and who has to look into it. Whom the case is about hears nothing."""
    seers = overseers(case, by)
    for person in seers:
        queue("glass.broken", to=person, path=reverse("signals:glass"), reference=case.reference)
    owner = case.owner
    if owner and owner != by and owner not in seers and access.may(owner, case, *access.HANDLE):
        path = reverse("signals:case", args=[case.reference])
        for person in with_deputies(case, [owner]):
            if person != by:
                queue("glass.broken.owner", to=person, path=path, reference=case.reference)
