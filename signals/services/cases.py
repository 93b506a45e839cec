"""What a handler does with a case. Each function locks the row, checks the rule, writes, and leaves an event."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from signals import access, rules
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.models import Case, CaseChange, Note, Signal, StoryOpening
from signals.models.case import ChangeKind
from signals.scope import Scope
from signals.services.due import moves_end, refresh_due
from signals.services.handover import hand_over_lapses
from signals.services.shares import shares_end_of_case
from signals.services.steps import take_completes_steps

STORY_OPEN_FOR = timedelta(minutes=60)


@transaction.atomic
def case_take(*, by: User, case: Case) -> Case:
    """Open the case for the reports in it and become its owner.

    Raises:
        RuleError: somebody else took it in the meantime.
    """
    locked = _lock(case)
    if locked.status != rules.NEW:
        raise RuleError(_("A colleague has taken this case already."))
    locked.owner = by
    locked.taken_at = locked.look_at = timezone.now()
    _set_status(locked, rules.IN_REVIEW, by=by)
    CaseChange.objects.create(case=locked, kind=ChangeKind.OWNER, new=by.reference, by=by, at=locked.taken_at)
    take_completes_steps(case=locked, by=by)
    moves_end(locked)
    case_event(Action.CASE_TAKEN, case=locked, by=by, to=access.HANDLE)
    return locked


@transaction.atomic
def case_join(*, by: User, case: Case, into: Case) -> Case:
    """Put the reports and steps of a new case with an existing one about the same person.

    Who could read the new case by a share does not get to read the other one by it: those shares end.

    Raises:
        RuleError: the case is no longer new, or the other is closed or of another kind.
    """
    first, second = sorted((case, into), key=lambda row: row.pk)
    _lock(first), _lock(second)
    source, target = Case.objects.get(pk=case.pk), Case.objects.get(pk=into.pk)
    if source.status != rules.NEW:
        raise RuleError(_("A colleague has taken this case already."))
    if target.status not in rules.ACTIVE or (source.walled, source.school_id) != (
        target.walled,
        target.school_id,
    ):
        raise RuleError(_("Choose an open case of the same school."))
    now = timezone.now()
    take_completes_steps(case=source, by=by)
    moved = list(source.signals.values_list("reference", flat=True))
    source.signals.update(case=target)
    source.steps.update(case=target)
    source.files.update(case=target)
    shares_end_of_case(by=by, case=source)
    moves_end(source, all_of_them=True)
    source.joined_to = target
    _set_status(source, rules.JOINED, by=by)
    CaseChange.objects.create(
        case=target, kind=ChangeKind.JOINED, old=source.reference, new=", ".join(moved)[:40], by=by, at=now
    )
    refresh_due(source)
    refresh_due(target)
    _bump(target)
    case_event(Action.CASE_JOINED, case=target, by=by, to=access.HANDLE, details={"from": source.reference})
    return target


def candidates(case: Case, seen: Scope, most: int = 10, reports: Iterable[Signal] | None = None) -> list[Case]:
    """Open cases, among those that are seen, with a report about the same pupil or colleague; newest first.

    Args:
        reports: the reports in the case with their people, when they are at hand.
    """
    written = case.signals.prefetch_related("people") if reports is None else reports
    people = [person for report in written for person in report.people.all()]
    pupils = {person.pupil_id for person in people if person.pupil_id}
    staff = {person.user_id for person in people if person.user_id}
    if not pupils and not staff:
        return []
    about = Q(signals__people__user_id__in=staff) if staff else Q(signals__people__pupil_id__in=pupils)
    same = Case.objects.filter(about, school=case.school_id, walled=case.walled, status__in=rules.ACTIVE)
    found = same.exclude(pk=case.pk).select_related("owner", "school").distinct().order_by("-id")[: most * 2]
    return [other for other in found if seen.holds(other)][:most]


@transaction.atomic
def case_note(*, by: User, case: Case, text: str, key: str, to: tuple[Permission, ...] = access.HANDLE) -> Note:
    """Write a note. The same key gives the same note, however often it is sent.

    Args:
        to: by what this person may, for the trail.
    """
    locked = _lock(case)
    if note := Note.objects.filter(key=key).first():
        return note
    if locked.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can write a note."))
    note = Note(case=locked, author=by, text=text, key=key, created_at=timezone.now())
    note.full_clean()
    note.save()
    case_event(Action.CASE_NOTED, case=locked, by=by, to=to, kind="note")
    return note


@transaction.atomic
def case_move(*, by: User, case: Case, to: str, reason: str) -> Case:
    """Change the status to `escalated` or `monitoring`."""
    locked = _lock(case)
    if _again(locked, to, by, reason):
        return locked
    if to not in (rules.ESCALATED, rules.MONITORING) or not rules.can_move(locked.status, to):
        raise OvertakenError(_("The case has changed in the meantime. Look at its state and choose again."))
    old = locked.status
    _set_status(locked, to, by=by, reason=reason)
    case_event(Action.CASE_MOVED, case=locked, by=by, to=access.HANDLE, details={"from": old, "to": to})
    return locked


@transaction.atomic
def case_close(*, by: User, case: Case, outcome: str, reason: str, version: int | None = None) -> Case:
    """Close with an outcome and a reason. With a `version`, only if the case is still as the form showed it.

    Raises:
        OvertakenError: a colleague did something with it meanwhile.
        RuleError: a must is still open without a reason.
    """
    locked = _lock(case)
    sent_before = version == locked.version - 1 and locked.outcome == outcome
    if sent_before and _again(locked, rules.CLOSED, by, reason):
        return locked
    if not rules.can_move(locked.status, rules.CLOSED):
        raise OvertakenError(_("This case can't be closed now: it is new or closed already."))
    if version is not None and locked.version != version:
        raise OvertakenError(_("This case has changed since you opened this page. Look once more, then close it."))
    if rules.blocks_closing(rules.StepState(*pair) for pair in locked.steps.values_list("obligation", "state")):
        raise RuleError(_("A step that must be taken is still open. Record what was done, or why not."))
    hand_over_lapses(by=by, case=locked)
    locked.outcome, locked.close_reason, locked.closed_at = outcome, reason, timezone.now()
    _set_status(locked, rules.CLOSED, by=by, reason=reason)
    case_event(Action.CASE_CLOSED, case=locked, by=by, to=access.HANDLE, details={"outcome": outcome})
    return locked


@transaction.atomic
def case_reopen(*, by: User, case: Case, reason: str) -> Case:
    """Open a closed case again; the outcome it had stays in its history."""
    locked = _lock(case)
    if _again(locked, rules.REOPENED, by, reason):
        return locked
    if not rules.can_move(locked.status, rules.REOPENED):
        raise OvertakenError(_("Only a closed case can be reopened."))
    locked.outcome, locked.close_reason, locked.closed_at = "", "", None
    _set_status(locked, rules.REOPENED, by=by, reason=reason)
    case_event(Action.CASE_REOPENED, case=locked, by=by, to=access.HANDLE)
    return locked


@transaction.atomic
def story_open(*, by: User, case: Case, reason: str) -> StoryOpening:
    """Open the story for an hour to somebody who follows without it. The reason stays on the case."""
    now = timezone.now()
    opening = StoryOpening(case=case, by=by, reason=reason, opened_at=now, until=now + STORY_OPEN_FOR)
    opening.full_clean()
    opening.save()
    minutes = {"minutes": STORY_OPEN_FOR // timedelta(minutes=1)}
    case_event(Action.CASE_STORY_OPENED, case=case, by=by, to=(Permission.CASE_FOLLOW,), details=minutes)
    return opening


def _lock(case: Case) -> Case:
    return Case.objects.select_for_update().get(pk=case.pk)


def _again(case: Case, status: str, by: User, reason: str) -> bool:
    """True when this person has just done so with the same words: a second click, or a page that was sent again."""
    if case.status != status:
        return False
    last = case.changes.filter(kind=ChangeKind.STATUS).order_by("-pk").first()
    return last is not None and (last.new, last.by_id, last.reason) == (status, by.pk, reason)


def _bump(case: Case) -> None:
    case.version += 1
    case.save(update_fields=["version"])


def _set_status(case: Case, status: str, *, by: User, reason: str = "") -> None:
    CaseChange.objects.create(
        case=case,
        kind=ChangeKind.STATUS,
        old=case.status,
        new=status,
        reason=reason,
        by=by,
        at=timezone.now(),
    )
    case.status = status
    case.version += 1
    case.full_clean()
    case.save()
