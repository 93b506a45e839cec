"""What is known about a report now, beside what it was sent with, and new facts in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from escalation.engine import REFUTED_RULE
from escalation.entries import Protocol, Question
from escalation.facts import Facts, facts_as_dict, parse_facts
from escalation.findings import BY_CODE
from escalation.protocol import current_protocol, protocol_of
from escalation.questions import questions_for
from escalation.texts import recipient_name, say, subject_name
from signals import rules
from signals.ages import day_words
from signals.models import FactsChange, Signal, Step
from signals.models.facts import FactsSource

ADULTS = frozenset({"staff", "principal", "parent"})
# Never asked again: whom the school told stands in the outcomes of the steps.
NOT_ASKED = frozenset({"shared_with"})


@dataclass(frozen=True)
class Told:
    """One time that somebody was told something: who, when, by whom, and line by line what."""

    who: str
    with_whom: str
    at: datetime | None
    by: str
    lines: str


def facts_now(signal: Signal) -> Facts:
    """All that is known now."""
    last = list(signal.facts_changes.all())[-1:]
    return parse_facts(last[0].facts if last else signal.facts)


def facts_of_writer(signal: Signal) -> Facts:
    """What the writer answered: at sending, and with additions. What others found out is not for them to see."""
    known = parse_facts(signal.facts)
    for change in signal.facts_changes.all():
        if change.source == FactsSource.ADDITION:
            known = parse_facts({**facts_as_dict(known), **change.after})
    return known


def changed(now: Facts, answers: Mapping[str, object]) -> list[str]:
    """The names of the facts that the answers change, in the order of the engine."""
    old = facts_as_dict(now)
    return [name for name in old if name in answers and answers[name] != old[name]]


def with_role(known: Facts, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers, with what another role says of the age: an adult, or once more not known."""
    role = answers.get("subject_role", known.subject_role)
    if role == known.subject_role:
        return dict(answers)
    return {**answers, "subject_is_minor": False if role in ADULTS else None}


def questions_of(signal: Signal, known: Facts) -> tuple[Question, ...]:
    """The questions of the report's own protocol, as at sending; without an age that is known from the role or list."""
    role = known.subject_role
    asked = questions_for(known.sector, known.concern, role, protocol_of(signal.protocol))
    born = any(person.pupil and person.pupil.birth_date for person in signal.people.select_related("pupil"))
    gone = NOT_ASKED | ({"subject_is_minor"} if born or role in ADULTS else frozenset())
    return tuple(question for question in asked if question.fact not in gone)


def refuted_question(protocol: Protocol) -> Question | None:
    """The question whether it proved to be wrong: in a case it may be asked about every concern."""
    found = next((question for question in protocol.questions if question.fact == "refuted"), None)
    return replace(found, depends_on=()) if found else None


def as_typed(known: Facts, questions: Sequence[Question]) -> dict[str, str]:
    """The facts as the form of questions holds them."""
    words = {True: "yes", False: "no", None: ""}
    values = facts_as_dict(known)
    found = {}
    for question in questions:
        value = values[question.fact]
        found[question.fact] = value if isinstance(value, str) else words[value]  # type: ignore[index]
        codes = [choice.code for choice in question.choices]
        if question.kind == "choice" and value not in codes:
            found[question.fact] = codes[0]
    return found


def empty_answer(question: Question) -> object:
    """What a follow-up says that was not asked, because its question was answered with no."""
    return {"yes_no": False, "tri": None}.get(question.kind, "none")


def described(change: FactsChange) -> list[tuple[str, str]]:
    """Each answer that changed: the question, and what the answer was and is."""
    return [
        (label_of(name), f"{_value(name, change.before[name])} → {_value(name, value)}")
        for name, value in change.after.items()
        if name not in NOT_ASKED
    ]


def why_now(change: FactsChange) -> str:
    """Why a step stands there that was not there before."""
    return _("Since %(day)s, because an answer changed. %(answers)s") % {
        "day": day_words(timezone.localdate(change.at)),
        "answers": _sentences(change),
    }


def no_longer(change: FactsChange) -> str:
    """Why a step is marked that was asked for before."""
    return _("Since %(day)s this no longer follows from the answers. %(answers)s") % {
        "day": day_words(timezone.localdate(change.at)),
        "answers": _sentences(change),
    }


def finding_name(code: str) -> str:
    return str(BY_CODE[code].label) if code in BY_CODE else ""


def label_of(name: str) -> str:
    """The question as it is asked."""
    if name == "subject_role":
        return _("Whom it is about")
    found = next((one for one in current_protocol().questions if one.fact == name), None)
    return say(found.label) if found else name


def told_before(step: Step, among: Sequence[Step]) -> tuple[Told, ...]:
    """On a step that says it was not true: who was told what about this report, from the outcomes on record.

    On the one for a recipient what they were told; on those for the parents and the data protection officer everything.
    """
    if REFUTED_RULE not in step.rules:
        return ()
    rows = [row for row in among if row.signal_id == step.signal_id]
    own = [row for row in rows if row.recipient == step.recipient]
    everything = step.recipient in ("parents", "data_protection_officer")
    return tuple(told for row in (rows if everything else own) for told in _told(row))


def _told(step: Step) -> list[Told]:
    who = recipient_name(step.recipient, step.signal.facts["sector"])
    return [
        Told(who, row.with_whom, row.happened_at, row.by_whom, row.shared)
        for row in step.outcomes.all()
        if row.kind == rules.STEP_DONE and row.shared
    ]


def _sentences(change: FactsChange) -> str:
    parts = [
        f"{label_of(name)} {_value(name, value)}." for name, value in change.after.items() if name not in NOT_ASKED
    ]
    return " ".join(parts)


def _value(name: str, value: object) -> str:
    if name == "subject_role":
        return subject_name(str(value))
    if name == "departure":
        return say(current_protocol().departures[str(value)].name)
    return {True: _("yes"), False: _("no")}.get(value, _("not known"))  # type: ignore[call-overload,no-any-return]
