"""Reads the rules and the questions of a protocol file."""

from collections.abc import Mapping
from typing import Final

from escalation import entries
from escalation.conditions import Compiler, Condition, always
from escalation.entries import Label, Question, Rule, Source, Step, Variant
from escalation.facts import BOOLEAN_FACTS, MINOR_FACTS, RECIPIENTS
from escalation.loading import take_source
from escalation.reader import Fields

# The engine's precedence rules call these rules by their id.
RULES_OF_THE_ENGINE: Final = ("R00", "R01", "R06", "R09", "R12", "R13", "R15", "R18", "R19", "R33")
ASKABLE: Final = (*BOOLEAN_FACTS, *MINOR_FACTS, "departure", "shared_with")
_KIND_OF: Final = {"departure": "choice", "shared_with": "recipients", **dict.fromkeys(MINOR_FACTS, "tri")}


def read_rules(
    top: Fields, compiler: Compiler, sources: Mapping[str, Source], chapters: Mapping[str, Label]
) -> dict[str, Rule]:
    """Read the rules, in the order in which they must stand: by id."""
    rules: dict[str, Rule] = {}
    for entry in top.items("rules"):
        rule = _rule(entry, compiler, sources, chapters)
        if rules and rule.id <= list(rules)[-1]:
            raise top.source.error(entry.node, f"rule {rule.id} must stand before {list(rules)[-1]}")
        rules[rule.id] = rule
    for name in RULES_OF_THE_ENGINE:
        if name not in rules:
            raise top.source.error(top.node, f"rule {name} is missing")
    return rules


def _rule(entry: Fields, compiler: Compiler, sources: Mapping[str, Source], chapters: Mapping[str, Label]) -> Rule:
    name, enabled = entry.text("id"), entry.flag("enabled", default=True)
    chapter, says = entry.choice("chapter", chapters), entry.words("says")
    when = compiler.compile(entry.take("when"))
    source = take_source(entry, sources)
    steps = tuple(_step(item, compiler, sources, source) for item in entry.items("steps"))
    if not steps:
        raise entry.source.error(entry.node, f"rule {name} has no steps")
    entry.done()
    return Rule(name, chapter, says, enabled, when, steps)


def _step(entry: Fields, compiler: Compiler, sources: Mapping[str, Source], source: Source) -> Step:
    variants = entry.items("variants") if entry.has("variants") else []
    step = Step(
        recipient=entry.choice("recipient", (*RECIPIENTS, entries.SHARED_WITH)),
        obligation=entry.choice("obligation", entries.OBLIGATIONS),
        basis=entry.choice("basis", entries.BASES),
        urgency=entry.choice("urgency", entries.URGENCIES),
        says=entry.words("says") if entry.has("when") else None,
        when=_when(entry, compiler),
        why=entry.words("why"),
        source=take_source(entry, sources) if entry.has("source") else source,
        variants=tuple(_variant(item, compiler) for item in variants),
    )
    entry.done()
    return step


def _variant(entry: Fields, compiler: Compiler) -> Variant:
    variant = Variant(
        when=compiler.compile(entry.take("when")),
        says=entry.words("says"),
        obligation=_optional(entry, "obligation", entries.OBLIGATIONS),
        basis=_optional(entry, "basis", entries.BASES),
        urgency=_optional(entry, "urgency", entries.URGENCIES),
        why=entry.optional_words("why"),
    )
    entry.done()
    return variant


def _optional(entry: Fields, key: str, allowed: tuple[str, ...]) -> str | None:
    return entry.choice(key, allowed) if entry.has(key) else None


def _when(entry: Fields, compiler: Compiler) -> Condition:
    return compiler.compile(entry.take("when")) if entry.has("when") else always


def read_questions(top: Fields, compiler: Compiler, choices: Mapping[str, tuple[Label, ...]]) -> tuple[Question, ...]:
    """Read the questions in the order in which they are asked; every fact that can be asked has one.

    Arguments: `choices` are the answers to choose from, by kind of question.
    """
    section = top.fields("questions")
    questions = []
    for fact, entry in section.each():
        if fact not in ASKABLE:
            raise entry.source.error(entry.node, f"'{fact}' is not a fact that can be asked")
        kind = entry.choice("kind", (_KIND_OF.get(fact, "yes_no"),))
        label, help_text = entry.words("label"), entry.words("help")
        when, depends_on = compiler.compile(entry.take("when")), entry.texts("depends_on", ASKABLE)
        questions.append(Question(fact, kind, label, help_text, when, choices.get(kind, ()), depends_on))
        entry.done()
    asked = {question.fact for question in questions}
    for fact in ASKABLE:
        if fact not in asked:
            raise top.source.error(section.node, f"the question '{fact}' is missing")
    return tuple(questions)
