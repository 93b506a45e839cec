"""Shares: one case opened to one colleague of the board, until a day, with a reason."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import Board, User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, Share
from signals.models.rights import Level
from signals.rows import ADD_CODE, READ_CODE, share_boards
from signals.services.formkeys import arrived
from signals.services.left_tasks import tell_owner
from signals.services.status import check_handles

CODES = {Level.READ: (READ_CODE,), Level.CONTRIBUTE: (READ_CODE, ADD_CODE)}


@transaction.atomic
def case_share(*, by: User, case: Case, colleague: User, level: str, ends_on: date, reason: str, key: str) -> Share:
    """Open a case to a colleague. The same key gives the same share, however often it is sent.

    Args:
        by: who handles the case.
        colleague: somebody of the same board who may read shares, does not handle it, and whom it is not about.
        level: one of Level.
        ends_on: last day on which it holds; at most until the end of the school year, see rules.latest_share_day.
        reason: why; it stays on the case.

    Raises:
        RuleError: the case can't be shared with this person, or not for so long, or is shared with them already; or
            who shares it doesn't handle it any more.
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related("board", "school").get(pk=case.pk)
    if share := Share.objects.filter(key=key).first():
        kept = (share.case_id, share.colleague_id, share.by_id, share.level, share.ends_on, share.reason)
        sent = (locked.pk, colleague.pk, by.pk, level, ends_on, reason)
        return arrived(share, (*kept, share.ended_at), (*sent, None))
    check_handles(by, locked, seen=case)
    _check(locked, colleague, ends_on)
    _replace_expired(by, locked, colleague)
    now = timezone.now()
    share = Share(
        key=key, case=locked, colleague=colleague, level=level, reason=reason, by=by, created_at=now, ends_on=ends_on
    )
    share.full_clean()
    share.save()
    for code in CODES[Level(level)]:
        assign_perm(f"signals.{code}", colleague, locked)
    _event(Action.CASE_SHARED, share, by)
    queue(
        "case.shared", to=colleague, path=reverse("signals:case", args=[locked.reference]), reference=locked.reference
    )
    return share


@transaction.atomic
def share_end(*, by: User, share: Share, to: tuple[Permission, ...] = access.HANDLE) -> Share:
    """Take a share back before its day; doing it twice is harmless. `to`: the permissions that allow it."""
    locked = Share.objects.select_for_update(of=("self",)).select_related("case__board", "case__school", "colleague")
    found = locked.get(pk=share.pk)
    if found.ended_at is None:
        _end(found, by)
        _event(Action.SHARE_ENDED, found, by, to)
        tell_owner(found.case, found.colleague)
    return found


def shares_end_of_case(*, by: User, case: Case) -> int:
    """Take back every share of a case, for a wall around it. Runs in the caller's transaction."""
    found = list(case.shares.filter(ended_at=None).select_related("case__board", "case__school", "colleague"))
    for share in found:
        share_end(by=by, share=share)
    return len(found)


def shares_end_of_person(*, by: User, colleague: User, boards: Collection[Board]) -> int:
    """Take back every share that somebody holds at these boards, because they leave, by who keeps the people there.

    Runs in the caller's transaction.
    """
    rows = Share.objects.filter(colleague=colleague, ended_at=None, case__board__in=boards)
    found = list(rows.select_related("case__board", "case__school", "colleague"))
    for share in found:
        share_end(by=by, share=share, to=(Permission.PEOPLE_EDIT,))
    return len(found)


def can_be_shared_with(case: Case, colleague: User) -> bool:
    """True for an active colleague of the board who may read shares, is not kept from this case, nor handles it."""
    seen = access.sight(colleague)
    able = case.board_id in share_boards(seen.grants) and case.pk not in seen.shut
    return able and not seen.may(case, *access.HANDLE)


def _check(case: Case, colleague: User, ends_on: date) -> None:
    today = timezone.localdate()
    if not can_be_shared_with(case, colleague):
        raise RuleError(_("This case can't be shared with this person. Choose a colleague of your own board."))
    if not today <= ends_on <= rules.latest_share_day(today):
        raise RuleError(_("Choose a day from today until the end of the school year."))
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can share it."))


def _replace_expired(by: User, case: Case, colleague: User) -> None:
    old = case.shares.filter(colleague=colleague, ended_at=None).select_related("case", "colleague").first()
    if old is None:
        return
    if old.ends_on >= timezone.localdate():
        raise RuleError(_("This case is shared with this colleague already. Stop that share first."))
    _end(old, by)


def _end(share: Share, by: User) -> None:
    share.ended_at, share.ended_by = timezone.now(), by
    share.save(update_fields=["ended_at", "ended_by"])
    for code in CODES[Level(share.level)]:
        remove_perm(f"signals.{code}", share.colleague, share.case)


def _event(action: Action, share: Share, by: User, to: tuple[Permission, ...] = access.HANDLE) -> None:
    details = {"colleague": share.colleague.reference, "level": share.level, "until": share.ends_on.isoformat()}
    case_event(action, case=share.case, by=by, to=to, kind="share", ref=share.reference, details=details)
