"""A report of only an expression (R15) may be sent without the name of whom it is about."""

from django.utils.translation import gettext as _

from escalation.conditions import Situation
from escalation.engine import decide, is_walled
from escalation.facts import Facts, imply
from escalation.protocol import current_protocol
from escalation.texts import subject_short
from signals.writing import names_in

EXPRESSION = "R15"
NOBODY = "no_further_sharing"
BOXES = ("observed", "told", "opinion", "against")
STORE, LEAVE_OUT = "yes", "no"


def is_offered(facts: Facts) -> bool:
    """Whether the name may be left out: only an expression, and nobody who must be told something about a person.

    Never behind a wall: there the name keeps the report away from whom it is about.
    """
    protocol = current_protocol()
    if is_walled(facts) or not protocol.rules[EXPRESSION].fires(Situation(imply(facts))):
        return False  # nearly every report, so its steps are not worked out for this
    advices = decide(facts, protocol)
    fires = any(EXPRESSION in advice.rules for advice in advices)
    return fires and not any(advice.obligation == "must" and advice.recipient != NOBODY for advice in advices)


def instead(facts: Facts) -> str:
    """What is stored in the place of the name."""
    return _("%(role)s, name not stored") % {"role": subject_short(facts.subject_role, facts.sector)}


def problem(facts: Facts, choice: str, name: str, story: str, *, described: bool) -> str:
    """What stands in the way of sending with this choice, in words; empty when nothing does.

    Args:
        choice: STORE, LEAVE_OUT, or empty when nothing was chosen.
        name: whom it is about, as it was picked or described.
        described: they were not picked from the list of the school.
        story: all that was written.
    """
    if not is_offered(facts):
        return _("With these answers the name is needed, so it cannot be left out.") if choice == LEAVE_OUT else ""
    if choice == LEAVE_OUT and (found := names_in(story, name, described=described)):
        return _("The name still stands in what you wrote: %(words)s. Go back and take it out, or store the name.") % {
            "words": ", ".join(found)
        }
    return "" if choice else _("Choose whether the name is stored.")
