"""Whether what a board wants to agree takes something away from a law or a guideline. Pure.

Only steps with basis `product` may be changed, and what is added only adds. That is nearly all of it: one recipient
appears once with the soonest urgency of all, so a proposal of ours can make a step of the law come sooner. Whoever
takes that away takes it from the law's step, and is refused as well; such cases are searched for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final

from escalation.conditions import Situation
from escalation.engine import CLOSED_RULES, REFUTED_RULE, Advice, decide
from escalation.entries import OBLIGATIONS, URGENCIES, Protocol, Rule, Step
from escalation.facts import BOOLEAN_FACTS, CONCERNS, DEPARTURES, SECTORS, SUBJECT_ROLES, Facts, imply
from escalation.own import ADD, CONDITIONS, NEVER_ADDED, OFF, Agreement, is_off, is_product, step_of, with_own

FIXED, TOGETHER, GONE, RECIPIENT, CONDITION = "fixed", "together", "gone", "recipient", "condition"
ALONE: Final = (*CLOSED_RULES, REFUTED_RULE)  # their steps are never put together with those of another rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something can't be agreed.

    FIXED: the step is no proposal of ours. TOGETHER: another one, which is none, would come later in some case.
    GONE: the table has no such step, or it is switched off. RECIPIENT: nobody whom a board can add. CONDITION: it can
    never hold. rule, step: what stands in the way.
    """

    why: str
    rule: Rule | None = None
    step: Step | None = None


def refusal(protocol: Protocol, agreement: Agreement, examples: Iterable[Facts] = ()) -> Refusal | None:
    """Say why a board can't agree this, or None.

    Args:
        protocol: the table that holds for the board now.
        agreement: what it wants.
        examples: cases to try beside those that are searched for.
    """
    if agreement.kind == ADD:
        return _not_added(agreement)
    rule, step = protocol.rules.get(agreement.rule), step_of(protocol, agreement.rule, agreement.recipient)
    if rule is None or step is None or is_off(step):
        return Refusal(GONE)
    if not is_product(step):
        return Refusal(FIXED, rule, step)
    after = with_own(protocol, [agreement])
    for other, line in _beside(protocol, rule, step, agreement):
        if any(lowered(decide(facts, protocol), decide(facts, after)) for facts in _both_fire(rule, other)):
            return Refusal(TOGETHER, other, line)
    for facts in examples:
        if lost := lowered(decide(facts, protocol), decide(facts, after)):
            return Refusal(TOGETHER, protocol.rules[lost.rules[0]])
    return None


def lowered(before: Iterable[Advice], after: Iterable[Advice]) -> Advice | None:
    """The first step on a law or guideline that went, became weaker or comes later; None when there is none."""
    now = {advice.recipient: advice for advice in after}
    for was in before:
        if was.basis != "product" and not (was.recipient in now and _as_strong(now[was.recipient], was)):
            return was
    return None


def _as_strong(now: Advice, was: Advice) -> bool:
    obligation = OBLIGATIONS.index(now.obligation) <= OBLIGATIONS.index(was.obligation)
    return obligation and URGENCIES.index(now.urgency) <= URGENCIES.index(was.urgency)


def _not_added(agreement: Agreement) -> Refusal | None:
    if agreement.recipient in NEVER_ADDED:
        return Refusal(RECIPIENT)
    known = dict(agreement.conditions)
    possible = all(value in CONDITIONS.get(fact, ()) for fact, value in agreement.conditions)
    if not known or len(known) != len(set(agreement.conditions)) or not possible:
        return Refusal(CONDITION)
    return None


def _beside(protocol: Protocol, rule: Rule, step: Step, agreement: Agreement) -> Iterator[tuple[Rule, Step]]:
    """Steps of a law or guideline for the same recipient that come later than this one does, if it comes later now."""
    soonest = min(_urgencies(step))
    later = agreement.kind == OFF or URGENCIES.index(agreement.urgency) > soonest
    if not later or rule.id in ALONE:
        return
    whom = {step.recipient} | ({"board"} if step.recipient == "principal" else set())
    for other in protocol.rules.values():
        if other.id not in (rule.id, *ALONE):
            for line in other.steps:
                if line.recipient in whom and not is_product(line) and max(_urgencies(line)) > soonest:
                    yield other, line


def _urgencies(step: Step) -> list[int]:
    return [URGENCIES.index(code) for code in (step.urgency, *(row.urgency or step.urgency for row in step.variants))]


def _both_fire(one: Rule, other: Rule) -> Iterator[Facts]:
    for facts in _cases():
        situation = Situation(imply(facts))
        if one.fires(situation) and other.fires(situation):
            yield facts


def _cases() -> Iterator[Facts]:
    """Enough kinds of cases to meet any two rules: every concern and role with one answer in every sector, or two."""
    answers: list[dict[str, Any]] = [{}, *({fact: True} for fact in BOOLEAN_FACTS)]
    pairs: list[dict[str, Any]] = [dict.fromkeys(pair, True) for pair in combinations(BOOLEAN_FACTS, 2)]
    for concern, role, known in product(CONCERNS, ("pupil", "staff", "outsider"), pairs):
        yield Facts(sector="vo", concern=concern, subject_role=role, **known)
    for sector, concern, role, known in product(SECTORS, CONCERNS, SUBJECT_ROLES, answers):
        yield Facts(sector=sector, concern=concern, subject_role=role, **known)
    for sector, departure, role, known in product(SECTORS, DEPARTURES, SUBJECT_ROLES, answers):
        yield Facts(sector=sector, concern="other", subject_role=role, departure=departure, **known)
