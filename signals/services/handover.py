"""A hand-over: the owner asks a colleague, who accepts or refuses. Until then the owner stays the owner.

Who may read the case does not change by it: only who handles it already can be asked.
"""

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Board, User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, CaseChange, HandOver
from signals.models.case import ChangeKind
from signals.models.work import HandOverState, LineKind
from signals.services.formkeys import arrived
from signals.services.lines import line_add, locked
from signals.told import deputies_of, with_deputies

ASKED, ANSWERED = "handover.asked", "handover.answered"


@transaction.atomic
def hand_over_propose(*, by: User, case: Case, to: User, text: str, key: str) -> HandOver:
    """Ask a colleague to become the owner. The same key gives the same question, however often it is sent.

    Args:
        by: the owner.
        to: who handles the case too.
        text: what they have to know; it stays on the case.

    Raises:
        RuleError: one is not the owner, the case is not in hand, this colleague can't handle it, somebody else was
            asked already, or something else was kept under this key.
    """
    found = locked(case)
    if same := HandOver.objects.filter(key=key).first():
        return arrived(same, (same.case_id, same.by_id, same.to_id, same.text), (found.pk, by.pk, to.pk, text))
    if found.owner_id != by.pk:
        raise RuleError(_("Only the owner can hand this case over."))
    if found.status not in rules.ACTIVE:
        raise RuleError(_("This case is closed. Reopen it first, then you can hand it over."))
    if to == by or not access.may(to, found, *access.HANDLE):
        raise RuleError(_("This colleague can't handle the case. Choose somebody else."))
    if waiting := waits(found):
        if access.may(waiting.to, found, *access.HANDLE):
            raise RuleError(_("You have asked a colleague already. Withdraw that first."))
        _end(waiting, HandOverState.LAPSED, by=by)
    row = HandOver(key=key, case=found, by=by, to=to, text=text, created_at=timezone.now())
    row.full_clean()
    row.save()
    line_add(found, LineKind.PROPOSED, by=by, who=to, text=text, hand_over=row, at=row.created_at)
    _event(Action.HANDOVER_PROPOSED, row, by)
    path = reverse("signals:hand-over-answer", args=[found.reference])
    for person in with_deputies(found, [to]):
        if person != by:
            queue(ASKED, to=person, path=path, reference=found.reference)
    return row


@transaction.atomic
def hand_over_answer(*, by: User, case: Case, reference: str, accept: bool, reason: str = "") -> HandOver:
    """Accept, and so become the owner, or refuse with a reason. The same answer twice is one.

    Args:
        by: who was asked, or who stands in for them and then becomes the owner themselves.
        reference: of the question on the screen; another one may have come instead.

    Raises:
        RuleError: it was refused before with another reason, answered otherwise, withdrawn or has lapsed, or it was
            asked of somebody else.
    """
    found = locked(case)
    row = found.hand_overs.filter(reference=reference).select_related("case__board", "case__school", "by", "to").first()
    state = HandOverState.ACCEPTED if accept else HandOverState.REFUSED
    if row and (row.state, row.ended_by_id) == (state, by.pk):
        return arrived(row, row.answer, "" if accept else reason)
    if row is None or not may_answer(row, by) or row.state != HandOverState.PROPOSED:
        raise RuleError(_("This is no longer asked of you: it was answered or withdrawn. Nothing was changed."))
    if found.owner_id != row.by_id or found.status not in rules.ACTIVE or not access.may(by, found, *access.HANDLE):
        raise RuleError(_("The case has changed in the meantime. Look at its state and choose again."))
    row.answer = "" if accept else reason
    _end(row, state, by=by, text=row.answer)
    if accept:
        _becomes_owner(found, row, by)
    if access.may(row.by, found, *access.HANDLE):
        path = reverse("signals:case", args=[found.reference])
        queue(ANSWERED, to=row.by, path=path, reference=found.reference)
    return row


@transaction.atomic
def hand_over_withdraw(*, by: User, case: Case, reference: str) -> HandOver:
    """Take the question back; doing it twice is harmless.

    Raises:
        RuleError: it was answered, it has lapsed, or somebody else asked it.
    """
    found = locked(case)
    row = found.hand_overs.filter(reference=reference).select_related("case__board", "case__school").first()
    if row and (row.state, row.by_id) == (HandOverState.WITHDRAWN, by.pk):
        return row
    if row is None or row.by_id != by.pk or row.state != HandOverState.PROPOSED:
        raise RuleError(_("Your colleague has answered already. Look at what they said."))
    _end(row, HandOverState.WITHDRAWN, by=by)
    return row


def hand_over_lapses(*, by: User, case: Case, to: tuple[Permission, ...] = access.HANDLE) -> None:
    """End what waits, because the case is closed, walled or given to another. Runs in the caller's transaction."""
    if row := waits(case):
        _end(row, HandOverState.LAPSED, by=by, to=to)


def hand_overs_end_of_person(*, by: User, person: User, boards: Collection[Board]) -> None:
    """End what somebody was asked at these boards and can't do any more, because their role ends. Runs in the caller's
    transaction, by who keeps the people there."""
    rows = HandOver.objects.filter(to=person, state=HandOverState.PROPOSED, case__board__in=boards).order_by("case")
    for row in rows.select_related("case__board", "case__school"):
        after = User.objects.get(pk=person.pk)  # without remembered grants
        if not access.may(after, locked(row.case), *access.HANDLE) and (still := waits(row.case)):
            _end(still, HandOverState.LAPSED, by=by, to=(Permission.PEOPLE_EDIT,))


def may_answer(row: HandOver, user: User) -> bool:
    """Who was asked, or stands in for them today; not who asked it."""
    return row.to_id == user.pk or (user.pk != row.by_id and user in deputies_of(row.case, [row.to]))


def asked(case: Case, reference: str) -> HandOver | None:
    """A question about this case, whatever became of it."""
    return case.hand_overs.filter(reference=reference).select_related("case", "to").first()


def waits(case: Case) -> HandOver | None:
    """The question that nobody has answered yet."""
    rows = case.hand_overs.filter(state=HandOverState.PROPOSED)
    return rows.select_related("case__board", "case__school", "by", "to").first()


def _becomes_owner(case: Case, row: HandOver, by: User) -> None:
    now, old = timezone.now(), row.by.reference
    CaseChange.objects.create(case=case, kind=ChangeKind.OWNER, old=old, new=by.reference, by=by, at=now)
    case.owner, case.look_at = by, now
    case.version += 1
    case.full_clean()
    case.save(update_fields=["owner", "look_at", "version"])


ACTIONS = {
    HandOverState.ACCEPTED: (Action.HANDOVER_ACCEPTED, LineKind.ACCEPTED),
    HandOverState.REFUSED: (Action.HANDOVER_REFUSED, LineKind.REFUSED),
    HandOverState.WITHDRAWN: (Action.HANDOVER_WITHDRAWN, LineKind.WITHDRAWN),
    HandOverState.LAPSED: (Action.HANDOVER_LAPSED, LineKind.LAPSED),
}


def _end(
    row: HandOver, state: HandOverState, *, by: User, text: str = "", to: tuple[Permission, ...] = access.HANDLE
) -> None:
    action, kind = ACTIONS[state]
    row.state, row.ended_at, row.ended_by = state, timezone.now(), by
    row.full_clean()
    row.save(update_fields=["state", "answer", "ended_at", "ended_by"])
    line_add(row.case, kind, by=by, who=row.to, text=text, hand_over=row, at=row.ended_at)
    _event(action, row, by, to)


def _event(action: Action, row: HandOver, by: User, to: tuple[Permission, ...] = access.HANDLE) -> None:
    to_whom = by if action == Action.HANDOVER_ACCEPTED else row.to
    details = {"from": row.by.reference, "to": to_whom.reference}
    case_event(action, case=row.case, by=by, to=to, kind="handover", ref=row.reference, details=details)
