"""The small language of `when` in a protocol file, compiled to functions once, when the file is read.

immediate_danger                     a yes/no fact, a derived name or a condition named in the file
fired:R15                            the `when` of another rule
{departure: [suspected, departed]}   the fact has one of these values
{all: [...]}  {any: [...]}  {not: ...}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from escalation.facts import BOOLEAN_FACTS, CHOICE_FACTS, MINOR_FACTS, Facts, counts_as_minor
from escalation.reader import ProtocolError, Source


@dataclass(frozen=True, slots=True)
class Situation:
    """What a condition looks at: the facts, and whether somebody outside the school must be told."""

    facts: Facts
    external_must: bool = False


Condition: TypeAlias = Callable[[Situation], bool]

DERIVED: Final[dict[str, Condition]] = {
    "subject_minor": lambda s: counts_as_minor(s.facts.subject_is_minor, s.facts.sector),
    "subject_adult": lambda s: not counts_as_minor(s.facts.subject_is_minor, s.facts.sector),
    "victim_minor": lambda s: counts_as_minor(s.facts.victim_is_minor, s.facts.sector),
    "victim_adult": lambda s: not counts_as_minor(s.facts.victim_is_minor, s.facts.sector),
    "external_must": lambda s: s.external_must,
}
_ALLOWED_VALUES: Final[dict[str, tuple[object, ...]]] = {
    **CHOICE_FACTS,
    **dict.fromkeys(MINOR_FACTS, (True, False, None)),
    **dict.fromkeys(BOOLEAN_FACTS, (True, False)),
}


def always(_: Situation) -> bool:
    """Hold in every situation: what a step without `when` has."""
    return True


def never(_: Situation) -> bool:
    """Hold in no situation: what a rule that is switched off has."""
    return False


class Compiler:
    """Compiles the conditions of one file; knows its named conditions and the `when` of its rules."""

    def __init__(
        self,
        source: Source,
        *,
        named: Mapping[str, yaml.Node],
        rules: Mapping[str, yaml.Node | None],
        only: frozenset[str] | None = None,
    ) -> None:
        """Keep the nodes to refer to.

        Arguments: named conditions and rules (`None` when switched off) by name; with `only` no other facts
        may be used.
        """
        self.source = source
        self.only = only
        self._nodes = {**named, **{f"fired:{rule}": node for rule, node in rules.items()}}
        self._done: dict[str, Condition] = {}
        self._busy: list[str] = []

    def compile(self, node: yaml.Node) -> Condition:
        """Return the condition at `node`; raise `ProtocolError` for what is not in the language."""
        if isinstance(node, yaml.ScalarNode):
            return self._name(self.source.text(node), node)
        if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
            raise self.source.error(node, "a condition is one name or one 'key: value'")
        key_node, value_node = node.value[0]
        key = self.source.text(key_node)
        if key == "all":
            return _all(self._each(value_node))
        if key == "any":
            return _any(self._each(value_node))
        if key == "not":
            return _not(self.compile(value_node))
        return self._fact(key, key_node, value_node)

    def _each(self, node: yaml.Node) -> tuple[Condition, ...]:
        conditions = tuple(self.compile(item) for item in self.source.listed(node))
        if not conditions:
            raise self.source.error(node, "this list of conditions is empty")
        return conditions

    def _name(self, name: str, node: yaml.Node) -> Condition:
        if name in BOOLEAN_FACTS:
            self._check_allowed(name, node)
            return _equals(name, True)
        if name in DERIVED:
            self._check_allowed(name, node)
            return DERIVED[name]
        if name not in self._nodes:
            raise self.source.error(node, f"'{name}' is not a yes/no fact, a named condition or a rule")
        if name in self._busy:
            raise self.source.error(node, f"'{name}' refers to itself: {' > '.join([*self._busy, name])}")
        if name not in self._done:
            target = self._nodes[name]
            self._busy.append(name)
            self._done[name] = never if target is None else self._target(name, target, node)
            self._busy.pop()
        return self._done[name]

    def _target(self, name: str, target: yaml.Node, node: yaml.Node) -> Condition:
        """Compile what a name stands for; where facts are limited, the mistake is in who uses the name."""
        try:
            return self.compile(target)
        except ProtocolError as error:
            if self.only is None:
                raise
            raise self.source.error(node, f"'{name}' can't be used here: {error.message}") from error

    def _fact(self, fact: str, key_node: yaml.Node, value_node: yaml.Node) -> Condition:
        if fact not in _ALLOWED_VALUES:
            raise self.source.error(key_node, f"'{fact}' is not a fact that the protocol knows")
        self._check_allowed(fact, key_node)
        nodes = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
        values = tuple(self._value(fact, node) for node in nodes)
        if not values:
            raise self.source.error(value_node, "this list of values is empty")
        return _equals(fact, values[0]) if len(values) == 1 else _one_of(fact, frozenset(values))

    def _value(self, fact: str, node: yaml.Node) -> object:
        value = self.source.value(node)
        for allowed in _ALLOWED_VALUES[fact]:
            if value == allowed and type(value) is type(allowed):
                return allowed
        raise self.source.error(node, f"'{value}' is not a value of {fact}")

    def _check_allowed(self, fact: str, node: yaml.Node) -> None:
        if self.only is not None and fact not in self.only:
            raise self.source.error(node, f"'{fact}' can't be used here, only {', '.join(sorted(self.only))}")


def _equals(fact: str, value: object) -> Condition:
    return lambda s: getattr(s.facts, fact) == value


def _one_of(fact: str, values: frozenset[object]) -> Condition:
    return lambda s: getattr(s.facts, fact) in values


def _not(condition: Condition) -> Condition:
    return lambda s: not condition(s)


def _all(conditions: tuple[Condition, ...]) -> Condition:
    def test(situation: Situation) -> bool:
        return all(condition(situation) for condition in conditions)

    return test


def _any(conditions: tuple[Condition, ...]) -> Condition:
    def test(situation: Situation) -> bool:
        return any(condition(situation) for condition in conditions)

    return test
