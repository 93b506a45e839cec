"""Decides which steps follow from the facts. A pure function: no clock, no database, no user.

The decision table itself is data (`protocols/`). What stands here is how its lines are combined: the eight
precedence rules, each in a function that names its number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from escalation.conditions import Situation
from escalation.entries import BASES, OBLIGATIONS, SHARED_WITH, URGENCIES, Protocol, Source, Step
from escalation.facts import RECIPIENTS, Facts, imply
from escalation.reader import Words

LAST_RULE: Final = "R00"  # looks at the result of all the others
REFUTED_RULE: Final = "R33"
EXPRESSION_RULE: Final = "R15"
CLOSED_RULES: Final = ("R18", "R19")
CLOSED_ORDER: Final = ("emergency_112", "board", "confidential_inspector", "parents", "police_report")
SUPPRESSED_BY_EXPRESSION: Final = frozenset({"R06", "R09", "R12", "R13"})
NOT_IN_SECTOR: Final[dict[str, frozenset[str]]] = {
    "ko": frozenset({"school_veiligheid", "ivho", "attendance_desk"}),
    "po": frozenset({"ivho"}),
    "vo": frozenset({"ivho"}),
    "mbo": frozenset({"ivho"}),
    "hbo": frozenset({"school_veiligheid"}),
    "wo": frozenset({"school_veiligheid"}),
}
_OBLIGATION_RANK: Final = {code: rank for rank, code in enumerate(OBLIGATIONS)}
_BASIS_RANK: Final = {code: rank for rank, code in enumerate(BASES)}
_URGENCY_RANK: Final = {code: rank for rank, code in enumerate(URGENCIES)}
_RECIPIENT_RANK: Final = {key: rank for rank, key in enumerate(RECIPIENTS)}


@dataclass(frozen=True, slots=True)
class Advice:
    """One recipient whom the protocol names for these facts."""

    recipient: str
    obligation: str
    basis: str
    urgency: str
    actor: str
    rules: tuple[str, ...]
    why: dict[str, str]
    source: str

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON, with the fields in the order above."""
        return {
            "recipient": self.recipient,
            "obligation": self.obligation,
            "basis": self.basis,
            "urgency": self.urgency,
            "actor": self.actor,
            "rules": list(self.rules),
            "why": self.why,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class _Found:
    """One step of one rule that fired, before steps for the same recipient are put together."""

    rule: str
    recipient: str
    obligation: str
    basis: str
    urgency: str
    why: Words
    source: Source
    actor: str


def decide(facts: Facts, protocol: Protocol) -> tuple[Advice, ...]:
    """Return the steps for these facts, in the order in which they are to be taken.

    Arguments: the facts as they were answered (what the concern code implies is filled in here) and the
    protocol to apply. The same facts and protocol always give the same steps.
    """
    facts = imply(facts)
    situation = Situation(facts)
    if protocol.rules[REFUTED_RULE].fires(situation):
        return _ordered(_refuted(situation, protocol), facts, protocol)
    fired = [rule.id for rule in protocol.rules.values() if rule.fires(situation)]
    if any(rule in CLOSED_RULES for rule in fired):
        return _closed_steps(fired, situation, protocol)
    fired = _without_suppressed(fired)
    found = [step for rule in fired if rule != LAST_RULE for step in _steps(rule, situation, protocol)]
    found = _allowed_in_sector(_past_the_principal(found, facts), facts.sector)
    if LAST_RULE in fired:
        found += _steps(LAST_RULE, Situation(facts, _has_external_must(found, protocol)), protocol)
    return _ordered(found, facts, protocol)


def is_walled(facts: Facts) -> bool:
    """Say whether the case is kept from the usual team: it is about staff or the principal.

    Precedence 1 and 2: only the board's officer and the author see it, and never the person it is about.
    """
    return facts.subject_role in ("staff", "principal")


def _steps(rule: str, situation: Situation, protocol: Protocol) -> list[_Found]:
    """Return the steps of one rule that apply."""
    return [_found(rule, step, situation) for step in protocol.rules[rule].steps if step.when(situation)]


def _found(rule: str, step: Step, situation: Situation) -> _Found:
    """Return the step with the first variant that holds."""
    obligation, basis, urgency, why = step.obligation, step.basis, step.urgency, step.why
    for variant in step.variants:
        if variant.when(situation):
            obligation, basis = variant.obligation or obligation, variant.basis or basis
            urgency, why = variant.urgency or urgency, variant.why or why
            break
    return _Found(rule, step.recipient, obligation, basis, urgency, why, step.source, step.actor)


def _closed_steps(fired: Iterable[str], situation: Situation, protocol: Protocol) -> tuple[Advice, ...]:
    """Precedence 1: R18 and R19 shut out all but 112, and 112 is only for immediate danger.

    They keep their own order (precedence 7), and the board takes the four steps (precedence 8).
    """
    found = []
    if situation.facts.immediate_danger:
        found = [step for step in _steps("R01", situation, protocol) if step.recipient == "emergency_112"]
    for rule in fired:
        if rule in CLOSED_RULES:
            found += _steps(rule, situation, protocol)
    advices = sorted(_merged(found, situation.facts, protocol), key=lambda advice: CLOSED_ORDER.index(advice.recipient))
    return tuple(a if a.actor == "anyone" else replace(a, actor="board") for a in advices)


def _past_the_principal(found: list[_Found], facts: Facts) -> list[_Found]:
    """Precedence 2: when it is about the principal, the board gets every step that was the principal's."""
    if facts.subject_role != "principal":
        return found
    return [replace(step, recipient="board") if step.recipient == "principal" else step for step in found]


def _without_suppressed(fired: list[str]) -> list[str]:
    """Precedence 3: nothing but an expression (R15) takes away R06, R09, R12 and R13.

    That the radicalisation family is then no reason for R10 and R11 stands in the `when` of those rules.
    """
    if EXPRESSION_RULE not in fired:
        return fired
    return [rule for rule in fired if rule not in SUPPRESSED_BY_EXPRESSION]


def _refuted(situation: Situation, protocol: Protocol) -> list[_Found]:
    """Precedence 4: R33 replaces all other rules; whoever was told is told that it was not true."""
    found = []
    for step in _steps(REFUTED_RULE, situation, protocol):
        told = situation.facts.shared_with if step.recipient == SHARED_WITH else (step.recipient,)
        found += [replace(step, recipient=recipient) for recipient in told]
    return found


def _allowed_in_sector(found: list[_Found], sector: str) -> list[_Found]:
    """Precedence 5: leave out the organisations that do not work for this sector."""
    return [step for step in found if step.recipient not in NOT_IN_SECTOR[sector]]


def _merged(found: Iterable[_Found], facts: Facts, protocol: Protocol) -> list[Advice]:
    """Precedence 6: one recipient appears once, with the strongest obligation and the soonest urgency."""
    by_recipient: dict[str, list[_Found]] = {}
    for step in found:
        by_recipient.setdefault(step.recipient, []).append(step)
    return [_advice(steps, facts, protocol) for steps in by_recipient.values()]


def _advice(steps: Sequence[_Found], facts: Facts, protocol: Protocol) -> Advice:
    """Put the steps for one recipient together; the deciding step gives obligation, basis and source."""
    decider = min(steps, key=lambda step: (_OBLIGATION_RANK[step.obligation], _BASIS_RANK[step.basis]))
    ordered = [decider, *(step for step in steps if step is not decider)]
    return Advice(
        recipient=decider.recipient,
        obligation=decider.obligation,
        basis=decider.basis,
        urgency=min((step.urgency for step in steps), key=_URGENCY_RANK.__getitem__),
        actor=_agreed_actor(steps, facts) or _actor(decider.recipient, facts, protocol),
        rules=tuple(dict.fromkeys(step.rule for step in steps)),
        why={language: " ".join(dict.fromkeys(s.why[language] for s in ordered)) for language in decider.why},
        source=str(decider.source),
    )


def _ordered(found: Iterable[_Found], facts: Facts, protocol: Protocol) -> tuple[Advice, ...]:
    """Precedence 7: by urgency, then obligation, then the order of the contact list."""
    return tuple(
        sorted(
            _merged(found, facts, protocol),
            key=lambda advice: (
                _URGENCY_RANK[advice.urgency],
                _OBLIGATION_RANK[advice.obligation],
                _RECIPIENT_RANK[advice.recipient],
            ),
        )
    )


def _actor(recipient: str, facts: Facts, protocol: Protocol) -> str:
    """Precedence 8: who takes the step.

    Anyone calls 112. Who logged the concern tells the people inside; the care coordinator or the principal
    calls those outside and the parents, but the board does when the case is kept from them.
    """
    if recipient == "emergency_112":
        return "anyone"
    if recipient == "no_further_sharing":
        return "everyone"
    if protocol.recipients[recipient].inside and recipient != "parents":
        return "author"
    return "board" if is_walled(facts) else "coordinator_or_principal"


def _agreed_actor(steps: Sequence[_Found], facts: Facts) -> str:
    """Who takes a step that a board added: as agreed, where no line of the table names this recipient too."""
    agreed = {step.actor for step in steps}
    if len(agreed) != 1:
        return ""
    (actor,) = agreed
    return "board" if actor == "coordinator_or_principal" and is_walled(facts) else actor


def _has_external_must(found: Iterable[_Found], protocol: Protocol) -> bool:
    """Say whether somebody outside the school must be told; R00 is urgent then."""
    return any(
        step.obligation == "must"
        and step.recipient != "no_further_sharing"
        and not protocol.recipients[step.recipient].inside
        for step in found
    )
