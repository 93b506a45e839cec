"""A wall by hand: closes a case to the school, but for who is named, and opens it to the board's officer."""

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
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Barred, Case, CaseChange, Named
from signals.models.case import ChangeKind
from signals.services.due import moves_end
from signals.services.handover import hand_over_lapses
from signals.services.left_tasks import tell_owner
from signals.services.openings import openings_end
from signals.services.shares import shares_end_of_case
from signals.services.status import check_handles
from signals.services.steps import take_completes_steps
from signals.told import board_handlers

WALL = (Permission.CASE_WALL,)
UP, DOWN = rules.UP, rules.DOWN
ONE_CLICK = timedelta(minutes=1)


@transaction.atomic
def case_wall(*, by: User, case: Case, reason: str, keeper: User | None, bar: tuple[User, ...] = ()) -> Case:
    """Put up a wall. Shares end; the board's officers, and who goes on, are told by mail.

    Args:
        keeper: who of the school goes on handling it, by name; None when the board takes over.
        bar: colleagues who may never see this case, whatever their role.

    Raises:
        RuleError: there is a wall already, or nobody would be left to handle the case.
    """
    locked = _lock(case)
    if locked.walled:
        raise RuleError(_("There is a wall around this case already."))
    if locked.status == rules.JOINED:
        raise RuleError(_("The case has changed in the meantime. Look at its state and choose again."))
    if keeper and (keeper in bar or not can_keep(locked, keeper)):
        raise RuleError(_("This person can't handle the case behind the wall. Choose somebody else."))
    now = timezone.now()
    locked.walled, locked.wall_reason, locked.walled_by, locked.walled_at = True, reason, by, now
    _save(locked, by, UP, reason)
    for colleague in bar:
        Barred.objects.get_or_create(case=locked, user=colleague, defaults={"by": by, "at": now})
    if keeper:
        Named.objects.create(case=locked, user=keeper, by=by, at=now)
    officers = board_handlers(locked)
    if not officers and not keeper:
        raise RuleError(_("The board has nobody who could handle this case. Let somebody of the school go on with it."))
    shares_end_of_case(by=by, case=locked)
    tell_owner(locked)
    hand_over_lapses(by=by, case=locked, to=WALL)
    openings_end(locked)
    details = {"keeper": keeper.reference if keeper else "", "barred": len(bar), "from": locked.school.reference}
    personal = {"barred": " ".join(user.reference for user in bar)} if bar else None
    case_event(Action.CASE_WALLED, case=locked, by=by, to=WALL, details=details, personal=personal)
    for person in {*officers, *([keeper] if keeper else [])} - {by}:
        path = reverse("signals:case", args=[locked.reference])
        queue("case.walled", to=person, path=path, reference=locked.reference)
    return locked


@transaction.atomic
def case_unwall(*, by: User, case: Case, reason: str) -> Case:
    """Take down a wall that was put up by hand; who was barred stays barred.

    Raises:
        RuleError: there is no such wall.
    """
    locked = _lock(case)
    if not locked.walled_by_hand:
        raise RuleError(_("This wall can't be taken down: it follows from whom the case is about."))
    locked.walled, locked.wall_reason, locked.walled_by, locked.walled_at = False, "", None, None
    hand_over_lapses(by=by, case=locked)
    locked.named.filter(ended_at=None).update(ended_at=timezone.now())
    _save(locked, by, DOWN, reason)
    case_event(Action.CASE_UNWALLED, case=locked, by=by, to=access.HANDLE)
    return locked


@transaction.atomic
def case_take_over(*, by: User, case: Case) -> Case:
    """Become the owner of a case whose owner can't handle it any more, because of a wall or because they left.

    Raises:
        RuleError: the owner still handles it, or who takes it over doesn't any more.
    """
    locked = _lock(case)
    if not needs_owner(locked):
        raise RuleError(_("A colleague has taken this case already."))
    check_handles(by, locked, seen=case)
    old = locked.owner.reference if locked.owner else ""
    CaseChange.objects.create(case=locked, kind=ChangeKind.OWNER, old=old, new=by.reference, by=by, at=timezone.now())
    locked.owner = by
    locked.version += 1
    locked.full_clean()
    locked.save()
    hand_over_lapses(by=by, case=locked)
    take_completes_steps(case=locked, by=by)
    case_event(Action.CASE_TAKEN, case=locked, by=by, to=access.HANDLE)
    return locked


def can_keep(case: Case, user: User) -> bool:
    """True for somebody of the school who may go on with a case behind a wall: it is not about them."""
    allowed = grants_of(user).allows_at(case.school_id, Permission.NAMED_HANDLE)
    return allowed and case.pk not in access.sight(user).shut


def changed_just_now(*, by: User, reference: str, new: str) -> bool:
    """True right after this person put this wall UP or took it DOWN: a second click, on a case they may not see now."""
    return _just_now(by, reference, new) is not None


def wall_arrived(*, by: User, reference: str, reason: str, keeper: str, bar: str) -> bool:
    """True when the wall of just now was put up with what is sent again: why, who goes on and who is kept out.

    Args:
        keeper, bar: references, as the form sends them; anything but somebody of the school is the board.
    """
    change = _just_now(by, reference, UP)
    if change is None:
        return False
    named = set(change.case.named.filter(ended_at=None).values_list("user__reference", flat=True))
    barred = set(change.case.barred.values_list("user__reference", flat=True))
    goes_on = keeper in named if named else not User.objects.filter(reference=keeper).exists()
    return change.reason == reason and goes_on and (not bar or bar in barred)


def _just_now(by: User, reference: str, new: str) -> CaseChange | None:
    """The last change of the wall, when it was this one, by this person, within the time of a click."""
    rows = CaseChange.objects.filter(case__reference=reference, kind=ChangeKind.WALL).select_related("case")
    last = rows.order_by("-pk").first()
    since = timezone.now() - ONE_CLICK
    return last if last and (last.new, last.by_id) == (new, by.pk) and last.at > since else None


def needs_owner(case: Case) -> bool:
    """True for a case in hand whose owner can't open it any more."""
    return case.owner is not None and not access.may(case.owner, case, *access.HANDLE)


def _lock(case: Case) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).select_related("board", "school", "owner")
    return rows.get(pk=case.pk)


def _save(case: Case, by: User, new: str, reason: str) -> None:
    old = DOWN if new == UP else UP
    CaseChange.objects.create(
        case=case, kind=ChangeKind.WALL, old=old, new=new, reason=reason, by=by, at=timezone.now()
    )
    case.version += 1
    case.look_at = timezone.now()
    case.full_clean()
    case.save()
    moves_end(case, all_of_them=True)
