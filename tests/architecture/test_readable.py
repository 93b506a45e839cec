"""What could somebody read? The answer from the log is what the doors do, now and looked back upon.

Random histories, done through the services with a clock that moves. After every move each person's answer for this
moment is compared with `access.sight`, and at the end the log is asked once more about all those earlier moments.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.access import reach
from accounts.errors import RoleError
from accounts.grants import grants_of
from accounts.models import Board, Membership, School, User
from accounts.people_events import span_details
from accounts.roles import BOARD_ROLES, POLICY, Permission, Role
from accounts.services.closing import account_close
from accounts.services.roles import role_end, role_give
from audit.actions import Action
from audit.record import record
from signals import access
from signals.about import involved
from signals.casepeople import added_to, people_in
from signals.errors import RuleError
from signals.models import Case, Share, Signal, StoryOpening, Transfer
from signals.readable import Row, answer
from signals.readable_events import events_of
from signals.readable_history import Rule
from signals.services.cases import case_join, case_note, case_take, story_open
from signals.services.glass import glass_break
from signals.services.persons import Newcomer, person_add, person_back, person_remove
from signals.services.shares import case_share, share_end
from signals.services.transfers import case_merge, signal_move, signal_split, transfer_undo
from signals.services.walls import case_unwall, case_wall
from tests.conftest import World, send, typed

WHY = "Besproken met het zorgteam op maandag, en zo besloten."
BY_RULE = {
    Rule.HANDLES: Permission.CASE_HANDLE,
    Rule.FOLLOWS: Permission.CASE_FOLLOW,
    Rule.BOARD: Permission.WALLED_HANDLE,
    Rule.NAMED: Permission.NAMED_HANDLE,
    Rule.SHARED: Permission.SHARED_READ,
    Rule.GLASS: Permission.BREAK_GLASS,
}
CAST = ("author", "coordinator", "principal", "board_officer", "subject", "sister_coordinator", "former", "teacher")
Seen = dict[str, frozenset[str]]


@dataclass
class Play:
    """One history: the world, the clock, and what everybody saw at the moments that were looked at."""

    world: World
    clock: Any
    looks: list[tuple[datetime, str, Seen]] = field(default_factory=list)

    def user(self, number: int) -> User:
        """Somebody of the cast, as in a new request."""
        return User.objects.get(pk=self.world.people[CAST[number % len(CAST)]].pk)

    def case(self, number: int, **narrow: Any) -> Case | None:
        rows = list(Case.objects.filter(board=self.world.board, **narrow).select_related("school", "board", "owner"))
        return rows[number % len(rows)] if rows else None

    def administrator(self) -> User:
        return User.objects.get(pk=self.world.administrator.pk)

    def handler(self, case: Case) -> User | None:
        users = (self.user(number) for number in range(len(CAST)))
        return next((user for user in users if access.may(user, case, *access.HANDLE)), None)


def recorded(row: Membership) -> None:
    """The event of a role that was there from the beginning."""
    board = row.school.board if row.school else row.board
    assert board
    school = row.school.reference if row.school else ""
    ref, details = row.user.reference, span_details(row)
    record(Action.ROLE_GRANTED, board=board.reference, school=school, kind="user", ref=ref, details=details)


def report_pupil(play: Play, one: int, two: int, three: int) -> None:
    writer, world = play.user(one), play.world
    pupil = world.pupil if two % 3 else world.sister_pupil
    school = pupil.school.reference
    if grants_of(writer).allows(Permission.SIGNAL_WRITE):
        _try(lambda: send(writer, typed(world, person=f"pupil:{pupil.reference}", school=school)))


def report_staff(play: Play, one: int, two: int, three: int) -> None:
    writer, whom = play.user(one), play.user(two)
    data = typed(play.world, subject_role="staff", person=f"staff:{whom.reference}", concern="radicalisation")
    data["school"] = play.world.school.reference
    if writer != whom and grants_of(writer).allows(Permission.SIGNAL_WRITE):
        _try(lambda: send(writer, data))


def take(play: Play, one: int, two: int, three: int) -> None:
    case = play.case(one, status="new")
    if case and (handler := play.handler(case)):
        _try(lambda: case_take(by=handler, case=case))


def join_cases(play: Play, one: int, two: int, three: int) -> None:
    case = play.case(one, status="new")
    into = case and play.case(two, status="in_review", school=case.school, walled=case.walled)
    if case and into and (handler := play.handler(into)):
        _try(lambda: case_join(by=handler, case=case, into=into))


def handled_case(play: Play, number: int) -> tuple[Case | None, User | None]:
    case = play.case(number, status="in_review")
    return case, case and play.handler(case)


def merge(play: Play, one: int, two: int, three: int) -> None:
    case, by = handled_case(play, one)
    into = case and play.case(two, status="in_review", school=case.school)
    if case and by and into:
        _try(lambda: case_merge(by=by, case=case, into=into, reason=WHY, key=uuid.uuid4()))


def move_report(play: Play, one: int, two: int, three: int) -> None:
    """To another case, or by itself."""
    rows = list(Signal.objects.filter(case__board=play.world.board).select_related("case__school", "case__board"))
    full = [row for row in rows if row.case.status == "in_review" and row.case.signals.count() > 1]
    if not full:
        return
    signal = full[one % len(full)]
    by, into = play.handler(signal.case), play.case(two, status="in_review", school=signal.case.school)
    if by and three % 2:
        _try(lambda: signal_split(by=by, signal=signal, reason=WHY, key=uuid.uuid4()))
    elif by and into:
        _try(lambda: signal_move(by=by, signal=signal, into=into, reason=WHY, key=uuid.uuid4()))


def put_back(play: Play, one: int, two: int, three: int) -> None:
    rows = list(Transfer.objects.filter(undone_at=None, source__board=play.world.board).order_by("-pk")[:3])
    if rows:
        row = rows[one % len(rows)]
        if by := play.handler(Case.objects.select_related("school", "board").get(pk=row.target_id)):
            _try(lambda: transfer_undo(by=by, transfer=row))


def wall(play: Play, one: int, two: int, three: int) -> None:
    case, barred = play.case(one, walled=False), play.user(three)
    if case:
        bar = (barred,) if three % 3 == 0 else ()
        users = (play.user(number) for number in range(two, two + len(CAST)))
        able = (user for user in users if grants_of(user).allows_at(case.school_id, Permission.NAMED_HANDLE))
        who = next(able, None) if two % 3 else None
        _try(lambda: case_wall(by=play.world.coordinator, case=case, reason=WHY, keeper=who, bar=bar))


def unwall(play: Play, one: int, two: int, three: int) -> None:
    case = play.case(one, walled=True)
    if case:
        _try(lambda: case_unwall(by=play.world.board_officer, case=case, reason=WHY))


def add_person(play: Play, one: int, two: int, three: int) -> None:
    """A colleague or a pupil; what is written about them keeps a colleague out when they are taken out again."""
    case, by = handled_case(play, one)
    if case and by:
        whom = Newcomer(pupil=play.world.pupil) if three % 5 == 4 else Newcomer(user=play.user(two))
        key = str(uuid.uuid4())
        _try(lambda: person_add(by=by, case=case, newcomer=whom, role="other", key=key))
        if three % 3 == 0 and whom.user:
            _try(lambda: case_note(by=by, case=case, text="Over haar.", key=key, person=whom.user.reference))


def remove_person(play: Play, one: int, two: int, three: int) -> None:
    case, by = handled_case(play, one)
    there = involved(people_in(case)) if case else []
    if case and by and there:
        _try(lambda: person_remove(by=by, case=case, person=there[two % len(there)]))


def person_again(play: Play, one: int, two: int, three: int) -> None:
    case, by = handled_case(play, one)
    rows = [row for row in added_to(case) if row.removed_at] if case else []
    if case and by and rows:
        _try(lambda: person_back(by=by, case=case, row=rows[two % len(rows)]))


def share(play: Play, one: int, two: int, three: int) -> None:
    case, colleague = play.case(one, status="in_review"), play.user(two)
    if case and (handler := play.handler(case)) and handler != colleague:
        last, level = timezone.localdate() + timedelta(days=three % 4), ("read", "contribute")[three % 2]
        key = str(uuid.uuid4())
        _try(
            lambda: case_share(
                by=handler, case=case, colleague=colleague, level=level, ends_on=last, reason=WHY, key=key
            )
        )


def unshare(play: Play, one: int, two: int, three: int) -> None:
    rows = list(Share.objects.filter(ended_at=None))
    if rows:
        share_end(by=play.world.coordinator, share=rows[one % len(rows)])


def break_glass(play: Play, one: int, two: int, three: int) -> None:
    case, user = play.case(one), play.user(two)
    if case and (found := access.case_behind_glass(user, case.reference)):
        glass_break(by=user, case=found, reason=WHY)


def open_story(play: Play, one: int, two: int, three: int) -> None:
    case = play.case(one)
    users = (play.user(number) for number in range(len(CAST)))
    if case and (user := next((u for u in users if access.may(u, case, Permission.CASE_FOLLOW)), None)):
        story_open(by=user, case=case, reason=WHY)


def give_role(play: Play, one: int, two: int, three: int) -> None:
    role = Role.values[one % len(Role.values)]
    school = (play.world.school, play.world.sister_school)[three % 2]
    place: School | Board = school.board if role in BOARD_ROLES else school
    starts = timezone.localdate() + timedelta(days=three % 3 - 1)
    ends = None if three % 4 == 0 else starts + timedelta(days=three % 4)
    admin, user = play.administrator(), play.user(two)
    _try(lambda: role_give(by=admin, person=user, role=role, place=place, starts_on=starts, ends_on=ends))


def end_role(play: Play, one: int, two: int, three: int) -> None:
    """At once, or after a day to come; a role that was never held on a day before goes altogether."""
    today = timezone.localdate()
    still = Q(ends_on=None) | Q(ends_on__gte=today)
    rows = list(Membership.objects.filter(still, user__in=[play.world.people[name] for name in CAST]))
    if rows:
        row, last_day = rows[one % len(rows)], None if two % 2 else today + timedelta(days=three % 3)
        _try(lambda: role_end(by=play.administrator(), membership=row, last_day=last_day))


def close_account(play: Play, one: int, two: int, three: int) -> None:
    admin, user = play.administrator(), play.user(one)
    if three % 2:
        _try(lambda: account_close(by=admin, person=user, within=reach(admin)))


def minutes_pass(play: Play, one: int, two: int, three: int) -> None:
    play.clock.shift(timedelta(minutes=(one * 7) % 71 + 1))


def days_pass(play: Play, one: int, two: int, three: int) -> None:
    play.clock.shift(timedelta(days=one % 3 + 1, minutes=two % 50))


ACTS = (
    *(
        report_pupil,
        report_pupil,
        report_staff,
        take,
        take,
        take,
        join_cases,
        merge,
        move_report,
        put_back,
        wall,
        wall,
        unwall,
        add_person,
        add_person,
        remove_person,
        person_again,
        share,
        share,
        unshare,
    ),
    *(
        break_glass,
        break_glass,
        open_story,
        open_story,
        give_role,
        end_role,
        close_account,
        minutes_pass,
        minutes_pass,
        days_pass,
    ),
)
OPENING = ((report_pupil, 0, 1, 0), (report_pupil, 5, 0, 0), (report_staff, 0, 4, 0), (report_pupil, 1, 1, 0))
ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 11), st.integers(0, 11), st.integers(0, 11))


def _try(act: Any) -> None:
    """A rule, or the form, may refuse; then nothing happened."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                act()
        except (RuleError, RoleError, AssertionError):
            pass


def look(play: Play) -> None:
    """Compare the answer for this moment with the doors, and remember it."""
    now = timezone.now()
    cases = list(Case.objects.filter(board=play.world.board).select_related("school"))
    opened = set(StoryOpening.objects.filter(until__gt=now).values_list("by", "case"))
    for name in CAST:
        user = User.objects.get(pk=play.world.people[name].pk)
        doors = by_the_doors(user, cases, {case for by, case in opened if by == user.pk})
        assert by_the_log(play.world.board, user, now) == doors, (name, now)
        play.looks.append((now, name, doors))
    play.clock.shift(timedelta(seconds=1))


def by_the_doors(user: User, cases: list[Case], opened: set[int]) -> Seen:
    """opened: in which cases they have the story open now."""
    sight, found = access.sight(user), {}
    own = set(access.own_signals(user).values_list("case_id", flat=True))
    for case in cases:
        rules = {str(rule) for rule, permission in BY_RULE.items() if sight.may(case, permission)}
        rules |= {"adds"} if sight.may(case, Permission.SHARED_ADD) else set()
        rules |= {str(Rule.STORY)} if case.pk in opened and sight.may(case, Permission.CASE_FOLLOW) else set()
        rules |= {str(Rule.WROTE)} if case.pk in own else set()
        if rules:
            found[case.reference] = frozenset(rules)
    return found


def by_the_log(board: Board, user: User, moment: datetime) -> Seen:
    return at(log_of(board, user, timezone.localdate(moment)), moment)


def log_of(board: Board, user: User, day: date) -> tuple[Row, ...]:
    """What the log answers about a whole day."""
    start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
    events = events_of(board.reference, user.reference, start, end)
    return answer(events, person=user.reference, day=day, start=start, end=end, policy=POLICY).rows


def at(rows: tuple[Row, ...], moment: datetime) -> Seen:
    found = {}
    for row in rows:
        assert not row.unsure
        ways = [held.way for held in row.held if held.holds(moment)]
        rules = {str(way.rule) for way in ways} | {"adds" for way in ways if way.level == "contribute"}
        if rules:
            found[row.case] = frozenset(rules)
    return found


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def without_mail() -> Iterator[None]:
    """Who is told of a share or a broken glass is another test's matter."""
    with pytest.MonkeyPatch.context() as patch:
        for service in ("shares", "walls", "glass"):
            patch.setattr(f"signals.services.{service}.queue", lambda *_args, **_options: None)
            patch.setattr(f"signals.services.{service}.reverse", lambda *_args, **_options: "/")
        yield


@pytest.mark.long
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(acts=st.lists(ACT, min_size=15, max_size=40))
def test_the_log_says_what_the_doors_did(world: World, acts: list[Any]) -> None:
    with undone(), without_mail(), time_machine.travel(timezone.now(), tick=False) as clock:
        play = Play(world, clock)
        for row in Membership.objects.select_related("school__board", "board", "user").order_by("id"):
            recorded(row)
        clock.shift(timedelta(minutes=1))
        for act, *numbers in OPENING:
            act(play, *numbers)
        for number, (act, *numbers) in enumerate(acts):
            act(play, *numbers)
            clock.shift(timedelta(seconds=1))
            if number % 4 == 3:
                look(play)
        look(play)
        log = cache(lambda name, day: log_of(world.board, world.people[name], day))  # as it is at the end
        for moment, name, seen in play.looks:
            assert at(log(name, timezone.localdate(moment)), moment) == seen, (name, moment)
