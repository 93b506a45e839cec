"""Who can read this, and who does: two sides of one rule. And whom it is about never sees it, whatever the role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, School, User
from accounts.roles import BOARD_ROLES, SCHOOL_ROLES, Permission, Role
from audit.actions import Action
from signals import access
from signals.audience import readers
from signals.events import case_event
from signals.filters import times
from signals.lists import desk_tabs, follow_tabs
from signals.models import Case, Person, Share, Signal
from signals.models.rights import Level
from signals.opened import ACTIVE, opened_to, readers_of
from signals.services.cases import case_join, case_take
from signals.services.shares import CODES, share_end
from signals.trail import TRAIL_LINES, case_events, visible_events
from tests.architecture.conftest import Stage
from tests.conftest import World, join, person, send, typed

FOLLOW = (Permission.CASE_FOLLOW,)
STAFF_KINDS = ("staff", "principal")
SUBJECTS = ("teacher", "coordinator", "principal", "board_officer", "privacy_officer")


def opened_by(case: Case, people: list[User], *permissions: Permission) -> set[str]:
    """For whom one of the permissions opens it: as a list, as a door, and counted once, they can't differ."""
    found = set()
    for user in people:
        seen = access.sight(fresh(user))
        reach = seen.scope(*permissions).reach().filter(pk=case.pk)
        listed = sum(scan.count() for scan in reach.scans)
        assert listed == seen.may(case, *permissions), user.name
        if listed:
            found.add(user.name)
    return found


def fresh(user: User) -> User:
    """The same person as in a new request, without remembered grants."""
    return User.objects.get(pk=user.pk)


def agree(case: Case, people: list[User]) -> None:
    """What the page says about who can read is what the doors do; and the shares it shows as active are those."""
    opened = opened_to(case)
    told = [row for row in opened.readers if not row.ended]
    active = [line for line in opened.shares if line.state == ACTIVE]
    assert {line.name for line in active} == opened_by(case, people, Permission.SHARED_READ)
    add = {line.name for line in active if line.level == "contribute"}
    assert add == opened_by(case, people, Permission.SHARED_ADD)
    writers = {row.author_id for row in case.signals.all()}
    may_write = {
        user.name
        for user in people
        if user.pk in writers and access.own_signals(fresh(user)).filter(case=case).exists()
    }
    assert {row.name for row in told if not row.on_request} == opened_by(case, people, *access.READ) | may_write
    assert {row.name for row in told if row.on_request} == opened_by(case, people, *FOLLOW)


def test_readers_are_those_for_whom_it_opens(stage: Stage) -> None:
    people = list(stage.world.people.values())
    for signal in stage.signals.values():
        agree(signal.case, people)


def test_a_writer_who_left_is_no_reader(world: World, pupil_signal: Signal) -> None:
    author = world.author
    author.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    told = readers(school=world.school, walled=False, about=frozenset(), writers=(author,))
    assert author.name not in {row.name for row in told}
    agree(pupil_signal.case, list(world.people.values()))


PLACES = ("school", "sister_school", "other_school")
DATES = {"now": {}, "ended": {"ends_on": -1}, "last_day": {"ends_on": 0}, "to_come": {"starts_on": 1}}
MEMBERSHIP = st.tuples(st.sampled_from(Role.values), st.sampled_from(PLACES), st.sampled_from(sorted(DATES)))
STAFF = st.lists(st.lists(MEMBERSHIP, max_size=3), min_size=3, max_size=5)
STATES = ("active", "last day", "expired", "taken back")
# By the number of the person: the level, what became of it, and whether another one was given before.
SHARES = st.dictionaries(
    st.integers(0, 4), st.tuples(st.sampled_from(Level.values), st.sampled_from(STATES), st.booleans()), max_size=4
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(staff=STAFF, kind=st.sampled_from(["pupil", "staff", "principal"]), subject=st.integers(0, 1), shares=SHARES)
def test_the_two_sides_agree_for_any_staff_and_shares(
    world: World, staff: list[Any], kind: str, subject: int, shares: dict[int, Any]
) -> None:
    """Also for shares that no service would give: with whom it is about, or with a handler."""
    with undone():
        people = [person(f"iemand_{number}") for number in range(len(staff))]
        case = plain_case(world, kind, people[subject] if kind in STAFF_KINDS else None, writer=people[-1])
        Membership.objects.all().delete()
        for user, rows in zip(people, staff, strict=True):
            for role, place, dates in rows:
                give(user, role, getattr(world, place), dates)
        for number, (level, state, twice) in shares.items():
            for became in ("taken back", state) if twice else (state,):
                put_share(case, people[number % len(people)], world.coordinator, level, became)
        agree(case, people)
        if kind in STAFF_KINDS:
            assert people[subject].name not in {row.name for row in readers_of(case) if not row.ended}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def give(user: User, role: str, school: School, dates: str) -> None:
    today = timezone.localdate()
    days = {name: today + timedelta(days=count) for name, count in DATES[dates].items()}
    join(user, role, school if role in SCHOOL_ROLES else school.board, **days)


def put_share(case: Case, colleague: User, by: User, level: str, state: str) -> None:
    """The rows of a share as the services leave them, without asking whether it may be given."""
    if case.shares.filter(colleague=colleague, ended_at=None).exists():
        return
    today, now = timezone.localdate(), timezone.now()
    days = {"active": 10, "last day": 0, "expired": -1, "taken back": 10}[state]
    given = Share.objects.create(
        key=uuid4(), case=case, colleague=colleague, level=level, reason="Proef", by=by, created_at=now, ends_on=today
    )
    Share.objects.filter(pk=given.pk).update(ends_on=today + timedelta(days=days))
    for code in CODES[Level(level)]:
        assign_perm(f"signals.{code}", colleague, case)
    if state == "taken back":
        share_end(by=by, share=given)


def plain_case(world: World, kind: str, about: User | None, writer: User) -> Case:
    """A case as the services leave it, with a report by anybody."""
    case = send(world.author, typed(world)).case
    walled = kind in STAFF_KINDS
    Case.objects.filter(pk=case.pk).update(subject_role=kind, walled=walled)
    Signal.objects.filter(case=case).update(author=writer)
    if about:
        Person.objects.filter(signal__case=case).update(pupil=None, user=about)
    return Case.objects.select_related("school").get(pk=case.pk)


def about_member(world: World, role: str) -> tuple[User, Signal, Signal]:
    """Somebody new in that role, and two reports about them by `author`: one taken, one put with it."""
    whom = person(f"nieuw_{role}")
    join(whom, role, world.board if role in BOARD_ROLES else world.school)
    subject_role = "principal" if role == "principal" else "staff"
    data = typed(world, subject_role=subject_role, person=f"staff:{whom.reference}", concern="verbal_violence")
    return whom, send(world.author, data), send(world.author, {**data, "observed": "Nog een keer."})


@pytest.mark.parametrize("role", SUBJECTS)
def test_whom_it_is_about_sees_no_case_no_count_and_no_line(world: World, login: Any, role: str) -> None:
    whom, first, second = about_member(world, role)
    case_take(by=world.board_officer, case=first.case)
    case_join(by=world.board_officer, case=second.case, into=first.case)
    references = {first.case.reference, second.case.reference}
    nothing_for(whom, first.case)
    assert references.isdisjoint(visible_events(fresh(whom)).values_list("case_ref", flat=True))
    client = login(whom)
    for path in ("/", "/werkplek/?tab=open", "/werkplek/?tab=closed", "/opvolging/", "/logboek/", "/mijn-meldingen/"):
        text = client.get(path, follow=True).content.decode()
        assert not [reference for reference in references if reference in text], path
    for reference in references:
        for path in (f"/casus/{reference}/", f"/opvolging/{reference}/", f"/opvolging/{reference}/verhaal/"):
            assert client.get(path).status_code == 404


def nothing_for(user: User, case: Case) -> None:
    """No permission opens it, and it is in no tab."""
    viewer = fresh(user)
    now = timezone.now()
    for permissions in ((), access.HANDLE, FOLLOW):
        cases = access.visible_cases(viewer, *permissions)
        assert not cases.filter(pk=case.pk).exists()
        for tab in (*desk_tabs(cases, viewer.pk, times(now, now)).values(), *follow_tabs(cases).values()):
            assert not tab.filter(pk=case.pk).exists()


@pytest.mark.parametrize("subject_role", SUBJECTS)
@pytest.mark.parametrize("role", Role.values)
def test_a_walled_case_is_for_the_board_officer_alone(world: World, role: str, subject_role: str) -> None:
    """Every role as viewer, at the school, at the sister school and at the board, and at the other board."""
    whom, signal, _second = about_member(world, subject_role)
    case = signal.case
    for place in (world.school, world.sister_school, world.other_school):
        viewer = person(f"kijker_{place.pk}")
        join(viewer, role, place.board if role in BOARD_ROLES else place)
        sees = access.visible_cases(viewer).filter(pk=case.pk).exists()
        assert sees == (role == Role.BOARD_OFFICER and place != world.other_school)
        if not sees:
            nothing_for(viewer, case)
        in_log = visible_events(viewer).filter(case_ref=case.reference).exists()
        assert in_log == (role == Role.PRIVACY_OFFICER and place != world.other_school)
    nothing_for(whom, case)


@pytest.mark.parametrize("name", ["teacher", "coordinator", "principal", "two_hats", "administrator", "subject"])
def test_the_log_of_school_staff_is_silent_on_walled_cases(stage: Stage, name: str) -> None:
    client = stage.clients[name]
    text = client.get("/logboek/").content.decode()
    for kind in ("staff/new", "staff/taken", "principal/new"):
        assert stage.case(kind).reference not in text


def test_the_log_of_a_case_holds_that_of_those_that_were_put_with_it(world: World) -> None:
    first, second, other = (send(world.author, typed(world)).case for _number in range(3))
    case_take(by=world.coordinator, case=first)
    case_join(by=world.coordinator, case=second, into=first)
    first.refresh_from_db()
    for number in range(TRAIL_LINES):
        for case in (first, second, other):
            case_event(Action.CASE_READ, case=case, by=world.coordinator, to=access.HANDLE, ref=str(number))
    wanted = case_events(first).order_by("-id")[: TRAIL_LINES + 1]
    assert opened_to(first, log=True).log == list(wanted)
    assert {row.case_ref for row in wanted} == {first.reference, second.reference}
    assert opened_to(first).log == []
