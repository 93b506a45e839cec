"""Steps that a board adds or changes: one person proposes, another approves. What was written never changes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import Board, User
from accounts.outbox import queue
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation import access
from escalation.errors import AgreementError
from escalation.models import ProtocolChange
from escalation.own import Agreement
from escalation.own_words import refused
from escalation.protocol import current_protocol
from escalation.selectors import agreement_of, approvers, decisions, protocol_at
from escalation.vignettes import vignettes
from escalation.weakening import refusal

MAIL = "protocol.proposed"
State = ProtocolChange.State


@dataclass(frozen=True)
class Proposal:
    """What somebody filled in. For the fields see `escalation/own.py`."""

    kind: str
    recipient: str
    starts_on: date
    why_nl: str
    why_en: str = ""
    rule: str = ""
    conditions: tuple[tuple[str, str], ...] = ()
    obligation: str = ""
    urgency: str = ""
    actor: str = ""

    def agreement(self, number: int = 0) -> Agreement:
        why = {"nl": self.why_nl, "en": self.why_en or self.why_nl}
        return Agreement(
            number=number,
            kind=self.kind,
            recipient=self.recipient,
            since=self.starts_on,
            why=why,
            rule=self.rule,
            conditions=self.conditions,
            obligation=self.obligation,
            urgency=self.urgency,
            actor=self.actor,
        )


def check(board: Board, agreement: Agreement) -> None:
    """Refuse what weakens a law or a guideline, or what can't be.

    Raises:
        AgreementError: with the rule and its source in words.
    """
    table = protocol_at(board.pk)
    if agreement.rule and agreement.rule not in current_protocol().rules:
        raise AgreementError(_("The table has no such step. Choose one from the list."), "step")
    if found := refusal(table, agreement, [vignette.facts for vignette in vignettes()]):
        raise AgreementError(refused(found, table), "recipient" if agreement.kind == "add" else "step")


@transaction.atomic
def own_step_propose(*, by: User, board: Board, proposal: Proposal, key: UUID) -> ProtocolChange:
    """Propose something. The same form sent twice is one proposal.

    Raises:
        AgreementError: it weakens a law or a guideline, something about the same step holds or waits already, or
            something else was proposed under this key.
    """
    locked = Board.objects.select_for_update().get(pk=board.pk)
    if already := ProtocolChange.objects.filter(key=key, proposed_by=by).first():
        _check_same(already, locked, proposal)
        return already
    check(locked, proposal.agreement())
    running = ProtocolChange.objects.filter(board=locked, state__in=(State.PROPOSED, State.APPROVED))
    if proposal.rule and running.filter(rule=proposal.rule, recipient=proposal.recipient).exists():
        raise AgreementError(_("About this step something is agreed or proposed already. End or withdraw that first."))
    row = ProtocolChange(
        key=key,
        board=locked,
        number=ProtocolChange.objects.filter(board=locked).count() + 1,
        conditions=[list(pair) for pair in proposal.conditions],
        for_board=locked.pk in grants_of(by).boards(Permission.PROTOCOL_APPROVE),
        proposed_by=by,
        proposed_at=timezone.now(),
        **{name: value for name, value in vars(proposal).items() if name != "conditions"},
    )
    row.full_clean()
    row.save()
    _event(Action.OWN_PROPOSED, by, row, Permission.PROTOCOL_PROPOSE)
    for person in approvers(row):
        queue(MAIL, to=person, path=reverse("escalation:own-step", args=[row.reference]), reference=row.reference)
    return row


def _check_same(already: ProtocolChange, board: Board, sent: Proposal) -> None:
    """Under one key a second click is fine; other words are not proposed yet, and are not lost."""
    kept = vars(sent) | {name: getattr(already, name) for name in vars(sent)}
    kept["conditions"] = tuple((str(name), str(value)) for name, value in already.conditions)
    if (already.board_id, kept) != (board.pk, vars(sent)):
        raise AgreementError(
            _(
                "This form was sent before. That was proposed; what stands here now is not yet. Look at what was "
                "proposed, and send this as well if it is still needed."
            )
        )


@transaction.atomic
def own_step_approve(*, by: User, row: ProtocolChange, seen: int) -> ProtocolChange:
    """Approve what another proposed; from its first day it holds, and not before now. A second click changes nothing.

    Args:
        seen: how often something was decided at the board when the preview was shown.

    Raises:
        AgreementError: it was decided meanwhile, something else was, or the table does not allow it any more.
    """
    locked = _lock(row)
    if locked.state == State.APPROVED and locked.approved_by_id == by.pk:
        return locked
    _waits(locked)
    if not access.may_approve(by, locked):
        raise AgreementError(_("Somebody else has to approve this: one of the two is of the board."))
    if decisions(locked.board_id) != seen:
        raise AgreementError(_("Something else was decided meanwhile. Look at the consequences once more."))
    check(locked.board, agreement_of(locked))
    locked.state, locked.approved_by, locked.approved_at = State.APPROVED, by, timezone.now()
    return _written(Action.OWN_APPROVED, by, locked)


@transaction.atomic
def own_step_stop(*, by: User, row: ProtocolChange, reason: str) -> ProtocolChange:
    """Refuse or withdraw a proposal, or end what holds. A second click changes nothing.

    Raises:
        AgreementError: it was decided meanwhile, or is not theirs to stop.
    """
    locked = _lock(row)
    if locked.stopped_by_id == by.pk and locked.stop_reason == reason:
        return locked
    if locked.stopped_at or locked.state != row.state:
        raise AgreementError(_("Somebody decided about this meanwhile. Nothing was changed."))
    if not access.may_stop(by, locked):
        raise AgreementError(_("Only who proposed it, or somebody who may approve it, can stop this."))
    locked.state = _stopped(locked, by)
    locked.stopped_by, locked.stopped_at, locked.stop_reason = by, timezone.now(), reason
    return _written(Action.OWN_STOPPED, by, locked)


def _stopped(row: ProtocolChange, by: User) -> State:
    if row.state == State.APPROVED:
        return State.ENDED
    return State.WITHDRAWN if row.proposed_by_id == by.pk else State.REFUSED


def _lock(row: ProtocolChange) -> ProtocolChange:
    """The board first: what it agreed changes in one place at a time."""
    Board.objects.select_for_update().get(pk=row.board_id)
    return ProtocolChange.objects.select_for_update(of=("self",)).select_related("board").get(pk=row.pk)


def _waits(row: ProtocolChange) -> None:
    if row.state != State.PROPOSED:
        raise AgreementError(_("Somebody decided about this meanwhile. Nothing was changed."))


def _written(action: Action, by: User, row: ProtocolChange) -> ProtocolChange:
    row.full_clean()
    row.save()
    permission = Permission.PROTOCOL_PROPOSE if row.state == State.WITHDRAWN else Permission.PROTOCOL_APPROVE
    _event(action, by, row, permission)
    return row


def _event(action: Action, by: User, row: ProtocolChange, permission: Permission) -> None:
    stopped = {"to": str(row.state)} if row.stopped_at else {}
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_for_board(permission, board=row.board_id),
        board=row.board.reference,
        kind="protocol",
        ref=row.reference,
        rule=permission,
        details={"number": row.number, "kind": row.kind, "recipient": row.recipient, **stopped},
    )


def still_waits(user: User, reference: str) -> bool:
    """Asked just before the mail leaves."""
    row = ProtocolChange.objects.filter(reference=reference, state=State.PROPOSED).first()
    return row is not None and access.may_approve(user, row)
