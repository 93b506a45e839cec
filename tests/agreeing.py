"""Steps that a board agrees itself, the short way, for tests that are about what comes after."""

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import Board, User
from escalation.models import ProtocolChange
from escalation.selectors import decisions
from escalation.services.own_steps import Proposal, own_step_approve, own_step_propose
from tests.conftest import World

WHY = "Zo spraken wij het met elkaar af."


def proposal(**changes: Any) -> Proposal:
    """By default: fireworks, then the care and safety house may be asked."""
    known = {
        "kind": "add",
        "recipient": "zvh",
        "starts_on": timezone.localdate(),
        "why_nl": WHY,
        "conditions": (("concern", "fireworks"),),
        "obligation": "may",
        "urgency": "planned",
    }
    return Proposal(**{**known, **changes})


def otherwise(rule: str, recipient: str, **changes: Any) -> Proposal:
    """A step of the table agreed otherwise."""
    return proposal(kind="change", rule=rule, recipient=recipient, conditions=(), **changes)


def off(rule: str, recipient: str) -> Proposal:
    return proposal(kind="off", rule=rule, recipient=recipient, conditions=(), obligation="", urgency="")


def propose(by: User, board: Board, what: Proposal | None = None) -> ProtocolChange:
    return own_step_propose(by=by, board=board, proposal=what or proposal(), key=uuid.uuid4())


def agree(by: User, second: User, board: Board, what: Proposal | None = None) -> ProtocolChange:
    row = propose(by, board, what)
    return own_step_approve(by=second, row=row, seen=decisions(board.pk))


def agreed(world: World) -> ProtocolChange:
    """The principal proposed it and the officer approved it: of somebody who recruits one tells the principal today."""
    what = otherwise("R05", "principal", obligation="must", urgency="same_day")
    return agree(world.principal, world.board_officer, world.board, what)
