"""What the log says about cases, shares, walls and roles, played from the beginning for one person.

Pure: no database, no clock. It repeats the rules of `access` and `rows` over what was recorded; a test plays random
histories through the services and compares the outcome with `access.sight`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from accounts.roles import Permission
from audit.actions import Action
from signals import readable_moves
from signals.readable_file import File, Report, Share

Policy = Mapping[str, frozenset[Permission]]
HOUR = 60  # minutes that a story, or a broken glass, stays open where the event does not say
GRANTED, ENDED, CLOSED = Action.ROLE_GRANTED, Action.ROLE_ENDED, Action.ACCOUNT_CLOSED
CASE_ACTIONS = (
    Action.SIGNAL_SENT,
    Action.CASE_JOINED,
    Action.SIGNAL_MOVED,
    Action.CASE_PERSON_ADDED,
    Action.CASE_PERSON_REMOVED,
    Action.CASE_WALLED,
    Action.CASE_UNWALLED,
    Action.CASE_SHARED,
    Action.SHARE_ENDED,
    Action.GLASS_BROKEN,
    Action.CASE_STORY_OPENED,
)


class Rule(StrEnum):
    """By what somebody could read a case."""

    GLASS = "glass"
    SHARED = "shared"
    NAMED = "named"
    STORY = "story"
    WROTE = "wrote"
    BOARD = "board"
    HANDLES = "handles"
    FOLLOWS = "follows"  # the steps; the story only after giving a reason


@dataclass(frozen=True)
class Event:
    """One event of the log of one board.

    day: of `at`, at the school. personal: the part that can be erased; None when it was.
    """

    at: datetime
    day: date
    action: str
    actor: str = ""
    school: str = ""
    case: str = ""
    ref: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, str] | None = field(default_factory=dict)

    def said(self, name: str) -> str:
        """A code or reference in the details, empty when it is not there."""
        return str(self.details.get(name) or "")


@dataclass(frozen=True)
class Way:
    """One rule, and what belongs to it: the role and the school, who shared it, at which level, until when."""

    rule: Rule
    role: str = ""
    school: str = ""
    by: str = ""
    level: str = ""
    last_day: str = ""
    opened_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Duty:
    """One role. known_at: when the log says it was given. starts, ends: its days, where the event says them."""

    role: str
    school: str
    known_at: datetime
    starts: date | None = None
    ends: date | None = None

    def holds(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


class History:
    """The state of a board's cases after some events, for one person."""

    def __init__(self, person: str, day: date, policy: Policy) -> None:
        self.person, self.day, self.policy = person, day, policy
        self.cases: dict[str, File] = {}
        self.duties: list[Duty] = []
        self.steps: dict[str, Callable[[Event, File], None]] = {
            Action.SIGNAL_SENT: self._sent,
            Action.CASE_JOINED: self._joined,
            Action.SIGNAL_MOVED: self._signals_moved,
            Action.CASE_PERSON_ADDED: self._person_added,
            Action.CASE_PERSON_REMOVED: self._person_removed,
            Action.CASE_WALLED: self._walled,
            Action.CASE_UNWALLED: self._unwalled,
            Action.CASE_SHARED: self._shared,
            Action.SHARE_ENDED: self._share_ended,
            Action.GLASS_BROKEN: self._glass,
            Action.CASE_STORY_OPENED: self._story,
        }

    def apply(self, event: Event) -> Iterable[str]:
        """Take in one event. Returns the cases for which something may have changed."""
        if event.action in (GRANTED, ENDED, CLOSED):
            if event.ref == self.person:
                self._role(event)
                return list(self.cases)
            return ()
        if step := self.steps.get(event.action):
            step(event, self.cases.setdefault(event.case, File()))
            between = event.action in (Action.CASE_JOINED, Action.SIGNAL_MOVED)
            return [event.case, event.said("from")] if between else [event.case]
        return ()

    def held(self) -> list[Duty]:
        """The roles that hold on the day, as far as the events go."""
        return [duty for duty in self.duties if duty.holds(self.day)]

    def _role(self, event: Event) -> None:
        role, starts, ends = event.said("role"), _day(event.said("starts")), _day(event.said("ends"))
        if event.action == GRANTED:
            self.duties.append(Duty(role, event.school, event.at, starts, ends))
            return
        if event.action == CLOSED:
            self.duties = []
            return
        same = [duty for duty in self.duties if (duty.role, duty.school) == (role, event.school)]
        over = [duty for duty in same if duty.starts == starts] or same
        self.duties = [duty for duty in self.duties if duty not in over]
        if ends:
            self.duties += [Duty(role, event.school, duty.known_at, duty.starts, ends) for duty in over]

    def _sent(self, event: Event, case: File) -> None:
        walled = not event.school
        school = event.school or event.said("at")
        if not case.reports:
            case.school, case.walled = school, walled
        about = (event.personal or {}).get("about", "")
        case.reports[event.ref] = Report(event.actor, school, about, walled and event.personal is None)

    def _joined(self, event: Event, case: File) -> None:
        readable_moves.joined(case, self.cases.setdefault(event.said("from"), File()), event)

    def _signals_moved(self, event: Event, case: File) -> None:
        readable_moves.moved(case, self.cases.setdefault(event.said("from"), File()), event, self.person)
        self._bar(event, case)

    def _person_added(self, event: Event, case: File) -> None:
        if event.details.get("staff"):
            case.added[event.ref] = None if event.personal is None else event.personal.get("about", "")

    def _person_removed(self, event: Event, case: File) -> None:
        case.added.pop(event.ref, None)
        self._bar(event, case)

    def _bar(self, event: Event, case: File) -> None:
        case.barred = case.barred or self.person in (event.personal or {}).get("barred", "").split()
        case.unsure = case.unsure or (bool(event.details.get("barred")) and event.personal is None)

    def _walled(self, event: Event, case: File) -> None:
        case.walled, case.school = True, case.school or event.said("from")
        case.named = self.person in event.said("keeper").split()
        self._bar(event, case)
        case.glasses = [(opened, min(until, event.at)) for opened, until in case.glasses]

    def _unwalled(self, event: Event, case: File) -> None:
        case.walled = case.named = False

    def _shared(self, event: Event, case: File) -> None:
        last_day = _day(event.said("until"))
        if event.said("colleague") == self.person and last_day:
            case.shares[event.ref] = Share(event.actor, event.said("level"), last_day)

    def _share_ended(self, event: Event, case: File) -> None:
        case.shares.pop(event.ref, None)

    def _glass(self, event: Event, case: File) -> None:
        if event.actor == self.person:
            case.glasses.append((event.at, closes(event)))

    def _story(self, event: Event, case: File) -> None:
        if event.actor == self.person:
            case.stories.append((event.at, closes(event)))

    def ways(self, reference: str, at: datetime) -> list[Way]:
        """By what the person can read a case at a moment of the day."""
        case = self.cases.get(reference)
        if case is None:
            return []
        found = self._wrote(case)
        shut = case.joined or case.barred or case.is_about(self.person)
        return found if shut else [*self._rows(case, at), *found, *self._roles(case, at)]

    def unsure(self, reference: str) -> bool:
        case = self.cases[reference]
        return case.unsure or case.is_unsure()

    def _duty(self, permission: Permission, school: str | None = None) -> Duty | None:
        """The role that holds a permission: anywhere, at this school, or with an empty school at the board."""
        return next(
            (
                duty
                for duty in self.held()
                if permission in self.policy.get(duty.role, frozenset()) and school in (None, duty.school)
            ),
            None,
        )

    def _roles(self, case: File, at: datetime) -> list[Way]:
        if case.walled:
            officer = self._duty(Permission.WALLED_HANDLE, "")
            return [Way(Rule.BOARD, officer.role)] if officer else []
        handler = self._duty(Permission.CASE_HANDLE, case.school) if case.school else None
        follower = self._duty(Permission.CASE_FOLLOW, case.school) if case.school else None
        found = [Way(Rule.HANDLES, handler.role, case.school)] if handler else []
        if follower:
            story = [Way(Rule.STORY, opened_at=opened, until=until) for opened, until in case.stories if at < until]
            found += [*story, Way(Rule.FOLLOWS, follower.role, case.school)]
        return found

    def _rows(self, case: File, at: datetime) -> list[Way]:
        found = []
        if self._duty(Permission.BREAK_GLASS):
            found += [Way(Rule.GLASS, opened_at=opened, until=until) for opened, until in case.glasses if at < until]
        if case.shares and self._duty(Permission.SHARED_READ) and not self._duty(Permission.TRAIL_ACCOUNTS):
            found += [
                Way(Rule.SHARED, by=share.by, level=share.level, last_day=share.last_day.isoformat())
                for share in case.shares.values()
                if self.day <= share.last_day
            ]
        if case.walled and case.named and (keeper := self._duty(Permission.NAMED_HANDLE, case.school)):
            found.append(Way(Rule.NAMED, keeper.role, case.school))
        return found

    def _wrote(self, case: File) -> list[Way]:
        for report in case.reports.values():
            if report.author != self.person:
                continue
            place = report.school or None
            if self._duty(Permission.SIGNAL_WRITE, place) or self._duty(Permission.SIGNAL_WRITE, ""):
                return [Way(Rule.WROTE)]
        return []


def closes(event: Event) -> datetime:
    """Until when a story or a broken glass is open."""
    minutes = event.details.get("minutes")
    return event.at + timedelta(minutes=minutes if isinstance(minutes, int) else HOUR)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
