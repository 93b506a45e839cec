"""Who is who in a dossier: everybody who is known, how their names are written, and what stands in their place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation.hats import function_name
from escalation.texts import subject_short
from signals.about import Somebody, called, is_gone
from signals.dossier.addresses import kind_of
from signals.dossier.names import KEEP, Names, Near
from signals.dossier.parts import id_of
from signals.dossier.selectors import Lists, Material
from signals.dossier.writings import Writing, names_within, words_of, writings

# What somebody chose for a word by hand, beside the id of a person. OUT: of an address or a number, what it is.
NEW, OTHER, LEAVE, OUT = "new", "other", "leave", "out"
SIGNS: dict[str, Any] = {
    "mail": gettext_lazy("[e-mail address]"),
    "account": gettext_lazy("[account]"),
    "link": gettext_lazy("[link]"),
    "number": gettext_lazy("[number]"),
}


@dataclass(frozen=True)
class Someone:
    """A person who is known. noun: what they are, "pupil" or "reporter"; staff have no letter."""

    who: str
    name: str
    noun: str
    staff: bool = False


class People:
    """Everybody who is known in a case, and what is written for them in a dossier about one of them."""

    def __init__(
        self, material: Material, lists: Lists, about: str, by_hand: Sequence[Mapping[str, str]], *, named_staff: bool
    ) -> None:
        self.sector, self.about = material.case.school.sector, about
        self.pupil = subject_short("pupil", self.sector)
        self.named = named_staff
        self.close = {one.who: one for one in _of_case(material, lists, self.sector)}
        self.known = {**{one.who: one for one in _of_lists(lists, self.sector)}, **self.close}
        signs = [(row["word"], self._by_hand([row["word"]], row["as"])) for row in by_hand if kind_of(row["word"])]
        self.names = Names(self._writings(row for row in by_hand if not kind_of(row["word"])), signs)

    def _writings(self, by_hand: Iterable[Mapping[str, str]]) -> Iterable[tuple[Writing, str, Near]]:
        for row in by_hand:
            words = tuple(word.text for word in words_of(row["word"]))
            if words:
                yield Writing(words), self._by_hand(words, row["as"]), Near.BY_HAND
        for one in self.known.values():
            near = Near.ABOUT if one.who == self.about else Near.CLOSE if one.who in self.close else Near.FAR
            who = KEEP if one.who == self.about or (one.staff and self.named) else one.who
            for writing in writings_of(one, close=near != Near.FAR):
                yield writing, who, near

    def _by_hand(self, words: Sequence[str], choice: str) -> str:
        if choice == LEAVE:
            return KEEP
        if choice == OUT:
            return f"{OUT}:{kind_of(words[0])}"
        return f"{choice}:{' '.join(words)}" if choice in (NEW, OTHER) else choice

    def met(self, text: str) -> Iterable[str]:
        """Who is named in a text, in its order."""
        for match in self.names.matches(text):
            yield from match.who.split("|") if match.who else ()

    def keeps(self, who: str) -> bool:
        """Whether somebody stands in the letter by name: a colleague, where that was chosen."""
        return self.named and who in self.known and self.known[who].staff

    def called(self, who: str) -> str:
        """Whose name it is, for the desk."""
        return self.known[who].name if who in self.known else who.partition(":")[2]

    def labels(self, order: Iterable[str]) -> dict[str, str]:
        """What stands in the place of each; the letters go round in this order."""
        found: dict[str, str] = {}
        staff: dict[str, list[str]] = {}
        letters = _letters()
        for who in dict.fromkeys(order):
            noun, is_staff = self._noun(who)
            if is_staff:
                staff.setdefault(noun, []).append(who)
            else:
                found[who] = f"{noun}\N{NO-BREAK SPACE}{next(letters)}"
        for noun, people in staff.items():
            for number, who in enumerate(people, 1):
                found[who] = noun if len(people) == 1 else f"{noun}\N{NO-BREAK SPACE}{number}"
        return found

    def _noun(self, who: str) -> tuple[str, bool]:
        if who in self.known:
            return self.known[who].noun, self.known[who].staff
        if is_sign(who):
            return str(SIGNS.get(who.partition(":")[2], SIGNS["account"])), True
        if who.startswith(f"{OTHER}:"):
            return _("person"), False
        if who.startswith("name:"):
            owners = {row[1] for row in self.names.known.get(tuple(who[5:].split()), ())}
            if owners and all(self.known[one].staff for one in owners if one in self.known):
                return _("member of staff"), True
        return self.pupil, False

    def label(self, who: str, labels: Mapping[str, str]) -> str:
        """What stands there for one person, or for one of several with the same name."""
        return _(" or ").join(labels[one] for one in who.split("|"))

    def by(self, who: str, labels: Mapping[str, str]) -> str:
        """Who wrote or did something, as the dossier says it."""
        return self.called(who) if self.keeps(who) else labels.get(who, "")


def is_sign(who: str) -> bool:
    """Whether nobody is meant, but an address or a number that was left out."""
    return who.startswith(f"{OUT}:")


def writings_of(one: Someone, *, close: bool) -> tuple[Writing, ...]:
    """How somebody is written; of a description only what has a capital in it can be a name."""
    if not one.who.startswith("person:"):
        return writings(one.name, close=close)
    return tuple(row for name in names_within(one.name) for row in writings(name, close=True))


def _of_case(material: Material, lists: Lists, sector: str) -> Iterable[Someone]:
    """Whom the reports are about, who was added, who went, and who wrote or did something in the case."""
    yield from (_newcomer(row, sector) for row in (*material.went, *material.added))
    authors = {report.author_id for report in material.reports}
    users: dict[int, Any] = {}
    for report in material.reports:
        for row in report.people.all():
            role = "pupil" if row.pupil else "staff" if row.user else report.subject_role
            yield Someone(id_of(row), called(row), subject_short(role, sector))
        for user in (report.author, report.on_paper_by, *(row.author for row in report.additions.all())):
            users |= {user.pk: user} if user else {}
        if report.on_paper_by_name:
            who = f"paper:{report.reference}"
            yield Someone(who, report.on_paper_by_name, _("reporter"), staff=True)
    for user in _workers(material):
        users.setdefault(user.pk, user)
    about = {id_of(row) for report in material.reports for row in report.people.all()}
    about |= {id_of(row) for row in material.added if not is_gone(row)}
    for pk, user in users.items():
        who = f"user:{user.reference}"
        if who not in about:
            noun = _("reporter") if pk in authors else _function(lists.roles.get(pk, ""), sector)
            yield Someone(who, user.name, noun, staff=True)


def _newcomer(row: Somebody, sector: str) -> Someone:
    """Also who was taken out again, or went with their report: what was written of them stays."""
    noun = _("person") if row.description else subject_short("pupil" if row.pupil else "staff", sector)
    return Someone(id_of(row), called(row), noun)


def _workers(material: Material) -> Iterable[Any]:
    """Who did something in the case."""
    yield from (row.author for row in material.notes)
    yield from (row.recorded_by for step in material.steps for row in step.outcomes.all())
    for row in material.work:
        yield row.by
        yield from (user for user in (row.who, row.task.assignee if row.task else None) if user)
    yield from (row.by for row in material.files)
    if material.case.owner:
        yield material.case.owner


def _of_lists(lists: Lists, sector: str) -> Iterable[Someone]:
    """Who is on the lists of the school."""
    pupil = subject_short("pupil", sector)
    yield from (Someone(f"pupil:{row.reference}", row.name, pupil) for row in lists.pupils)
    for user in lists.staff:
        noun = _function(lists.roles.get(user.pk, ""), sector)
        yield Someone(f"user:{user.reference}", user.name, noun, staff=True)


def _function(role: str, sector: str) -> str:
    return function_name(role, sector) if role else _("member of staff")


def _letters() -> Iterator[str]:
    """B, C … Z, AB, AC …: A would be whom it is about."""
    for first in ("", *ascii_uppercase):
        yield from (first + second for second in ascii_uppercase[1:])
