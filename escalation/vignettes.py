"""Twelve invented cases on which a board sees what an agreement of its own would do. Pure."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from escalation.engine import Advice, decide
from escalation.entries import Protocol
from escalation.facts import Facts, parse_facts
from escalation.reader import Words

FILE: Final = Path(__file__).parent / "vignettes.yaml"
NEW, GONE, CHANGED, REASON = "new", "gone", "changed", "reason"


@dataclass(frozen=True, slots=True)
class Vignette:
    """One case: what happened in words, and what the answers amount to."""

    id: str
    title: Words
    text: Words
    facts: Facts


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different for one recipient. NEW, GONE; CHANGED: how firm, by when or by whom; REASON: only why."""

    kind: str
    recipient: str
    old: Advice | None
    new: Advice | None


@cache
def vignettes() -> tuple[Vignette, ...]:
    """The cases in the order of the file; read once."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Vignette(
            row["id"],
            {"nl": row["title"], "en": row["title_en"]},
            {"nl": row["text"], "en": row["gloss"]},
            parse_facts(row["facts"]),
        )
        for row in rows
    )


def compare(facts: Facts, now: Protocol, then: Protocol) -> tuple[list[Difference], tuple[Advice, ...]]:
    """What is different between two tables for one case, and all steps as they would be."""
    before = {advice.recipient: advice for advice in decide(facts, now)}
    after = decide(facts, then)
    found = [_difference(before.get(advice.recipient), advice) for advice in after]
    left = [key for key in before if key not in {advice.recipient for advice in after}]
    gone = [Difference(GONE, key, before[key], None) for key in left]
    return [*(one for one in found if one), *gone], after


def _difference(old: Advice | None, new: Advice) -> Difference | None:
    if old is None:
        return Difference(NEW, new.recipient, None, new)
    if (old.obligation, old.urgency, old.actor) != (new.obligation, new.urgency, new.actor):
        return Difference(CHANGED, new.recipient, old, new)
    if (old.why, old.source) != (new.why, new.source):
        return Difference(REASON, new.recipient, old, new)
    return None
