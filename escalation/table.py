"""The protocol as the page with the whole table shows it: every line in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from escalation.changes import Change, differences
from escalation.contacts import dial
from escalation.entries import SHARED_WITH, Label, Protocol, Recipient, Rule, Step, Variant
from escalation.own import is_off, is_own, is_product
from escalation.texts import basis_name, say


@dataclass(frozen=True)
class Line:
    """One recipient of a rule. `unless`: what is different when, in whole sentences.

    own: a board agreed this; off: it switched this off. step: for a form about it; empty where there is none.
    """

    who: str
    phone: str
    tel: str
    obligation: str
    obligation_label: str
    urgency_label: str
    basis_label: str
    only: str
    why: str
    source: str
    unless: list[str]
    own: bool
    off: bool
    step: str


@dataclass(frozen=True)
class Row:
    """A rule. `brief`: whom one must, is advised to and may call, in a line each."""

    id: str
    says: str
    off: bool
    lines: list[Line]

    @property
    def brief(self) -> list[tuple[str, str]]:
        found: dict[str, list[str]] = {}
        for line in self.lines:
            if line.off:
                continue
            found.setdefault(line.obligation_label, []).append(line.who)
        return [(word, ", ".join(who)) for word, who in found.items()]


@dataclass(frozen=True)
class Chapter:
    code: str
    name: str
    rows: list[Row]


def chapters(protocol: Protocol) -> list[Chapter]:
    """The rules by chapter, in the order of the file."""
    found = []
    for code, label in protocol.chapters.items():
        rows = [_row(rule, protocol) for rule in protocol.rules.values() if rule.chapter == code]
        found.append(Chapter(code, say(label.name), rows))
    return found


def legend(protocol: Protocol) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The words on a line and what they mean: heading, then code, word and meaning."""
    parts = (
        (_("How firm it is"), protocol.obligations),
        (_("On what basis"), protocol.bases),
        (_("By when"), protocol.urgencies),
    )
    return [(heading, [_meaning(label) for label in labels.values()]) for heading, labels in parts]


def changes(old: Protocol, new: Protocol) -> list[str]:
    """What is different from the version before, one sentence each."""
    return [_sentence(change, old, new) for change in differences(old, new)]


def _meaning(label: Label) -> tuple[str, str, str]:
    return label.code, say(label.name), say(label.hint)


def _row(rule: Rule, protocol: Protocol) -> Row:
    return Row(rule.id, say(rule.says), not rule.enabled, [_line(step, rule, protocol) for step in rule.steps])


def _line(step: Step, rule: Rule, protocol: Protocol) -> Line:
    recipient = protocol.recipients.get(step.recipient)
    phone = recipient.phone if recipient else ""
    own = is_own(str(step.source))
    return Line(
        who=_who(step, protocol),
        phone=phone,
        tel=dial(phone),
        obligation=step.obligation,
        obligation_label=say(protocol.obligations[step.obligation].name),
        urgency_label=say(protocol.urgencies[step.urgency].name),
        basis_label=basis_name(step.basis, str(step.source)),
        only=say(step.says),
        why=say(step.why),
        source=str(step.source),
        unless=[_variant(row, step, protocol) for row in step.variants if row.obligation or row.basis or row.urgency],
        own=own,
        off=is_off(step),
        step="" if own or not is_product(step) else f"{rule.id}:{step.recipient}",
    )


def _who(step: Step, protocol: Protocol) -> str:
    if step.recipient == SHARED_WITH:
        return _("everyone who was told")
    return say(protocol.recipients[step.recipient].name)


def _firm(protocol: Protocol, obligation: str, urgency: str, basis: str) -> str:
    """Must, today, law: in words."""
    labels = (protocol.obligations[obligation], protocol.urgencies[urgency], protocol.bases[basis])
    return " · ".join(say(label.name) for label in labels).lower()


def _variant(row: Variant, step: Step, protocol: Protocol) -> str:
    how = _firm(protocol, row.obligation or step.obligation, row.urgency or step.urgency, row.basis or step.basis)
    return _("%(when)s: %(how)s") % {"when": say(row.says), "how": how}


def _sentence(change: Change, old: Protocol, new: Protocol) -> str:
    match change.old, change.new:
        case (Step() | None, Step() | None):
            return _step_sentence(change, old, new)
        case (Recipient() as was, Recipient() as now):
            return _("%(who)s: was %(old)s, is now %(new)s.") % {
                "who": say(now.name),
                "old": was.phone or was.email or was.url or _("nothing"),
                "new": now.phone or now.email or now.url or _("nothing"),
            }
    return _rule_sentence(change)


def _rule_sentence(change: Change) -> str:
    old = say(change.old.says) if isinstance(change.old, Rule) else ""
    new = say(change.new.says) if isinstance(change.new, Rule) else ""
    words = {
        "rule_new": _("New: %(new)s."),
        "rule_gone": _("No longer in the table: %(old)s."),
        "rule_on": _("Holds from now on: %(new)s."),
        "rule_off": _("Holds no longer: %(new)s."),
        "rule_when": _("“%(old)s” became “%(new)s”."),
    }
    return words[change.kind] % {"old": old, "new": new}


def _step_sentence(change: Change, old: Protocol, new: Protocol) -> str:
    was = change.old if isinstance(change.old, Step) else None
    now = change.new if isinstance(change.new, Step) else None
    named = {
        "when": say(change.rule.says) if change.rule else "",
        "who": _who(now, new) if now else _who(was, old) if was else "",
        "old": _firm(old, was.obligation, was.urgency, was.basis) if was else "",
        "new": _firm(new, now.obligation, now.urgency, now.basis) if now else "",
    }
    words = {
        "step_new": _("%(when)s: also %(who)s (%(new)s)."),
        "step_gone": _("%(when)s: no longer %(who)s (%(old)s)."),
        "step_changed": _("%(when)s: %(who)s was %(old)s, is now %(new)s."),
    }
    return words[change.kind] % named
