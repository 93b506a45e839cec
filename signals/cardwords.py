"""What the cards of a page say again and again, looked up once for all of them."""

from functools import cache

from django.utils.translation import get_language

from escalation.protocol import current_protocol
from escalation.texts import basis_name, say
from signals.ages import Moments
from signals.models.step import StepStatus


class CardWords:
    """Words by their code, in the language that is active now."""

    def __init__(self) -> None:
        protocol = self.protocol = current_protocol()
        self.english = get_language() == "en"
        self.obligation = cache(lambda code: say(protocol.obligations[code].name))
        self.urgency = cache(lambda code: say(protocol.urgencies[code].name))
        self.actor = cache(lambda code: say(protocol.actors[code].name))
        self.state = cache(lambda code: str(StepStatus(code).label))
        self.basis, self.by_when = cache(basis_name), Moments().by_when
