"""Finds where people are named in a text, in many writings, and puts something else there. No Django, no database.

It knows the names that it is given and no others: what else may be a name it can only point out, for somebody to judge.
Case, accents, hyphens and invisible signs make no difference; a name ends where its letters end.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise

from signals.dossier.addresses import accounts, alone
from signals.dossier.initials import before, fits, tails
from signals.dossier.writings import NO_NAMES, SHORTEST, Word, Writing, words_of

KEEP = ""  # who: nobody that is replaced
BETWEEN = re.compile(r"[\s.,'’ʼ`´\-‐-―_/@]{1,4}\Z")  # the words of one name
STOP = re.compile(r"\.\s")
GENITIVE = re.compile(r"\.?['’ʼ`´]\Z")
APOSTROPHE = re.compile(r"['’ʼ`´](?![^\W_])")  # "Lucas’ moeder"
OPENED = re.compile(r"(?:^|[\s(])['’‘`´]")
SMALL = ("tje", "etje", "pje", "je", "ke")  # "Noortje", "Brammetje", "Emmaatje", "Willempje"
ENDINGS = ("s", "je", "ke")


class Near(IntEnum):
    """How sure it is that a word means somebody; the surest counts."""

    BY_HAND = 0
    ABOUT = 1
    CLOSE = 2  # a person of the case
    FAR = 3  # on a list of the school


@dataclass(frozen=True)
class Match:
    """Where somebody is named. genitive: it is said of something that is theirs; doubt: what may be somebody else's."""

    start: int
    end: int
    who: str
    genitive: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class Segment:
    """A piece of a text. who: whose name was replaced by `text`, and what stood there; KEEP where nothing was."""

    text: str
    who: str = KEEP
    was: str = ""


class Names:
    """All writings of all names that are known."""

    def __init__(self, writings: Iterable[tuple[Writing, str, Near]], signs: Iterable[tuple[str, str]] = ()) -> None:
        """writings: with whose they are. signs: addresses and numbers that were pointed out by hand, likewise."""
        self.known: dict[tuple[str, ...], list[tuple[Writing, str, Near]]] = {}
        self.longest: dict[str, int] = {}
        self.found: dict[str, list[Match]] = {}
        self.meant: dict[tuple[tuple[str, ...], bool], str | None] = {}
        self.signs = [(alone(sign), who) for sign, who in signs]
        for writing, who, near in writings:
            self.known.setdefault(writing.words, []).append((writing, who, near))
            first = writing.words[0]
            self.longest[first] = max(len(writing.words), self.longest.get(first, 1))

    def matches(self, text: str) -> list[Match]:
        """Where whom is named, in the order of the text; the longest name first."""
        if text not in self.found:
            self.found[text] = self._matches(text)
        return self.found[text]

    def _matches(self, text: str) -> list[Match]:
        words, found, at = words_of(text), list[Match](), 0
        while at < len(words):
            match, following = self._at(text, words, at, found[-1].end if found else 0)
            found += [match] if match else []
            at = following
        return self._signs(text, _whole_addresses(text, found))

    def _signs(self, text: str, found: list[Match]) -> list[Match]:
        """What somebody said by hand of an address or a number goes before all names in it."""
        for sign, who in self.signs:
            for there in sign.finditer(text):
                found = [one for one in found if one.end <= there.start() or one.start >= there.end()]
                found.append(Match(there.start(), there.end(), who))
        return sorted(found, key=lambda match: match.start)

    def segments(self, text: str, label: Callable[[str], str]) -> list[Segment]:
        """The text in pieces, with `label(who)` in the place of each name."""
        pieces, last = [], 0
        for match in self.matches(text):
            if match.who == KEEP:
                continue
            new = label(match.who) + ("’s" if match.genitive else "")
            pieces += [Segment(text[last : match.start]), Segment(new, match.who, text[match.start : match.end])]
            last = match.end
        pieces.append(Segment(text[last:]))
        return [piece for piece in pieces if piece.text]

    def lower(self, text: str) -> list[tuple[str, str]]:
        """Words in lower case that are also somebody's name, with whose: people of the case, and first names."""
        taken = self.matches(text)
        found = []
        for word in words_of(text):
            if word.text not in self.longest and not word.text.endswith(ENDINGS):
                continue
            inside = any(match.start <= word.start < match.end for match in taken)
            rows = [row for stem, _genitive in _forms(word.text) for row in self.known.get((stem,), ()) if _asked(row)]
            if rows and not inside:
                found.append((word.text, rows[0][1] if rows[0][2] == Near.CLOSE else _decided(rows)))
        return found

    def shared(self, text: str) -> list[str]:
        """Single words in a text that stay, for they are of whom the dossier is about, and are another's name too."""
        found = []
        for match in self.matches(text):
            words = tuple(word.text for word in words_of(text[match.start : match.end]))
            rows = self.known.get(words, ()) if len(words) == 1 and match.who == KEEP else ()
            nearest = {row[2] for row in rows if row[1] == KEEP}
            if nearest == {Near.ABOUT} and any(row[1] != KEEP for row in rows):
                found.append(words[0])
        return found

    def doubts(self, text: str) -> list[str]:
        """Names with an initial that may mean somebody else: "Bram P" where only a Bram Jansen is known."""
        return [match.doubt for match in self.matches(text) if match.doubt]

    def _at(self, text: str, words: list[Word], at: int, after: int) -> tuple[Match | None, int]:
        """The longest name that begins with this word, and where to go on. after: where the last name ended."""
        first = words[at].text
        if first not in self.longest and not first.endswith(ENDINGS):
            return None, at + 1
        for length in range(min(self.longest.get(first, 1), len(words) - at), 0, -1):
            part = words[at : at + length]
            if not _together(text, part):
                continue
            for stem, genitive in _forms(part[-1].text):
                key = (*(word.text for word in part[:-1]), stem)
                who = self._meant(key, part[-1].capital)
                if who is not None:
                    match, following = self._match(text, words, (at, at + length), key, Match(0, 0, who, genitive))
                    return self._led(text, words, at, key, match, after), following
        return None, at + 1

    def _meant(self, key: tuple[str, ...], capital: bool) -> str | None:
        """Who is meant by these words; None when it is nobody's name."""
        if key not in self.known:
            return None
        if (key, capital) not in self.meant:
            rows = [row for row in self.known[key] if capital or not row[0].capital]
            self.meant[key, capital] = _decided(rows) if rows else None
        return self.meant[key, capital]

    def _match(
        self, text: str, words: list[Word], place: tuple[int, int], key: tuple[str, ...], of: Match
    ) -> tuple[Match, int]:
        """The name with what belongs to it after it: initials, a genitive, digits."""
        at, following = place
        end, who, genitive, doubt = words[following - 1].end, of.who, of.genitive, ""
        if not genitive:
            who, following, doubt = self._initials(text, words, place, key, who)
            end = words[following - 1].end
        if (
            following < len(words)
            and words[following].text == "s"
            and GENITIVE.match(text[end : words[following].start])
        ):
            end, following, genitive = words[following].end, following + 1, True
        elif APOSTROPHE.match(text, end) and text[end - 1] in "sxzSXZ" and not OPENED.search(text[:end]):
            end, genitive = end + 1, True
        while end < len(text) and text[end].isdigit():  # a name on the internet: "bram2012"
            end += 1
        return Match(words[at].start, end, who, genitive, doubt), following

    def _initials(
        self, text: str, words: list[Word], place: tuple[int, int], key: tuple[str, ...], who: str
    ) -> tuple[str, int, str]:
        """Who is meant with the initials that follow, where to go on, and what is in doubt: "Bram P.", "Noor d. V."."""
        at, following = place
        possible = tails(text, words, following)
        for tail in possible:
            rows = [row for row in self._rows(key) if fits(tail.letters, row[0].initials)]
            if rows:
                found = _decided(rows)
                written = text[words[at].start : words[tail.until - 1].end]
                others = found == KEEP and any(row[1] != KEEP for row in rows)
                return found, tail.until, written if others else ""
        if not possible:
            return who, following, ""
        until = next((tail for tail in reversed(possible) if tail.capital), possible[0]).until
        return who, following, text[words[at].start : words[until - 1].end]

    def _led(self, text: str, words: list[Word], at: int, key: tuple[str, ...], match: Match, after: int) -> Match:
        """A family name with the initials before it: "J.W. de Groot", "N.d.Vries"."""
        if any(row[0].initials for row in self.known[key]):
            return match
        start = before(text, words, at, after)
        if start == at:
            return match
        first = next((word.text for word in words[start:at] if word.capital), "")
        rows = self.known.get((first, *key), ()) if self._rows(key) else ()
        who, doubt = (_decided(list(rows)), "") if rows else (match.who, text[words[start].start : match.end])
        return replace(match, start=words[start].start, who=who, doubt=match.doubt or doubt)

    def _rows(self, key: tuple[str, ...]) -> list[tuple[Writing, str, Near]]:
        """Who has this name; nobody when somebody said by hand whose it is, for then that counts."""
        rows = self.known[key]
        return [] if any(row[2] == Near.BY_HAND for row in rows) else rows


def _together(text: str, part: list[Word]) -> bool:
    """Whether words stand so close that they can be one name. A full stop ends a sentence, but not after an initial."""
    for one, two in pairwise(part):
        gap = text[one.end : two.start]
        if not BETWEEN.match(gap) or (len(one.text) > 1 and STOP.search(gap)):
            return False
    return True


def _forms(word: str) -> Iterable[tuple[str, bool]]:
    """A word, and what is left of it without an ending; whether that makes it a genitive."""
    yield word, False
    if word in NO_NAMES:
        return  # "anders" is not of Ander
    if word.endswith("s") and len(word) > SHORTEST:
        yield word[:-1], True
    small = word.removesuffix("s")
    for ending in SMALL:
        stem = small.removesuffix(ending)
        if stem != small and len(stem) >= SHORTEST:
            yield stem, False
            if ending in ("tje", "etje") and len(stem) > SHORTEST and stem[-1] == stem[-2]:
                yield stem[:-1], False


def _asked(row: tuple[Writing, str, Near]) -> bool:
    """Whether a name that needs a capital is asked about where it has none."""
    return row[0].capital and row[1] != KEEP and (row[2] == Near.CLOSE or (row[2] == Near.FAR and row[0].asked))


def _decided(rows: list[tuple[Writing, str, Near]]) -> str:
    """Who is meant. Several people of the case: one of them; several of a list: one by name."""
    near = min(row[2] for row in rows)
    people = sorted({row[1] for row in rows if row[2] == near} - {KEEP}) or [KEEP]
    if len(people) == 1:
        return people[0]
    return "|".join(people) if near == Near.CLOSE else "name:" + " ".join(rows[0][0].words)


def _whole_addresses(text: str, found: list[Match]) -> list[Match]:
    """Of an e-mail address or an account in which somebody is named nothing is left."""
    for start, end in accounts(text):
        inside = [one for one in found if start <= one.start < end and one.who != KEEP]
        if inside:
            whole = Match(start, max(end, inside[-1].end), inside[0].who)
            found = [one for one in found if not whole.start <= one.start < whole.end] + [whole]
    return sorted(found, key=lambda match: match.start)
