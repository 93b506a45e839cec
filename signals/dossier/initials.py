"""Initials beside a name: "Bram P.", "Noor d. V.", "J.W. de Groot". No Django, no database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from signals.dossier.writings import Word

SPACE = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]+\Z")
CLOSE = re.compile(r"(?:\.?\s*|\.-)\Z")  # between one initial and the next
LEADS = re.compile(r"\.[\s-]*\Z")  # between an initial and the family name
BINDERS = frozenset(("van", "der", "den", "de", "het", "ten", "ter", "el", "al", "vd"))  # "Noor de V."
SHORT = frozenset("vdt")  # "Noor v.d. B."
MOST = 4
LETTER = r"[^\W\d_a-zà-öø-ÿ]"
ALONE = re.compile(
    rf"(?<![\w.@'’-]){LETTER}\.[\s-]?(?:(?:van|der|den|de|het|ten|ter|el|al|vd|[vdt]|{LETTER})(?:\.\s?|[\s-]))*{LETTER}(?![\w@'’])"
)


@dataclass(frozen=True)
class Tail:
    """Initials after a name. until: where to go on; letters: which they are; capital: the last has one."""

    until: int
    letters: tuple[str, ...]
    capital: bool


def tails(text: str, words: Sequence[Word], at: int) -> list[Tail]:
    """What may be the initials of the name before this word, the longest first."""
    found: list[Tail] = []
    letters: tuple[str, ...] = ()
    for index in range(at, min(at + MOST, len(words))):
        word, last = words[index], words[index - 1]
        between = CLOSE if index > at and len(last.text) == 1 else SPACE
        if not between.match(text[last.end : word.start]):
            break
        if _is_initial(text, word):
            letters = (*letters, word.text)
            found.append(Tail(index + 1, letters, word.capital))
        elif word.text not in BINDERS and not (word.text in SHORT and text[word.end : word.end + 1] == "."):
            break
    return found[::-1]


def fits(letters: Sequence[str], initials: str) -> bool:
    """Whether initials are those of somebody; the last is that of the family name, before it "v.d." may stand."""
    return letters[-1] in initials and all(letter in initials or letter in SHORT for letter in letters)


def before(text: str, words: Sequence[Word], at: int, after: int) -> int:
    """The first of the initials that lead to the family name at this word; they begin after a place in the text."""
    start = at
    while start and words[start - 1].start >= after:
        word = words[start - 1]
        alone = len(word.text) == 1 and not text[max(0, word.start - 1) : word.start].isdigit()
        may_be = alone and (word.capital or word.text in SHORT)
        if not may_be or not LEADS.match(text[word.end : words[start].start]):
            break
        start -= 1
    return start


def alone(text: str) -> list[tuple[int, int]]:
    """Initials that stand for a name by themselves, from and until: "K.J.", "M. de V."."""
    return [found.span() for found in ALONE.finditer(text)]


def _is_initial(text: str, word: Word) -> bool:
    """One letter: with a capital, or with a full stop that ends it; "o.a." is none, nor is "A4"."""
    following = text[word.end : word.end + 2]
    if len(word.text) != 1 or following[:1].isdigit():
        return False
    return word.capital or (following[:1] == "." and not following[1:].isalpha())
