"""Puts the letter together: what was chosen, with something else in the place of the names of others."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from escalation.contacts import addresses
from escalation.hats import function_at
from signals import access
from signals.dossier.access import home
from signals.dossier.addresses import signs
from signals.dossier.greeting import greeting
from signals.dossier.grounds import BY_CODE
from signals.dossier.initials import alone
from signals.dossier.names import Segment
from signals.dossier.parts import GROUPS, Part, parts_of, subjects_of
from signals.dossier.people import People, is_sign
from signals.dossier.selectors import lists_of, material_of
from signals.dossier.writings import capitals, words_of
from signals.models import Dossier
from signals.models.dossier import DossierGround

Text = list[Segment]
SENDERS = ("care_coordinator", "principal", "board")  # whose address stands on the letter, the first that has one
BEHIND = ("board",)  # of a walled case nobody at the school knows
SHOWN = 16  # signs of the hash of the content that stand on each page


@dataclass(frozen=True)
class Block:
    """One moment in the dossier. who: who wrote or did it, by function. keys: the pieces it was made of."""

    day: str
    title: str
    when: str
    who: str
    texts: list[tuple[str, Text]]
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Letter:
    """The letter as it will be. facts: labelled texts above the chronology; others: what stands for whom."""

    words: dict[str, Any]
    facts: list[tuple[str, Text]]
    blocks: list[Block]
    others: list[tuple[str, str]]

    def frozen(self) -> dict[str, Any]:
        """All of it as plain text, as it is kept and printed. Nothing that was replaced is in it."""
        blocks = [
            {
                "day": block.day,
                "title": block.title,
                "when": block.when,
                "who": block.who,
                "texts": [[label, plain(text)] for label, text in block.texts],
            }
            for block in self.blocks
        ]
        facts = [[label, plain(text)] for label, text in self.facts]
        return {**self.words, "facts": facts, "blocks": blocks, "others": [label for label, _who in self.others]}


@dataclass(frozen=True)
class Desk:
    """A dossier on the desk of who puts it together: what can be chosen, and who is known.

    labels: what stands for whom, the same whatever is chosen of the parts.
    """

    dossier: Dossier
    parts: list[Part]
    people: People
    subjects: dict[str, str]
    labels: dict[str, str]

    @property
    def chosen(self) -> list[Part]:
        picked = set(self.dossier.picked)
        return [part for part in self.parts if part.key in picked]

    def said(self, text: str) -> Text:
        """A text as it will be."""
        return self.people.names.segments(text, lambda who: self.people.label(who, self.labels))

    def by(self, part: Part) -> str:
        """Who wrote or did something, as the letter says it."""
        return self.people.by(part.who, self.labels)


def desk_of(dossier: Dossier) -> Desk:
    """Everything there is for a dossier, in the language of the letter whatever that of the screen is."""
    with override(dossier.language):
        material = material_of(home(dossier))
        people = People(
            material, lists_of(home(dossier)), dossier.about, dossier.words, named_staff=dossier.named_staff
        )
        parts, subjects = parts_of(material, dossier.about), subjects_of(material)
        return Desk(dossier, parts, people, subjects, people.labels(_met(dossier, parts, people, subjects)))


def _met(dossier: Dossier, parts: list[Part], people: People, subjects: dict[str, str]) -> Iterable[str]:
    """Everybody who is named or did something, in the order in which they get their letters."""
    for text in (dossier.purpose, dossier.consent_by, subjects.get(dossier.about, "")):
        yield from people.met(text)
    for part in parts:
        yield part.who
        for _label, text in part.lines:
            yield from people.met(text)


def letter_of(dossier: Dossier, desk: Desk | None = None, *, by: User) -> Letter:
    """The letter as it will be. by: who signs it: who looks at it, or has it made."""
    desk = desk or desk_of(dossier)
    with override(dossier.language):
        blocks: list[Block] = []
        last = ""
        for part in desk.chosen:
            texts = [(label, desk.said(text)) for label, text in part.lines]
            if part.block == last:
                blocks[-1].texts.extend(texts)
                blocks[-1].keys.append(part.key)
                continue
            last, day = part.block, date_format(timezone.localtime(part.at), "j F Y")
            blocks.append(Block(day, part.title, part.when, desk.by(part), texts, [part.key]))
        about = desk.said(desk.subjects.get(dossier.about, ""))
        return Letter(_words(dossier, plain(about), by), _facts(desk, about), blocks, _others(desk))


def _texts(desk: Desk) -> Iterable[str]:
    """All that somebody wrote and that comes into the letter."""
    yield from (desk.dossier.purpose, desk.dossier.consent_by, desk.subjects.get(desk.dossier.about, ""))
    for part in desk.chosen:
        yield from (text for _label, text in part.lines)


def _others(desk: Desk) -> list[tuple[str, str]]:
    """What stands in the place of a name, with whose it is: the second is for the desk, never for the letter."""
    used = {one for text in _texts(desk) for one in desk.people.met(text)} | {part.who for part in desk.chosen}
    found = []
    for who, label in desk.labels.items():
        if who in used and not desk.people.keeps(who) and not is_sign(who):
            found.append((label, desk.people.called(who)))
    return found


def _facts(desk: Desk, about: Text) -> list[tuple[str, Text]]:
    dossier, said = desk.dossier, desk.said
    ground = [Segment(str(BY_CODE[dossier.ground].letter))]
    if dossier.ground == DossierGround.CONSENT and dossier.consent_on:
        day = date_format(dossier.consent_on, "j F Y")
        ground += [Segment(_(", given on %(day)s by ") % {"day": day}), *said(dossier.consent_by)]
    return [(_("About"), about), (_("Purpose"), said(dossier.purpose)), (_("Legal ground"), ground)]


def _words(dossier: Dossier, about: str, by: User) -> dict[str, Any]:
    """Everything on the letter that nobody typed for it; of a walled case the board writes, and not the school."""
    case = home(dossier)
    school, senders = case.school, BEHIND if case.walled else SENDERS
    houses = (case.board.name, school.name) if case.walled else (school.name, case.board.name)
    post = [line.strip() for line in dossier.post.splitlines() if line.strip()]
    found = addresses(school, senders)
    own = next((address for address in (found[key] for key in senders) if address.post), None)
    function = function_at(by, *access.HANDLE, board=case.board_id, school=case.school_id, walled=case.walled)
    day = date_format(timezone.localdate(), "j F Y")
    return {
        "language": dossier.language,
        "reference": dossier.reference,
        "school": houses[0],
        "board": houses[1],
        "sender": [line.strip() for line in own.post.split(",")] if own else [school.municipality],
        "sign": [by.name, function],
        "contact": [line for line in (found[senders[0]].phone, found[senders[0]].email) if line],
        "to": [dossier.name, *post],
        "place": _("%(place)s, %(day)s") % {"place": school.municipality, "day": day},
        "about": about,
        "greeting": greeting(dossier.recipient, dossier.name, dossier.language),
        "named_staff": dossier.named_staff,
        "walled": case.walled,
    }


def plain(text: Text) -> str:
    return "".join(segment.text for segment in text)


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of what stands in the letter; the first signs are on each page."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def short_hash(content: dict[str, Any]) -> str:
    """The signs on the page, in fours."""
    found = content_hash(content)[:SHOWN]
    return " ".join(found[at : at + 4] for at in range(0, SHOWN, 4))


def contents_of(desk: Desk) -> list[list[str]]:
    """What is in it, in short, for who asks later: day, title and kind, without a word of what was written."""
    with override(desk.dossier.language):
        found: dict[str, list[str]] = {}
        for part in desk.chosen:
            kind = str(GROUPS[part.group])
            day = date_format(timezone.localtime(part.at), "j F Y")
            row = found.setdefault(part.block, [day, part.title, kind])
            if kind not in row[2].split("; "):
                row[2] = f"{row[2]}; {kind}"
        return list(found.values())


@dataclass
class Doubts:
    """What may lead to somebody and stands in the letter. words: names that nobody gave, and initials; lower: words in
    lower case that are a name too, with whose; signs: addresses and numbers."""

    words: dict[str, None] = field(default_factory=dict)
    lower: dict[str, str] = field(default_factory=dict)
    signs: dict[str, None] = field(default_factory=dict)


def doubts_of(desk: Desk) -> Doubts:
    """What the program can't decide, for somebody to judge."""
    names, found = desk.people.names, Doubts()
    usual = {word.text for text in _texts(desk) for word in words_of(text) if not word.capital}
    for text in _texts(desk):
        taken = [(match.start, match.end) for match in names.matches(text)]
        leads = _loose(signs(text), taken)
        letters = _loose(alone(text), [*taken, *leads])
        found.signs |= {text[start:end]: None for start, end in leads}
        found.words |= dict.fromkeys([*names.doubts(text), *(text[start:end] for start, end in letters)])
        found.words |= dict.fromkeys(capitals(text, [*taken, *leads], usual))
        found.lower |= dict(names.lower(text))
    return found


def _loose(found: Iterable[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is not dealt with as a whole."""
    return [(start, end) for start, end in found if not any(one <= start and end <= two for one, two in taken)]


def shared_of(desk: Desk) -> list[str]:
    """Words that stay because they are of whom it is about, and that are the name of somebody else too."""
    return sorted({word for text in _texts(desk) for word in desk.people.names.shared(text)})
