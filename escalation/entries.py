"""What a protocol consists of, after reading. Frozen: a protocol never changes while the program runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.hours import Hours
from escalation.conditions import Condition, Situation
from escalation.reader import Words

OBLIGATIONS: Final = ("must", "advice", "may")  # strongest first
BASES: Final = ("law", "government", "sector", "product")  # strongest first
URGENCIES: Final = ("now", "same_day", "five_working_days", "planned")  # soonest first
ACTORS: Final = ("anyone", "author", "coordinator_or_principal", "board", "everyone")
KINDS: Final = ("yes_no", "choice", "tri", "recipients")
SHARED_WITH: Final = "shared_with"  # in the place of a recipient: everyone whom the school told already


@dataclass(frozen=True, slots=True)
class Source:
    """A public page or law text, and the day on which somebody read it."""

    id: str
    title: str
    url: str
    checked_on: date

    def __str__(self) -> str:
        """Return title, address and day in one line, for a step card."""
        return ", ".join(part for part in (self.title, self.url, self.checked_on.isoformat()) if part)


@dataclass(frozen=True, slots=True)
class Label:
    """A code with its name on the screen; some codes have a hint of one line."""

    code: str
    name: Words
    hint: Words | None = None


@dataclass(frozen=True, slots=True)
class ConcernLabel:
    """What a concern can be about, the group it stands in and a hint of one line."""

    code: str
    group: str
    name: Words
    hint: Words


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the trade and what it means, for a teacher who never met it."""

    code: str
    name: Words
    meaning: Words


@dataclass(frozen=True, slots=True)
class Fallback:
    """What to do when nobody filled in a local contact. `phone` is empty when there is no national number."""

    text: Words
    phone: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom a step can name. `phone`, `email` and `url` are empty when there is no national one.

    `open` says when the national line is open, so that a card can say that it is closed; `hours` says it in words.
    """

    key: str
    name: Words
    names: Mapping[str, Words]  # by sector, where a sector has a word of its own
    does: Words
    inside: bool
    local: bool
    phone: str
    email: str
    url: str
    open: Hours | None
    hours: Words | None
    costs: Words | None
    note: Words | None
    fallback: Fallback | None
    source: Source
    checked_on: date

    def name_in(self, sector: str) -> Words:
        """Return the name that people in this sector use."""
        return self.names.get(sector, self.name)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is different about a step when `when` holds, `says` in words; the first variant that holds is used."""

    when: Condition
    says: Words
    obligation: str | None
    basis: str | None
    urgency: str | None
    why: Words | None


@dataclass(frozen=True, slots=True)
class Step:
    """One recipient in a rule. `says`: `when` in words, for a step that has a condition of its own.

    actor: who takes it, where a board agreed so; empty is as the engine says.
    """

    recipient: str
    obligation: str
    basis: str
    urgency: str
    when: Condition
    says: Words | None
    why: Words
    source: Source
    variants: tuple[Variant, ...] = ()
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the decision table. `says` is `when` in words; `chapter` is the part of the page it stands in."""

    id: str
    chapter: str
    says: Words
    enabled: bool
    when: Condition
    steps: tuple[Step, ...]

    def fires(self, situation: Situation) -> bool:
        """Say whether the rule applies; a rule that is switched off never does."""
        return self.enabled and self.when(situation)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a person is asked. `choices` are codes with names, empty for yes/no.

    `depends_on` names facts of other questions: ask this one only after one of them was answered with
    something else than its default. Empty means: always ask.
    """

    fact: str
    kind: str
    label: Words
    help: Words
    when: Condition
    choices: tuple[Label, ...] = ()
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """The whole decision table of one version, with its texts. All mappings keep the order of the file.

    It holds from `valid_from` until the day before the next one does.
    """

    version: str
    valid_from: date
    sources: Mapping[str, Source]
    terms: Mapping[str, Term]
    sectors: Mapping[str, Label]
    concern_groups: Mapping[str, Label]
    chapters: Mapping[str, Label]
    concerns: Mapping[str, ConcernLabel]
    subject_roles: Mapping[str, Label]
    departures: Mapping[str, Label]
    answers: Mapping[str, Label]
    obligations: Mapping[str, Label]
    bases: Mapping[str, Label]
    urgencies: Mapping[str, Label]
    actors: Mapping[str, Label]
    recipients: Mapping[str, Recipient]
    rules: Mapping[str, Rule]
    questions: tuple[Question, ...]
