"""What a handler does with a case. Each function locks the row, checks the rule, writes, and leaves an event."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from accounts.saving import row_check, rows_insert
from audit.actions import Action
from signals import access, rules
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.models import Case, CaseChange, Note, StoryOpening
from signals.models.case import ChangeKind
from signals.openings import running
from signals.services.due import moves_end
from signals.services.formkeys import arrived
from signals.services.handover import hand_over_lapses
from signals.services.joining import put_together
from signals.services.status import back_in_hand, check_handles, lock, lock_both, set_status
from signals.services.steps import take_completes_steps

STORY_OPEN_FOR = timedelta(minutes=60)


@transaction.atomic
def case_take(*, by: User, case: Case) -> Case:
    """Open the case for the reports in it and become its owner; a second click finds it taken.

    Raises:
        RuleError: somebody else took it in the meantime, or it is not theirs to handle any more.
    """
    locked = lock(case)
    if locked.status in rules.ACTIVE and locked.owner_id == by.pk:
        return locked
    if locked.status != rules.NEW:
        raise RuleError(_("A colleague has taken this case already."))
    check_handles(by, locked, seen=case)
    locked.owner = by
    locked.taken_at = locked.look_at = timezone.now()
    set_status(locked, rules.IN_REVIEW, by=by)
    CaseChange.objects.create(case=locked, kind=ChangeKind.OWNER, new=by.reference, by=by, at=locked.taken_at)
    take_completes_steps(case=locked, by=by)
    moves_end(locked)
    case_event(Action.CASE_TAKEN, case=locked, by=by, to=access.HANDLE)
    return locked


@transaction.atomic
def case_join(*, by: User, case: Case, into: Case) -> Case:
    """Put the reports and steps of a new case with an existing one about the same person; a second click finds it done.

    Who could read the new case by a share does not get to read the other one by it: those shares end.

    Raises:
        RuleError: the case is no longer new, or the other is closed or of another kind.
    """
    source, target = lock_both(case, into)
    if source.joined_to_id == target.pk:
        return target
    if source.status != rules.NEW:
        raise RuleError(_("A colleague has taken this case already."))
    put_together(by=by, source=source, target=target)
    return target


@transaction.atomic
def case_note(
    *, by: User, case: Case, text: str, key: str, person: str = "", to: tuple[Permission, ...] = access.HANDLE
) -> Note:
    """Write a note. The same key gives the same note, however often it is sent.

    Args:
        person: the key of whom in the case it is about; empty: the whole case.
        to: by what this person may, for the trail.

    Raises:
        RuleError: the case is not in hand or no longer open to them, or another note was kept under this key.
    """
    locked = lock(case)
    if note := Note.objects.select_related("case").filter(key=key).first():
        lies_in = note.case.joined_to_id or note.case_id
        kept = (lies_in, note.author_id, note.text, note.person)
        return arrived(note, kept, (locked.pk, by.pk, text, person))
    check_handles(by, locked, seen=case, to=to)
    if locked.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can write a note."))
    note = Note(case=locked, author=by, text=text, key=key, person=person, created_at=timezone.now())
    row_check(note)
    rows_insert([note])
    case_event(Action.CASE_NOTED, case=locked, by=by, to=to, kind="note")
    return note


@transaction.atomic
def case_move(*, by: User, case: Case, to: str, reason: str) -> Case:
    """Change the status to `escalated` or `monitoring`."""
    locked = lock(case)
    if _again(locked, to, by, reason):
        return locked
    check_handles(by, locked, seen=case)
    if to not in (rules.ESCALATED, rules.MONITORING) or not rules.can_move(locked.status, to):
        raise OvertakenError(_("The case has changed in the meantime. Look at its state and choose again."))
    old = locked.status
    set_status(locked, to, by=by, reason=reason)
    case_event(Action.CASE_MOVED, case=locked, by=by, to=access.HANDLE, details={"from": old, "to": to})
    return locked


@transaction.atomic
def case_close(*, by: User, case: Case, outcome: str, reason: str, version: int | None = None) -> Case:
    """Close with an outcome and a reason. With a `version`, only if the case is still as the form showed it.

    Raises:
        OvertakenError: a colleague did something with it meanwhile.
        RuleError: a must is still open without a reason.
    """
    locked = lock(case)
    sent_before = version == locked.version - 1 and locked.outcome == outcome
    if sent_before and _again(locked, rules.CLOSED, by, reason):
        return locked
    check_handles(by, locked, seen=case)
    if not rules.can_move(locked.status, rules.CLOSED):
        raise OvertakenError(_("This case can't be closed now: it is new or closed already."))
    if version is not None and locked.version != version:
        raise OvertakenError(_("This case has changed since you opened this page. Look once more, then close it."))
    if rules.blocks_closing(rules.StepState(*pair) for pair in locked.steps.values_list("obligation", "state")):
        raise RuleError(_("A step that must be taken is still open. Record what was done, or why not."))
    hand_over_lapses(by=by, case=locked)
    locked.outcome, locked.close_reason, locked.closed_at = outcome, reason, timezone.now()
    set_status(locked, rules.CLOSED, by=by, reason=reason)
    case_event(Action.CASE_CLOSED, case=locked, by=by, to=access.HANDLE, details={"outcome": outcome})
    return locked


@transaction.atomic
def case_reopen(*, by: User, case: Case, reason: str) -> Case:
    """Open a closed case again; the outcome it had stays in its history, and who had it has it again if they can."""
    locked = lock(case)
    if _again(locked, rules.REOPENED, by, reason):
        return locked
    check_handles(by, locked, seen=case)
    if not rules.can_move(locked.status, rules.REOPENED):
        raise OvertakenError(_("Only a closed case can be reopened."))
    locked.outcome, locked.close_reason, locked.closed_at = "", "", None
    set_status(locked, rules.REOPENED, by=by, reason=reason)
    back_in_hand(locked, by=by)
    case_event(Action.CASE_REOPENED, case=locked, by=by, to=access.HANDLE)
    return locked


@transaction.atomic
def story_open(*, by: User, case: Case, reason: str) -> StoryOpening:
    """Open the story for an hour to somebody who follows without it. The reason stays on the case.

    With the same reason it is opened once, however often that is sent.
    """
    lock(case)
    now = timezone.now()
    already = case.story_openings.filter(running(now), by=by).order_by("-pk").first()
    if already and already.reason == reason:
        return already
    opening = StoryOpening(case=case, by=by, reason=reason, opened_at=now, until=now + STORY_OPEN_FOR)
    opening.full_clean()
    opening.save()
    minutes = {"minutes": STORY_OPEN_FOR // timedelta(minutes=1)}
    case_event(Action.CASE_STORY_OPENED, case=case, by=by, to=(Permission.CASE_FOLLOW,), details=minutes)
    return opening


def _again(case: Case, status: str, by: User, reason: str) -> bool:
    """True when this person has just done so with the same words: a second click, or a page that was sent again."""
    if case.status != status:
        return False
    last = case.changes.filter(kind=ChangeKind.STATUS).order_by("-pk").first()
    return last is not None and (last.new, last.by_id, last.reason) == (status, by.pk, reason)
