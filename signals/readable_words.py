"""The answer to "what could somebody read" as a page shows it: rules in words, and the references of cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import School
from accounts.roles import Role
from audit.actions import Action
from escalation.hats import function_name
from signals.models.rights import Level
from signals.readable import Answer, Held, Opening, Row
from signals.readable_history import Duty, Rule, Way

ORDER = list(Rule)
MOST = 1000  # cases shown by one rule; a school with more is better asked about by case, in the logbook
OPENED = {
    Action.CASE_READ: gettext_lazy("read the story"),
    Action.CASE_OLDER_READ: gettext_lazy("read what is older than the last school year"),
    Action.CASE_FOLLOWED: gettext_lazy("saw the steps"),
    Action.CASE_STORY_OPENED: gettext_lazy("opened the story with a reason"),
    Action.GLASS_BROKEN: gettext_lazy("broke the glass"),
    Action.SIGNAL_READ: gettext_lazy("read their own report"),
    Action.SIGNAL_PRINTED: gettext_lazy("printed their own report"),
    Action.DOSSIER_FETCHED: gettext_lazy("downloaded a dossier"),
}


@dataclass(frozen=True)
class Line:
    """One case: what was opened of it and when, in words; unsure: see readable.Row."""

    reference: str
    opened: list[str]
    unsure: bool = False


@dataclass(frozen=True)
class Group:
    """One rule, when it held within the day (empty: all of it), and the cases it opened; left: not shown."""

    rule: str
    period: str
    lines: list[Line]
    left: int
    total: int
    alarm: bool


class Words:
    """Puts an answer into words with the names that people and schools have now."""

    def __init__(self, names: Mapping[str, str], schools: Mapping[str, School]) -> None:
        self.names, self.schools = names, schools

    def groups(self, answer: Answer) -> list[Group]:
        """The cases by the rule that opened them, what is rare first."""
        found: dict[tuple[Way, datetime | None, datetime | None], list[Row]] = {}
        for row in answer.rows:
            for held in row.held:
                found.setdefault((held.way, held.since, held.until), []).append(row)
        ordered = sorted(found, key=lambda key: (ORDER.index(key[0].rule), self.rule(key[0]), key[1] or _EARLY))
        return [self._group(Held(*key), found[key]) for key in ordered]

    def _group(self, held: Held, rows: list[Row]) -> Group:
        lines = [
            Line(row.case, [opening_words(one) for one in row.openings if held.holds(one.at)], row.unsure)
            for row in sorted(rows, key=lambda row: not row.openings)
        ]
        left = max(len(lines) - MOST, 0)
        return Group(self.rule(held.way), period(held), lines[:MOST], left, len(lines), held.way.rule == Rule.GLASS)

    def opened(self, answer: Answer) -> list[Line]:
        """Only what was opened on the day."""
        return [Line(row.case, [opening_words(one) for one in row.openings]) for row in answer.rows if row.openings]

    def strays(self, answer: Answer) -> list[Line]:
        """What was opened without a right that the log shows, a line for each case."""
        found: dict[str, list[str]] = {}
        for one in answer.strays:
            found.setdefault(one.case, []).append(opening_words(one))
        return [Line(case, opened) for case, opened in found.items()]

    def duties(self, answer: Answer) -> list[str]:
        """The roles of that day, each with the moment from which the log knows of it."""
        words = _("%(role)s; in the log since %(day)s")
        return [words % {"role": self._duty(duty), "day": _moment(duty.known_at)} for duty in answer.duties]

    def _duty(self, duty: Duty) -> str:
        role = self._role(duty.role, duty.school)
        return capfirst(_("%(role)s at %(school)s") % {"role": role, "school": self._school(duty.school)})

    def rule(self, way: Way) -> str:
        """The rule in words."""
        role, school = self._role(way.role, way.school), self._school(way.school)
        if way.rule == Rule.SHARED:
            level = dict(Level.choices).get(way.level, way.level)
            who = self.names.get(way.by) or _("a former member of staff")
            last = date_format(date.fromisoformat(way.last_day), "j F Y")
            return _("Shared by %(name)s, to %(level)s, until %(day)s") % {"name": who, "level": level, "day": last}
        texts = {
            Rule.GLASS: _("Opened by breaking the glass"),
            Rule.STORY: _("Opened the story with a reason"),
            Rule.WROTE: _("Wrote a report in it: could read that report, not the case"),
            Rule.NAMED: _("By name, behind the wall, as %(role)s at %(school)s"),
            Rule.BOARD: _("Behind the wall, as %(role)s of the board"),
            Rule.HANDLES: _("As %(role)s at %(school)s: the whole case"),
            Rule.FOLLOWS: _("As %(role)s at %(school)s: the steps, and the story only after giving a reason"),
        }
        return texts[way.rule] % {"role": role, "school": school}

    def _role(self, role: str, school: str) -> str:
        sector = self.schools[school].sector if school in self.schools else ""
        return function_name(role, sector) if role in Role.values else role

    def _school(self, school: str) -> str:
        if not school:
            return _("the board")
        return self.schools[school].name if school in self.schools else _("a school that is no longer there")


_EARLY = datetime.min.replace(tzinfo=timezone.get_fixed_timezone(0))


def period(held: Held) -> str:
    """From when until when within the day; empty for all of it."""
    if held.since and held.until:
        return _("between %(first)s and %(last)s") % {"first": _clock(held.since), "last": _clock(held.until)}
    if held.since:
        return _("from %(clock)s on") % {"clock": _clock(held.since)}
    return _("until %(clock)s") % {"clock": _clock(held.until)} if held.until else ""


def opening_words(opening: Opening) -> str:
    """`10:42 read the story`"""
    return f"{_clock(opening.at)} {OPENED[Action(opening.action)]}"


def references_in(answers: Iterable[Answer]) -> tuple[set[str], set[str]]:
    """The references of people and of schools that the words need."""
    people, schools = set(), set()
    for answer in answers:
        schools |= {duty.school for duty in answer.duties}
        for way in (held.way for row in answer.rows for held in row.held):
            people.add(way.by)
            schools.add(way.school)
    return people - {""}, schools - {""}


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y H:i")
