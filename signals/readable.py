"""What could somebody read on a day, by which rule, and what of it did they open? Answered from the log alone.

Pure: events in, rows out; whatever the tables hold now plays no part.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from audit.actions import Action
from signals.readable_history import Duty, Event, History, Policy, Rule, Way, closes

READINGS = frozenset(
    {
        Action.CASE_READ,
        Action.CASE_OLDER_READ,
        Action.CASE_FOLLOWED,
        Action.CASE_STORY_OPENED,
        Action.GLASS_BROKEN,
        Action.SIGNAL_READ,
        Action.SIGNAL_PRINTED,
        Action.DOSSIER_FETCHED,
    }
)


@dataclass(frozen=True)
class Held:
    """A way that was open on the day. since, until: moments within it; None: from the start, to the end."""

    way: Way
    since: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Opening:
    """Something that was opened on the day."""

    at: datetime
    action: str
    case: str


@dataclass(frozen=True)
class Row:
    """One case. unsure: whether they were kept from it can't be told any more, because that was erased."""

    case: str
    held: tuple[Held, ...]
    unsure: bool
    openings: tuple[Opening, ...]


@dataclass(frozen=True)
class Answer:
    """rows: the cases. strays: what was opened without a right that the log shows. duties: the roles of that day."""

    rows: tuple[Row, ...]
    strays: tuple[Opening, ...]
    duties: tuple[Duty, ...]


def answer(
    events: Iterable[Event], *, person: str, day: date, start: datetime, end: datetime, policy: Policy
) -> Answer:
    """Reconstruct what a person could read from `start` until `end`, both within one day.

    Args:
        events: of one board, from the beginning, oldest first; those at or after `end` are left out.
        person: their reference.
        policy: what each role may do.
    """
    known = [event for event in events if event.at < end]
    earlier, today = [e for e in known if e.at < start], [e for e in known if e.at >= start]
    history, spans = History(person, day, policy), _Spans(start)
    for event in earlier:
        history.apply(event)
    spans.note(start, history, history.cases)
    duties = dict.fromkeys(history.held())
    for at, _order, happens in _moments([*earlier, *today], person, start, end):
        spans.note(at, history, happens(history))
        duties |= dict.fromkeys(history.held())
    opened = _opened(today, person)
    rows = tuple(_row(case, held, history, opened.get(case, ())) for case, held in sorted(spans.closed().items()))
    covered = {opening for row in rows for opening in row.openings if _covers(row, opening)}
    strays = tuple(one for openings in opened.values() for one in openings if one not in covered)
    return Answer(rows, strays, tuple(duties))


Happening = Callable[[History], Iterable[str]]


class _Spans:
    """For each case which ways were open from when until when, within the day."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.running: dict[str, dict[Way, datetime]] = {}
        self.over: dict[str, list[Held]] = {}

    def note(self, at: datetime, history: History, cases: Iterable[str]) -> None:
        """Write down what is open now in these cases."""
        for case in cases:
            before, now = self.running.get(case, {}), history.ways(case, at)
            gone = {way: since for way, since in before.items() if way not in now and since < at}
            self.over.setdefault(case, []).extend(self._held(way, since, at) for way, since in gone.items())
            self.running[case] = {way: before.get(way, at) for way in now}

    def closed(self) -> dict[str, tuple[Held, ...]]:
        """Everything that was open at some moment, by case."""
        found = {
            case: (*self.over[case], *(self._held(way, since, None) for way, since in ways.items()))
            for case, ways in self.running.items()
        }
        return {case: held for case, held in found.items() if held}

    def _held(self, way: Way, since: datetime, until: datetime | None) -> Held:
        return Held(way, None if since == self.start else since, until)


def _moments(events: list[Event], person: str, start: datetime, end: datetime) -> list[tuple[datetime, int, Happening]]:
    """Everything on the day at which something may change: events, and hours that run out, also those of last night."""
    found: list[tuple[datetime, int, Happening]] = []
    for event in events:
        if event.at >= start:
            found.append((event.at, 1, _applied(event)))
        opens = event.action in (Action.GLASS_BROKEN, Action.CASE_STORY_OPENED) and event.actor == person
        if opens and start < closes(event) < end:
            found.append((closes(event), 0, _touched(event.case)))
    return sorted(found, key=lambda moment: moment[:2])


def _applied(event: Event) -> Happening:
    return lambda history: history.apply(event)


def _touched(case: str) -> Happening:
    return lambda _history: [case]


def _opened(events: list[Event], person: str) -> dict[str, list[Opening]]:
    """What the person opened, by case."""
    found: dict[str, list[Opening]] = {}
    for event in events:
        if event.actor == person and event.action in READINGS:
            found.setdefault(event.case, []).append(Opening(event.at, event.action, event.case))
    return found


def _row(case: str, held: tuple[Held, ...], history: History, opened: Iterable[Opening]) -> Row:
    by_right = any(one.way.rule != Rule.WROTE for one in held)
    return Row(case, held, by_right and history.unsure(case), tuple(opened))


def _covers(row: Row, opening: Opening) -> bool:
    return any(held.holds(opening.at) for held in row.held)
