"""Reads the protocol files, one for each version, and knows which one holds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import yaml

from escalation import entries, facts
from escalation.conditions import Compiler
from escalation.entries import Label, Protocol, Recipient
from escalation.loading import (
    read_concerns,
    read_labels,
    read_recipients,
    read_sources,
    read_terms,
)
from escalation.loading_rules import read_questions, read_rules
from escalation.reader import Fields, ProtocolError, read_fields

__all__ = [
    "PROTOCOLS",
    "Protocol",
    "ProtocolError",
    "all_protocols",
    "current_protocol",
    "load_protocol",
    "load_protocols",
    "previous_protocol",
    "protocol_of",
    "protocol_on",
]

PROTOCOLS: Final = Path(__file__).parent / "protocols"
HERE: Final = ZoneInfo("Europe/Amsterdam")
ANSWERS: Final = ("yes", "no", "unknown")
# 112 keeps no file on a pupil, and the other one is nobody: neither is asked for as "whom did you tell".
NEVER_TOLD: Final = ("emergency_112", "no_further_sharing")


def load_protocol(path: Path) -> Protocol:
    """Read and check a protocol file.

    Arguments: `path` of a YAML file. Errors: `ProtocolError`, whose text begins with file and line, for
    whatever is missing, unknown or refers to nothing; `OSError` when the file can't be opened.
    """
    top = read_fields(path)
    named, rule_nodes = _nodes(top)
    compiler = Compiler(top.source, named=named, rules=rule_nodes)
    for node in named.values():
        compiler.compile(node)
    protocol = _read(top, compiler, _question_compiler(top, named))
    top.done()
    return protocol


def _read(top: Fields, compiler: Compiler, question_compiler: Compiler) -> Protocol:
    """Read all sections; the order of the arguments is the order in which mistakes are found."""
    sources = read_sources(top.fields("sources"))
    groups, departures = read_labels(top, "concern_groups"), read_labels(top, "departures", facts.DEPARTURES)
    chapters = read_labels(top, "chapters")
    answers, recipients = read_labels(top, "answers", ANSWERS), read_recipients(top, sources)
    choices = _choices(departures, answers, recipients)
    return Protocol(
        version=top.text("version"),
        valid_from=top.day("valid_from"),
        sources=sources,
        terms=read_terms(top.fields("terms")),
        sectors=read_labels(top, "sectors", facts.SECTORS),
        concern_groups=groups,
        chapters=chapters,
        concerns=read_concerns(top, groups),
        subject_roles=read_labels(top, "subject_roles", facts.SUBJECT_ROLES),
        departures=departures,
        answers=answers,
        obligations=read_labels(top, "obligations", entries.OBLIGATIONS),
        bases=read_labels(top, "bases", entries.BASES),
        urgencies=read_labels(top, "urgencies", entries.URGENCIES),
        actors=read_labels(top, "actors", entries.ACTORS),
        recipients=recipients,
        rules=read_rules(top, compiler, sources, chapters),
        questions=read_questions(top, question_compiler, choices),
    )


def _choices(
    departures: Mapping[str, Label], answers: Mapping[str, Label], recipients: Mapping[str, Recipient]
) -> dict[str, tuple[Label, ...]]:
    """Return the answers to choose from, by kind of question."""
    told = tuple(Label(r.key, r.name) for r in recipients.values() if r.key not in NEVER_TOLD)
    return {"choice": tuple(departures.values()), "tri": tuple(answers.values()), "recipients": told}


def _nodes(top: Fields) -> tuple[dict[str, yaml.Node], dict[str, yaml.Node | None]]:
    """Return the named conditions, and the `when` of every rule (`None` when it is switched off)."""
    conditions = top.fields("conditions")
    named = {name: conditions.take(name) for name in conditions.names()}
    rules: dict[str, yaml.Node | None] = {}
    for rule in top.peek_items("rules"):
        name, enabled = rule.text("id"), rule.flag("enabled", default=True)
        if name in rules:
            raise top.source.error(rule.node, f"rule {name} stands here twice")
        rules[name] = rule.take("when") if enabled else None
    return named, rules


def _question_compiler(top: Fields, named: dict[str, yaml.Node]) -> Compiler:
    """Return a compiler for what is known before the first question: sector, concern and whom it is about."""
    return Compiler(top.source, named=named, rules={}, only=frozenset(facts.REQUIRED_FACTS))


def load_protocols(folder: Path) -> tuple[Protocol, ...]:
    """Read and check every version in a folder, oldest first.

    Each holds until the next one does, so there is no day without one or with two.

    Errors: `ProtocolError`, for a mistake in one of the files, or a version or first day that two files share.
    """
    found = [(load_protocol(path), path) for path in sorted(folder.glob("*.yaml"))]
    if not found:
        raise ProtocolError(folder, 0, "there is no protocol here")
    found.sort(key=lambda pair: pair[0].valid_from)
    for (earlier, first), (later, second) in combinations(found, 2):
        if earlier.version == later.version:
            raise ProtocolError(second, 1, f"version {later.version} stands in {first.name} already")
        if earlier.valid_from == later.valid_from:
            raise ProtocolError(second, 1, f"{first.name} begins on {later.valid_from} already")
    return tuple(protocol for protocol, _path in found)


@cache
def all_protocols() -> tuple[Protocol, ...]:
    """Return all versions that are installed, oldest first. Read once, when the program starts."""
    return load_protocols(PROTOCOLS)


def protocol_on(day: date, protocols: Sequence[Protocol]) -> Protocol:
    """Return the version that holds on a day; before the first one held, that one."""
    return next((found for found in reversed(protocols) if found.valid_from <= day), protocols[0])


def current_protocol() -> Protocol:
    """Return the protocol that holds today in the Netherlands."""
    return protocol_on(datetime.now(HERE).date(), all_protocols())


def protocol_of(version: str) -> Protocol:
    """Return the protocol of a version that is still installed: a case keeps the one with which it was sent.

    What a board agreed beside it stands after a plus, and is left out here; see `escalation/own.py`.

    Errors: `ProtocolError` when no file has this version.
    """
    national = version.partition("+")[0]
    found = next((found for found in all_protocols() if found.version == national), None)
    if found is None:
        raise ProtocolError(PROTOCOLS, 0, f"no protocol has version {version}")
    return found


def previous_protocol(protocol: Protocol) -> Protocol | None:
    """Return the version that held before this one; None for the first."""
    earlier = [found for found in all_protocols() if found.valid_from < protocol.valid_from]
    return earlier[-1] if earlier else None
