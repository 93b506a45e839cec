"""What changed between two versions of the protocol. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from escalation.entries import Protocol, Recipient, Rule, Step


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. For `kind` see below; `old` and `new` are what it was about before and after.

    rule_new, rule_gone, rule_on, rule_off, rule_when: a rule came, went, was switched or has another condition.
    step_new, step_gone, step_changed: somebody must be called as well, no longer, or otherwise.
    reach: a national number, address or page is another one.
    """

    kind: str
    old: Rule | Step | Recipient | None
    new: Rule | Step | Recipient | None
    rule: Rule | None = None  # the rule in which a step stands


def differences(old: Protocol, new: Protocol) -> list[Change]:
    """Return what is different, in the order of the newer table; numbers last. Words of explanation don't count."""
    found = [change for name in sorted({*old.rules, *new.rules}) for change in _rule(old, new, name)]
    return [*found, *_recipients(old, new)]


def _rule(old: Protocol, new: Protocol, name: str) -> Iterator[Change]:
    before, after = old.rules.get(name), new.rules.get(name)
    if before is None or after is None:
        yield Change("rule_gone" if after is None else "rule_new", before, after)
        return
    if before.enabled != after.enabled:
        yield Change("rule_on" if after.enabled else "rule_off", before, after)
    if before.says != after.says:
        yield Change("rule_when", before, after)
    steps_before, steps_after = _steps(before), _steps(after)
    for key in [*steps_after, *(key for key in steps_before if key not in steps_after)]:
        was, now = steps_before.get(key), steps_after.get(key)
        if was is None or now is None:
            yield Change("step_gone" if now is None else "step_new", was, now, after)
        elif _firmness(was) != _firmness(now):
            yield Change("step_changed", was, now, after)


def _steps(rule: Rule) -> dict[tuple[str, int], Step]:
    """The steps by recipient, and by turn where a rule names one twice."""
    found: dict[tuple[str, int], Step] = {}
    for step in rule.steps:
        turn = sum(recipient == step.recipient for recipient, _turn in found)
        found[step.recipient, turn] = step
    return found


def _firmness(step: Step) -> tuple[object, ...]:
    variants = tuple((row.says, row.obligation, row.basis, row.urgency) for row in step.variants)
    return step.obligation, step.basis, step.urgency, step.says, variants


def _recipients(old: Protocol, new: Protocol) -> Iterator[Change]:
    for key, now in new.recipients.items():
        was = old.recipients.get(key)
        if was and (was.phone, was.email, was.url) != (now.phone, now.email, now.url):
            yield Change("reach", was, now)
