"""The people a case is about, and what in it is about one of them alone."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from escalation.texts import subject_short
from signals.caserows import CaseRows
from signals.dossier.names import KEEP, Names, Near
from signals.dossier.writings import Writing, writings
from signals.entries import Entry
from signals.models import CaseChange, CasePerson, Person, Signal
from signals.models.case import OUT, ChangeKind
from signals.models.signal import PersonRole
from signals.writing import PARTICLES

CHOSEN = frozenset({"note", "task", "meeting", "file"})  # of these somebody said whom they are about
SHORTEST = 2  # letters of a word that names somebody
Somebody = Person | CasePerson


@dataclass(frozen=True)
class Involved:
    """Somebody in a case, once, however many reports there are about them.

    key: what rows of the case keep of them. references: for addresses and the log, one of each report; they lead to
    nobody once the case is erased. role: see PersonRole. what: a pupil, a parent. naming: the words by which a text
    may call them; plain: the name without the group; phrase: how they were described. reported: a report is about them;
    others were added to the case. gone: they were added, and taken out again; their name is still theirs. staff: they
    work here.
    """

    key: str
    references: tuple[str, ...]
    name: str
    role: str
    what: str
    naming: frozenset[str]
    plain: str
    phrase: str = ""
    reported: bool = True
    gone: bool = False
    staff: bool = False

    @property
    def reference(self) -> str:
        return self.references[0]

    @property
    def role_label(self) -> str:
        return str(PersonRole(self.role).label)

    @property
    def called(self) -> str:
        """What they are, and their role."""
        return f"{self.what}, {self.role_label}" if self.what else self.role_label


@dataclass(frozen=True)
class Alone:
    """entries: the lines about one person alone. together: how many others are about them and somebody else."""

    entries: list[Entry]
    together: int


def key_of(person: Somebody) -> str:
    """The same for every report about this pupil or colleague; of a description its own."""
    if person.pupil:
        return person.pupil.reference
    return person.user.reference if person.user else str(person.row_key)


def called(person: Somebody) -> str:
    """Their name as it stands on the list of the school, or how they were described."""
    found = person.pupil or person.user
    return found.name if found else person.description


def name_of(person: Somebody) -> str:
    """With the group beside it."""
    return f"{called(person)} ({person.pupil.group})" if person.pupil and person.pupil.group else called(person)


def involved(people: Iterable[Somebody], roles: Mapping[str, str] | None = None, sector: str = "") -> list[Involved]:
    """Everybody, each once, in the order of the reports; after them who was added to the case.

    Args:
        people: those of the reports in a case, and those who were added to it.
        roles: what handlers said of the role of whom a report is about, by key; see `roles_of`.
        sector: for what they are at the school; without it that stays empty, and their report is not asked.
    """
    found: dict[str, list[Somebody]] = {}
    for person in sorted(people, key=_turn):
        found.setdefault(key_of(person), []).append(person)
    return [_involved(key, rows, roles or {}, sector) for key, rows in found.items()]


def _turn(person: Somebody) -> tuple[bool, bool, int]:
    """Those of the reports first; of somebody who was added twice the row that counts."""
    return isinstance(person, CasePerson), is_gone(person), person.pk


def is_gone(person: Somebody) -> bool:
    """Whether somebody was added and taken out again."""
    return isinstance(person, CasePerson) and person.removed_at is not None


def _involved(key: str, rows: Sequence[Somebody], roles: Mapping[str, str], sector: str) -> Involved:
    first = rows[0]
    reported = isinstance(first, Person)
    return Involved(
        key=key,
        references=tuple(str(row.row_key) for row in rows),
        name=name_of(first),
        role=roles.get(key, PersonRole.SUBJECT) if reported else first.role,
        what=_what(first, sector) if sector else "",
        naming=_naming(first),
        plain=called(first),
        phrase=" ".join(_words(first.description)),
        reported=reported,
        gone=is_gone(first),
        staff=first.user_id is not None,
    )


def _what(person: Somebody, sector: str) -> str:
    """A pupil, a parent; of somebody who was added and described only the description tells."""
    if isinstance(person, Person):
        return subject_short(person.signal.subject_role, sector)
    return "" if person.description else subject_short("pupil" if person.pupil_id else "staff", sector)


def everybody(rows: CaseRows, sector: str = "") -> list[Involved]:
    """Whom the reports of a case are about and who was added to it, with their role by now; also who is gone."""
    people = [person for report in rows.reports for person in report.people.all()]
    return involved([*people, *rows.added], roles_of(rows.changes), sector)


def gone(people: Iterable[Somebody]) -> list[Involved]:
    """The same of people who are in the case no more."""
    return [replace(one, gone=True) for one in involved(people)]


def still_in(people: Iterable[Involved]) -> list[Involved]:
    """Without those who were taken out of the case again."""
    return [one for one in people if not one.gone]


def roles_of(changed: Iterable[CaseChange]) -> dict[str, str]:
    """The role of everybody for whom a handler chose one, by key; changes oldest first."""
    return {row.old: row.new for row in changed if row.kind == ChangeKind.ROLE and row.new in PersonRole}


def found_by(reference: str, people: Iterable[Involved]) -> Involved | None:
    """Whom an address means."""
    return next((one for one in people if reference in one.references), None)


def keys_of(report: Signal) -> frozenset[str]:
    """Whom a report is about, and so all that belongs to it."""
    return frozenset(key_of(person) for person in report.people.all())


def whom(key: str) -> frozenset[str]:
    """About one person, or (empty) the whole case."""
    return frozenset({key}) if key else frozenset()


def say_whom(entries: Iterable[Entry], people: Sequence[Involved]) -> list[Entry]:
    """With whom a note, task, meeting or file is about, where a case is about several people."""
    if len(people) < 2:
        return list(entries)
    return [
        replace(entry, details=[*entry.details, (_("About"), names_of(entry.about, people))])
        if entry.about and entry.kind in CHOSEN
        else entry
        for entry in entries
    ]


def names_of(keys: Iterable[str], people: Sequence[Involved]) -> str:
    """Whom something is about; empty where a case is about one person only."""
    if len(people) < 2:
        return ""
    names, gone = {one.key: one.name for one in people}, _("somebody who is no longer in this case")
    return ", ".join(sorted(names.get(key, gone) for key in keys))


def role_entries(changed: Iterable[CaseChange], people: Iterable[Involved]) -> list[Entry]:
    """Roles that handlers chose, as lines; of who is no longer in the case there is none."""
    names = {one.key: one.name for one in people}
    title = _("Role of %(name)s: %(role)s")
    return [
        Entry(
            row.at,
            "change",
            row.by.name,
            title % {"name": names[row.old], "role": PersonRole(row.new).label},
            about=whom(row.old),
            by=row.by_id,
        )
        for row in changed
        if row.kind == ChangeKind.ROLE and row.old in names and row.new in PersonRole
    ]


def person_entries(changed: Iterable[CaseChange], people: Iterable[Involved]) -> list[Entry]:
    """That somebody was added to the case, or taken out of it, as lines."""
    names = {one.key: one.name for one in people}
    came, went = _("Added a person: %(name)s, %(role)s"), _("Took a person out of this case: %(name)s")
    found = []
    for row in changed:
        if row.kind == ChangeKind.PERSON and row.old in names:
            role = "" if row.new == OUT else PersonRole(row.new).label
            title = (came if role else went) % {"name": names[row.old], "role": role}
            found.append(Entry(row.at, "change", row.by.name, title, about=whom(row.old), by=row.by_id))
    return found


def alone(entries: Iterable[Entry], one: Involved, people: Iterable[Involved]) -> Alone:
    """What is about one person alone.

    A line that is about somebody else as well, or in which somebody else of the case is called by name, is not among
    them, nor is what is about the whole case. A nickname or a description in other words is not recognised.
    """
    others = [other for other in people if other.key != one.key]
    mine = [entry for entry in entries if one.key in entry.about]
    calls = calling(others, one)
    found = [entry for entry in mine if entry.about == {one.key} and not calls(said(entry))]
    return Alone(found, len(mine) - len(found))


def said(entry: Entry) -> str:
    """All words of a line, as somebody reads them."""
    details = (part for detail in entry.details for part in detail)
    return " ".join((entry.who, entry.title, entry.text, entry.link, *details))


def calling(others: Sequence[Involved], one: Involved) -> Callable[[str], bool]:
    """A test: whether a text calls one of the others by a word that is not also a name of this one.

    A name is recognised in all the ways in which a dossier replaces it: "bram2012", "Brammetje", "B. de Vries", and
    every single word of it. How somebody was described is no name of theirs: "a friend of Bram" may well call another.
    """
    own = frozenset[str]() if one.phrase else one.naming
    words = frozenset().union(*(other.naming for other in others)) - own
    phrases = [f" {other.phrase} " for other in others if other.phrase not in ("", one.phrase)]
    written = [(writing, KEEP, Near.ABOUT) for writing in _writings(one, own)]
    written += [(writing, other.key, Near.CLOSE) for other in others for writing in _writings(other, other.naming)]
    names = Names(written)

    def calls(text: str) -> bool:
        found = _words(text)
        there, whole = {*found, *(word.removesuffix("s") for word in found)}, f" {' '.join(found)} "
        plainly = bool(there & words) or any(phrase in whole for phrase in phrases)
        return plainly or any(match.who != KEEP for match in names.matches(text))

    return calls


def _writings(one: Involved, naming: frozenset[str]) -> Iterable[Writing]:
    """How somebody is written; who was described has no name but single words."""
    return [Writing((word,)) for word in naming] if one.phrase else writings(one.plain, close=True)


def heading(one: Involved, people: Iterable[Involved]) -> str:
    """What to call somebody on a page of their own; not as they were described when that calls another."""
    others = [other for other in people if other.key != one.key]
    described = _("Somebody who was described in a report") if one.reported else _("Somebody who was described")
    return described if calling(others, one)(one.name) else one.name


def _naming(person: Somebody) -> frozenset[str]:
    """The words of a name; of a description those with a capital, but for its first."""
    if person.pupil or person.user:
        text = person.pupil.name if person.pupil else person.user.name if person.user else ""
    else:
        text = " ".join(word for word in person.description.split()[1:] if word[:1].isupper())
    return frozenset(word for word in _words(text) if len(word) >= SHORTEST and word not in PARTICLES)


def _words(text: str) -> list[str]:
    """In small letters and without accents."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return [word for word in re.split(r"[\W_]+", plain.casefold()) if word]
