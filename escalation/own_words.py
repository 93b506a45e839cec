"""What a board agreed, what it would do and why something can't be agreed, in the language of the screen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from escalation import vignettes as cases
from escalation.engine import Advice
from escalation.entries import Protocol
from escalation.own import ADD, Agreement, condition_words, step_of
from escalation.texts import say
from escalation.vignettes import Difference, Vignette
from escalation.weakening import FIXED, RECIPIENT, TOGETHER, Refusal


@dataclass(frozen=True)
class Told:
    """An agreement in words. was: how firm the step is in the national table; empty for a step of its own."""

    number: int
    kind: str
    when: str
    who: str
    how: str
    was: str
    why: str
    gone: bool
    since: date


def told(agreement: Agreement, protocol: Protocol) -> Told:
    """Say an agreement. `protocol`: the national table; `gone`: it no longer has the step."""
    rule, step = protocol.rules.get(agreement.rule), step_of(protocol, agreement.rule, agreement.recipient)
    when = condition_words(agreement.conditions, protocol) if agreement.kind == ADD else rule.says if rule else None
    how = _("is switched off")
    if agreement.obligation:
        how = firm(agreement.obligation, agreement.urgency, protocol)
    return Told(
        agreement.number,
        agreement.kind,
        capfirst(say(when)) or _("A step that the table no longer has"),
        capfirst(say(protocol.recipients[agreement.recipient].name)),
        how,
        firm(step.obligation, step.urgency, protocol) if step else "",
        say(agreement.why),
        gone=agreement.kind != ADD and step is None,
        since=agreement.since,
    )


def firm(obligation: str, urgency: str, protocol: Protocol) -> str:
    """Must, today."""
    return f"{say(protocol.obligations[obligation].name)} · {say(protocol.urgencies[urgency].name)}".lower()


def refused(found: Refusal, protocol: Protocol) -> str:
    """Why something can't be agreed, with the rule and its source."""
    if found.why == RECIPIENT:
        return _("A board can't add this one: the table itself says when it is called, and when nobody is told more.")
    if found.why not in (FIXED, TOGETHER) or found.rule is None:
        return _("This can't be agreed: no concern can be like this, or the table has no such step.")
    step = found.step or found.rule.steps[0]
    parts = {
        "rule": say(found.rule.says),
        "who": say(protocol.recipients[step.recipient].name) if step.recipient in protocol.recipients else "",
        "basis": say(protocol.bases[step.basis].name),
        "source": step.source.title,
    }
    if found.why == TOGETHER:
        return (
            _(
                "This would weaken another step. “%(rule)s” names %(who)s too (%(basis)s; source: %(source)s), and in "
                "some cases that step would come later or be less firm."
            )
            % parts
        )
    return (
        _(
            "This step can't be changed: “%(rule)s”, %(who)s, rests on %(basis)s (source: %(source)s). A board may "
            "not weaken that. You can add a step of your own beside it."
        )
        % parts
    )


@dataclass(frozen=True)
class Shown:
    """One case of the preview: what is different, and all steps as they would be."""

    title: str
    text: str
    differences: list[tuple[str, str]]
    steps: list[str]


def preview(rows: Iterable[Vignette], now: Protocol, then: Protocol) -> list[Shown]:
    """What two tables say of each case."""
    return [_shown(row, now, then) for row in rows]


def _shown(row: Vignette, now: Protocol, then: Protocol) -> Shown:
    found, after = cases.compare(row.facts, now, then)
    return Shown(
        say(row.title),
        say(row.text),
        [(one.kind, _difference(one, then)) for one in found],
        [f"{_name(advice.recipient, then)}: {firm(advice.obligation, advice.urgency, then)}" for advice in after],
    )


def _difference(one: Difference, protocol: Protocol) -> str:
    parts = {"who": _name(one.recipient, protocol), "old": _how(one.old, protocol), "new": _how(one.new, protocol)}
    words = {
        cases.NEW: _("Also %(who)s: %(new)s."),
        cases.GONE: _("No longer %(who)s (was %(old)s)."),
        cases.CHANGED: _("%(who)s: was %(old)s, becomes %(new)s."),
        cases.REASON: _("%(who)s: as firm as before, with another reason."),
    }
    return capfirst(words[one.kind] % parts)


def _how(advice: Advice | None, protocol: Protocol) -> str:
    return firm(advice.obligation, advice.urgency, protocol) if advice else ""


def _name(recipient: str, protocol: Protocol) -> str:
    return say(protocol.recipients[recipient].name)
