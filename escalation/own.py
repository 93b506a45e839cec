"""What a board agreed beside the national table, and how the two become one table. Pure: no Django, no clock.

A board adds a step, or changes or switches off one whose basis is `product`. The agreements that hold at a moment have
a number of their own, the edition: how many times one began or ended at this board until then. So "2026-11+7" says with
which table, agreements included, a case was made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from escalation.conditions import DERIVED, Condition, Situation, always, never
from escalation.engine import EXPRESSION_RULE, is_walled
from escalation.entries import Label, Protocol, Rule, Source, Step
from escalation.facts import BOOLEAN_FACTS, CHOICE_FACTS, MINOR_FACTS
from escalation.reader import Words

ADD, CHANGE, OFF = "add", "change", "off"
KINDS: Final = (ADD, CHANGE, OFF)
CHAPTER: Final = "own"
CHAPTER_NAME: Final = {"nl": "Afspraken van ons bestuur", "en": "What our board agreed"}
SOURCE: Final = "Afspraak van het bestuur"  # how the source of an own step begins; a step keeps it
# 112 has its own rule, and a board can't add that nobody is told.
NEVER_ADDED: Final = ("emergency_112", "no_further_sharing")
YES, NO = "yes", "no"
# What a condition can be about: that it was shown wrong replaces every step, and whom one told is no condition.
CONDITIONS: Final[dict[str, tuple[str, ...]]] = {
    "concern": CHOICE_FACTS["concern"],
    "subject_role": CHOICE_FACTS["subject_role"],
    "sector": CHOICE_FACTS["sector"],
    "departure": tuple(value for value in CHOICE_FACTS["departure"] if value != "none"),
    **dict.fromkeys(MINOR_FACTS, (YES, NO)),
    **{fact: (YES,) for fact in BOOLEAN_FACTS if fact != "refuted"},
}
_ABOUT: Final[dict[str, Words]] = {
    "concern": {"nl": "Het gaat over", "en": "It is about"},
    "subject_role": {"nl": "Over wie", "en": "Whom it is about"},
    "sector": {"nl": "Soort onderwijs", "en": "Kind of school"},
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing that a board agreed. `number` counts per board.

    rule: whose step it is about; empty for a step of its own, which has `conditions` instead: a fact and its value
    each, all of which must hold. obligation, urgency, actor: empty where it says nothing about them.
    """

    number: int
    kind: str
    recipient: str
    since: date
    why: Words
    rule: str = ""
    conditions: tuple[tuple[str, str], ...] = ()
    obligation: str = ""
    urgency: str = ""
    actor: str = ""

    @property
    def id(self) -> str:
        """How a step of its own is known among the rules."""
        return f"E{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when an agreement holds."""

    agreement: Agreement
    begins: datetime
    ends: datetime | None = None


def edition_at(terms: Iterable[Term], moment: datetime) -> int:
    """How many times one began or ended until this moment: later decisions never change it, only add to it."""
    return sum(at <= moment for at, _begins, _agreement in _switches(terms))


def in_edition(terms: Iterable[Term], edition: int) -> list[Agreement]:
    """The agreements that held then, by number."""
    held: dict[int, Agreement] = {}
    for _at, begins, agreement in _switches(terms)[:edition]:
        if begins:
            held[agreement.number] = agreement
        else:
            held.pop(agreement.number, None)
    return [held[number] for number in sorted(held)]


def _switches(terms: Iterable[Term]) -> list[tuple[datetime, bool, Agreement]]:
    """Every beginning and end in order of time. What ended before it began did neither."""
    found = []
    for term in terms:
        if term.ends is None or term.begins < term.ends:
            found.append((term.begins, True, term.agreement))
            if term.ends is not None:
                found.append((term.ends, False, term.agreement))
    return sorted(found, key=lambda switch: (switch[0], switch[1], switch[2].number))


def with_own(protocol: Protocol, agreements: Sequence[Agreement], *, edition: int = 0) -> Protocol:
    """Return the national table with what a board agreed. What it can't be about (any more) changes nothing."""
    rules = dict(protocol.rules)
    for agreement in agreements:
        if agreement.kind == ADD:
            rules[agreement.id] = _own_rule(agreement, protocol)
        elif (step := step_of(protocol, agreement.rule, agreement.recipient)) and is_product(step):
            rules[agreement.rule] = _changed_rule(rules[agreement.rule], agreement)
    return replace(
        protocol,
        version=f"{protocol.version}+{edition}" if edition else protocol.version,
        chapters={**protocol.chapters, CHAPTER: Label(CHAPTER, CHAPTER_NAME)},
        rules=rules,
    )


def step_of(protocol: Protocol, rule: str, recipient: str) -> Step | None:
    """The step of a rule for somebody; None when the table has none."""
    found = protocol.rules.get(rule)
    return next((step for step in found.steps if step.recipient == recipient), None) if found else None


def is_product(step: Step) -> bool:
    """Whether the step, whatever its circumstances, is a proposal of ours and nothing more."""
    return all(basis == "product" for basis in (step.basis, *(row.basis or step.basis for row in step.variants)))


def is_off(step: Step) -> bool:
    """Whether a board switched this step off."""
    return step.when is never


def is_own(source: str) -> bool:
    """Whether the words of a step's source say that a board agreed it."""
    return source.startswith(SOURCE)


def condition_words(conditions: Iterable[tuple[str, str]], protocol: Protocol) -> Words:
    """When a step of its own follows, in words."""
    parts = [_condition(fact, value, protocol) for fact, value in conditions]
    return {language: "; ".join(part[language] for part in parts) for language in ("nl", "en")}


def _condition(fact: str, value: str, protocol: Protocol) -> Words:
    answer = answer_name(fact, value, protocol)
    if fact in _ABOUT:
        return _joined(_ABOUT[fact], answer, ": ")
    asked = next(question.label for question in protocol.questions if question.fact == fact)
    return _joined(asked, answer, " ")


def answer_name(fact: str, value: str, protocol: Protocol) -> Words:
    """An answer as the forms call it."""
    if fact == "concern":
        return protocol.concerns[value].name
    labels = {
        "subject_role": protocol.subject_roles,
        "sector": protocol.sectors,
        "departure": protocol.departures,
    }
    return labels.get(fact, protocol.answers)[value].name


def _joined(left: Words, right: Words, sign: str) -> Words:
    return {language: f"{left[language]}{sign}{right[language]}" for language in ("nl", "en")}


def _own_rule(agreement: Agreement, protocol: Protocol) -> Rule:
    step = Step(
        recipient=agreement.recipient,
        obligation=agreement.obligation,
        basis="product",
        urgency=agreement.urgency,
        when=always,
        says=None,
        why=agreement.why,
        source=_source(agreement),
        actor=agreement.actor,
    )
    when = _when(agreement, protocol)
    return Rule(agreement.id, CHAPTER, condition_words(agreement.conditions, protocol), True, when, (step,))


def _when(agreement: Agreement, protocol: Protocol) -> Condition:
    """All conditions hold, and the step does not break through what the table keeps small.

    With only an expression (R15) the sector says: share no further. So no step of a board leads outside the team then,
    nor to the parents. And what is about staff or a principal never goes to the care coordinator by such a step.
    """
    tests = [_holds(fact, value) for fact, value in agreement.conditions]
    outside = agreement.recipient == "parents" or not protocol.recipients[agreement.recipient].inside
    expression = protocol.rules[EXPRESSION_RULE]
    to_coordinator = agreement.recipient == "care_coordinator"

    def when(situation: Situation) -> bool:
        if not all(test(situation) for test in tests) or (to_coordinator and is_walled(situation.facts)):
            return False
        return not (outside and expression.fires(situation))

    return when


def _holds(fact: str, value: str) -> Condition:
    if fact in MINOR_FACTS:
        who = fact.partition("_")[0] if fact == "victim_is_minor" else "subject"
        return DERIVED[f"{who}_minor" if value == YES else f"{who}_adult"]
    wanted: object = value == YES if fact in BOOLEAN_FACTS else value
    return lambda situation: getattr(situation.facts, fact) == wanted


def _changed_rule(rule: Rule, agreement: Agreement) -> Rule:
    steps = (_changed(step, agreement) if step.recipient == agreement.recipient else step for step in rule.steps)
    return replace(rule, steps=tuple(steps))


def _changed(step: Step, agreement: Agreement) -> Step:
    """What the board agreed holds in every circumstance; a reason that belongs to a circumstance stays."""
    if agreement.kind == OFF:
        return replace(step, when=never, why=agreement.why, source=_source(agreement))
    return replace(
        step,
        obligation=agreement.obligation,
        urgency=agreement.urgency,
        why=agreement.why,
        source=_source(agreement),
        variants=tuple(replace(row, obligation=None, urgency=None) for row in step.variants),
    )


def _source(agreement: Agreement) -> Source:
    return Source(CHAPTER, f"{SOURCE}, nr. {agreement.number}", "", agreement.since)
