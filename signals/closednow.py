"""What a card says while nobody answers: a line that is closed, a school where nobody is, and whom to call instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.utils.translation import gettext as _

from escalation.contacts import Address, dial
from escalation.duty import ON_DUTY, POLICE
from escalation.texts import moment_text
from signals import rules
from signals.models import Step

NOBODY = frozenset({"emergency_112", "no_further_sharing"})  # always there, and nobody to call


@dataclass(frozen=True)
class Call:
    """Somebody who does answer now."""

    who: str
    phone: str
    tel: str


@dataclass(frozen=True)
class Closed:
    """What is closed now and when it opens, and whom to call when that is too late.

    school: it is the school, and not a line of somebody else. brief: whom to call stands above all cards.
    """

    text: str
    calls: tuple[Call, ...]
    school: bool = False
    brief: bool = False


class Shown(Protocol):
    """A card, as much of it as is needed here."""

    closed: Closed | None


def closed_now(step: Step, where: dict[str, Address], *, somebody_in: bool) -> Closed | None:
    """A line that is closed, and for a must that can't wait: a school where nobody is."""
    if step.state != rules.STEP_OPEN or step.recipient in NOBODY:
        return None
    address = where[step.recipient]
    urgent = step.obligation == "must" and step.urgency in ("now", "same_day")
    if address.opens_at:
        text, school = _("Closed now. Open from %(moment)s.") % {"moment": moment_text(address.opens_at)}, False
    elif urgent and not somebody_in:
        text, school = _("The school is closed now."), True
    else:
        return None
    return Closed(text, _calls(step, where, somebody_in=somebody_in), school)


def _calls(step: Step, where: dict[str, Address], *, somebody_in: bool) -> tuple[Call, ...]:
    """The one on duty outside school hours, except where it may be about them, and the police."""
    found = []
    duty = where.get(ON_DUTY)
    if duty and duty.phone and not somebody_in and step.signal.subject_role not in ("staff", "principal"):
        found.append(Call(_("On duty: %(name)s") % {"name": duty.name}, duty.phone, duty.tel))
    if where[step.recipient].phone != POLICE:
        found.append(Call(_("the police"), POLICE, dial(POLICE)))
    return tuple(found)


def said_once(cards: Sequence[Shown]) -> Closed | None:
    """That the school is closed and whom to call, to stand above the cards; each of them says it briefly from then on.

    None where only one card says it, or where they name others: of a report about staff nobody calls who is on duty.
    """
    said = [(card, card.closed) for card in cards if card.closed]
    school = [closed for _card, closed in said if closed.school]
    if len(said) < 2 or not school:
        return None
    above = max(school, key=lambda closed: len(closed.calls))
    if any(_inside(closed) != _inside(above) for _card, closed in said):
        return None
    for card, closed in said:
        card.closed = replace(closed, brief=set(closed.calls) <= set(above.calls))
    return above


def _inside(closed: Closed) -> list[Call]:
    """Whom to call but the police, whom the card of the police itself does not name."""
    return [call for call in closed.calls if call.phone != POLICE]
