"""What every change of a case does: lock its row, write the change beside it, count its version."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from signals import access
from signals.errors import RuleError
from signals.models import Case, CaseChange, Signal
from signals.models.case import ChangeKind


def lock(case: Case) -> Case:
    return Case.objects.select_for_update().get(pk=case.pk)


def check_handles(by: User, case: Case, *, seen: Case, to: tuple[Permission, ...] = access.HANDLE) -> None:
    """Asked anew on the locked case, before something is written in it: while this waited for the lock, a wall may have
    come around it, or somebody may have been shut out.

    Args:
        seen: the case as it was when they were let in. Whatever shuts somebody out changes its version or has it looked
            at; while neither did, they need not be asked again. Who adds to it by a share is: that may have ended.
        to: by what they were let in.

    Raises:
        RuleError: they may not do this any more.
    """
    by_share = Permission.SHARED_ADD in to
    same = (seen.pk, seen.walled, seen.version, seen.look_at) == (case.pk, case.walled, case.version, case.look_at)
    if (by_share or not same) and not access.may(by, case, *(access.ADD if by_share else access.HANDLE)):
        raise RuleError(_("The case has changed in the meantime. Look at its state and choose again."))


def lock_case_of(signal: Signal) -> Case:
    """Lock the case that a report lies in now; it may go to another one while this waits."""
    pk = signal.case_id
    while True:
        case = Case.objects.select_for_update(of=("self",)).select_related("board", "school").get(pk=pk)
        pk = Signal.objects.values_list("case_id", flat=True).get(pk=signal.pk)
        if pk == case.pk:
            return case


def lock_both(one: Case, other: Case) -> tuple[Case, Case]:
    """Lock two cases, always the oldest first, so that two people at once can't wait for each other."""
    for row in sorted((one, other), key=lambda case: case.pk):
        lock(row)
    rows = Case.objects.select_related("board", "school", "owner").in_bulk([one.pk, other.pk])
    return rows[one.pk], rows[other.pk]


def bump(case: Case) -> None:
    case.version += 1
    case.save(update_fields=["version"])


def back_in_hand(case: Case, *, by: User) -> None:
    """A case that is in hand again lies with who had it; where they no longer handle it, with who brought it back."""
    if case.owner is None or access.may(case.owner, case, *access.HANDLE):
        return
    old, now = case.owner.reference, timezone.now()
    CaseChange.objects.create(case=case, kind=ChangeKind.OWNER, old=old, new=by.reference, by=by, at=now)
    case.owner = by
    case.save(update_fields=["owner"])


def set_status(case: Case, status: str, *, by: User, reason: str = "") -> None:
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
