"""What new facts do to the steps of a report. Pure: the rows and the engine's answer go in, a plan comes out.

No row disappears. A row covers an advice when it is for the same recipient, of the same kind, at least as strong, and
knows every rule of it. An advice that no row covers becomes a new row; an open row for which the advice became stronger
is replaced by it, and any other open row that covers nothing is marked: it no longer follows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from escalation.engine import REFUTED_RULE, Advice
from escalation.entries import OBLIGATIONS, URGENCIES
from signals import rules


@dataclass(frozen=True)
class Row:
    """As much of a step as the plan needs. key: its id; rules: the rules that asked for it; lapsed: marked already."""

    key: int
    recipient: str
    obligation: str
    urgency: str
    rules: tuple[str, ...]
    state: str
    lapsed: bool = False


@dataclass(frozen=True)
class Plan:
    """new: advices that need a row, each with the open row that it replaces. kept: open rows that still follow.

    lapsed: open rows that no longer follow, as far as they were not marked before.
    """

    new: list[tuple[Advice, Row | None]]
    kept: list[Row]
    lapsed: list[Row]


def plan(rows: Sequence[Row], advices: Iterable[Advice]) -> Plan:
    """Lay the rows of a report beside what the engine says now."""
    live = [row for row in rows if row.state == rules.STEP_OPEN]
    closed = [row for row in rows if row.state not in (rules.STEP_OPEN, rules.STEP_REPLACED)]
    kept: list[Row] = []
    uncovered = []
    for advice in advices:
        exact = next((row for row in live if _same(row, advice) and _knows(row, advice)), None)
        if exact is not None:
            kept.append(exact)
        elif not any(_covers(row, advice) for row in closed):
            uncovered.append(advice)
    rest = [row for row in live if row not in kept]
    new = [(advice, next((row for row in rest if _grew(row, advice)), None)) for advice in uncovered]
    replaced = [row for _advice, row in new if row is not None]
    return Plan(new, kept, [row for row in rest if row not in replaced and not row.lapsed])


def _kind(recipient: str, ids: Iterable[str]) -> tuple[str, bool]:
    """Telling somebody that it was not true is another step than telling them."""
    return recipient, REFUTED_RULE in ids


def _knows(row: Row, advice: Advice) -> bool:
    return _kind(row.recipient, row.rules) == _kind(advice.recipient, advice.rules) and set(advice.rules) <= set(
        row.rules
    )


def _same(row: Row, advice: Advice) -> bool:
    return (row.obligation, row.urgency) == (advice.obligation, advice.urgency)


def _ranks(step: Row | Advice) -> tuple[int, int]:
    """The smaller, the stronger."""
    return OBLIGATIONS.index(step.obligation), URGENCIES.index(step.urgency)


def _covers(row: Row, advice: Advice) -> bool:
    """Whether a step with an outcome answers this advice: whoever took the case up need not be told of it again.

    What was set aside because it no longer followed is asked for once more when it does.
    """
    if not _knows(row, advice) or (row.lapsed and row.state != rules.STEP_DONE):
        return False
    if row.state == rules.STEP_DONE and rules.completes_on_take(advice.recipient, advice.rules):
        return True
    return all(mine <= theirs for mine, theirs in zip(_ranks(row), _ranks(advice), strict=True))


def _grew(row: Row, advice: Advice) -> bool:
    """Whether the advice is for the same recipient and in nothing weaker than the open row, which still followed."""
    if row.lapsed or _kind(row.recipient, row.rules) != _kind(advice.recipient, advice.rules):
        return False
    return all(theirs <= mine for mine, theirs in zip(_ranks(row), _ranks(advice), strict=True))
