"""What the invented board agreed beside the national table: one thing that holds, and one that waits."""

from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from accounts.models import Board, User
from escalation.models import ProtocolChange
from escalation.selectors import decisions
from escalation.services.own_steps import Proposal, own_step_approve, own_step_propose

HOLDS = "Ouders moeten weten dat hun kind drugs of alcohol gebruikt. Wij bellen hen samen met de mentor."
WAITS = "Vuurwerk op school melden wij altijd bij de wijkagent. Die kent de buurt."


def agree(board: Board) -> None:
    """Through the real services, by three people."""
    officer, second = (User.objects.get(email=email) for email in ("board@demo.example", "h.blom@merenland.example"))
    minors = (("concern", "drugs_alcohol"), ("subject_is_minor", "yes"))
    row = _propose(second, board, HOLDS, minors, "parents", "five_working_days")
    own_step_approve(by=officer, row=row, seen=decisions(board.pk))
    coordinator = User.objects.get(email="coordinator@demo.example")
    _propose(coordinator, board, WAITS, (("concern", "fireworks"),), "police_contact", "same_day")


def _propose(
    by: User, board: Board, why: str, conditions: tuple[tuple[str, str], ...], recipient: str, urgency: str
) -> ProtocolChange:
    new = Proposal(
        kind="add",
        recipient=recipient,
        starts_on=timezone.localdate(),
        why_nl=why,
        conditions=conditions,
        obligation="advice",
        urgency=urgency,
    )
    return own_step_propose(by=by, board=board, proposal=new, key=uuid5(NAMESPACE_URL, why))
