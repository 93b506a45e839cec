"""Where a report goes, by name, before it is sent: to the school, past it to the board, or to nobody."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import School, User
from accounts.roles import Role
from escalation.engine import CLOSED_RULES, decide, is_walled
from escalation.facts import Facts
from escalation.hats import function_name
from escalation.protocol import current_protocol
from signals.audience import Reader, readers
from signals.told import principals_at


@dataclass(frozen=True)
class Route:
    """readers: who will read it. named: who of the school gets it by name, because the board has nobody for it.

    by_law: it has to go to the board itself, as far as is known; other answers may change that.
    """

    walled: bool
    readers: list[Reader]
    named: tuple[User, ...] = ()
    by_law: bool = False

    @property
    def leads_nowhere(self) -> bool:
        """True when nobody at the board could read what the school may not read; such a report is not stored."""
        return self.walled and not self.readers


def route(*, school: School, facts: Facts, staff: User | None) -> Route:
    """Where a report goes.

    About somebody who works there it goes past the school, to the board's officers; never to whom it is about. Where
    the board has no officer at all, the principal gets it by name, unless it is about a principal or has to go to the
    board itself by law (R18, R19).

    Args:
        staff: the colleague it is about, if that is somebody with an account.
    """
    about = frozenset({staff.pk}) if staff else frozenset[int]()
    walled = is_walled(facts)
    found = readers(school=school, walled=walled, about=about)
    if not walled or found:
        return Route(walled, found)
    if facts.subject_role == "principal" or readers(school=school, walled=True, about=frozenset()):
        return Route(walled, [])  # of a principal, or the board's only officer is whom it is about
    if _straight_to_the_board(facts):
        return Route(walled, [], by_law=True)
    named = tuple(user for user in principals_at(school) if user.pk not in about)
    function = function_name(Role.PRINCIPAL, school.sector)
    return Route(walled, [Reader(user.name, function, _("handles this case by name")) for user in named], named)


def _straight_to_the_board(facts: Facts) -> bool:
    """A leader of the school is no way to the board where the law wants it to hear of it itself."""
    return any(rule in CLOSED_RULES for advice in decide(facts, current_protocol()) for rule in advice.rules)
