"""Through the pages, for random people and cases: in a list, counted, found by search and opened are one answer."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Pupil, User
from accounts.roles import Role
from signals.models import Barred, BreakGlass, Case, Named, Person
from signals.services.cases import case_take
from tests.architecture.test_audience import give, plain_case, put_share, undone
from tests.conftest import World, person
from tests.sharing import WHY

DESK, FOLLOW = ("new", "week", "waiting", "open", "closed"), ("open", "closed")
CASE = re.compile(r'href="/casus/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2})/"')
FOLLOWED = re.compile(r'href="/opvolging/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2})/"')
COUNT = re.compile(r'href="\?tab=(\w+)"[^>]*>[^<]*<span class="count">(\d+)</span>')

PLACES = ("school", "sister_school", "other_school")
MEMBERSHIP = st.tuples(st.sampled_from(Role.values), st.sampled_from(PLACES), st.sampled_from(["now", "now", "ended"]))
STAFF = st.lists(st.lists(MEMBERSHIP, min_size=1, max_size=2), min_size=4, max_size=4)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),  # which case
        st.integers(0, 3),  # which person
        st.sampled_from(["share", "expired share", "taken back", "named", "barred", "glass", "glass over"]),
    ),
    max_size=6,
)


@pytest.mark.long
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(staff=STAFF, subject=st.integers(0, 3), walls=st.booleans(), rows=ROWS)
def test_list_count_search_and_page_agree(
    world: World, login: Callable[..., Client], staff: Any, subject: int, walls: bool, rows: Any
) -> None:
    with undone():
        people = [person(f"iemand_{number}") for number in range(len(staff))]
        cases = some_cases(world, people, subject, walled=walls)
        Membership.objects.all().delete()
        for user, roles in zip(people, staff, strict=True):
            for role, place, dates in roles:
                give(user, role, getattr(world, place), dates)
        for which, whom, kind in rows:
            explicit(cases[which], people[whom], kind, world.coordinator)
        for user in people:
            one_answer(login(user), cases, about=cases[1] if user == people[subject] else None)


def some_cases(world: World, people: list[User], subject: int, *, walled: bool) -> list[Case]:
    """A new one about a pupil, one about a colleague, and one in hand that may be walled by hand."""
    new = plain_case(world, "pupil", None, writer=people[0])
    staff = plain_case(world, "staff", people[subject], writer=people[1])
    taken = case_take(by=world.coordinator, case=plain_case(world, "pupil", None, writer=people[2]))
    if walled:
        taken.walled, taken.wall_reason = True, WHY
        taken.walled_by, taken.walled_at = world.coordinator, timezone.now()
        taken.save()
    for number, case in enumerate((new, taken)):
        pupil = Pupil.objects.create(school=world.school, name=f"Vindbaar{number} Leerling")
        Person.objects.filter(signal__case=case).update(pupil=pupil)
    return [Case.objects.get(pk=case.pk) for case in (new, staff, taken)]


def explicit(case: Case, user: User, kind: str, by: User) -> None:
    """The row as the services leave it, without asking whether they would have made it."""
    now = timezone.now()
    if kind in ("share", "expired share", "taken back"):
        put_share(case, user, by, "read", {"share": "active", "expired share": "expired"}.get(kind, kind))
    elif kind == "named" and not case.named.filter(user=user).exists():
        Named.objects.create(case=case, user=user, by=by, at=now)
    elif kind == "barred":
        Barred.objects.get_or_create(case=case, user=user, defaults={"by": by, "at": now})
    elif kind.startswith("glass"):
        began = now - timedelta(minutes=5 if kind == "glass" else 90)
        until = began + timedelta(minutes=60)
        BreakGlass.objects.create(case=case, by=user, role="coordinator", reason=WHY * 2, opened_at=began, until=until)


def one_answer(client: Client, cases: list[Case], about: Case | None) -> None:
    handled = listed(client, "/werkplek/", DESK, CASE)
    followed = listed(client, "/opvolging/", FOLLOW, FOLLOWED)
    opened = set(CASE.findall(text(client, "/gedeeld/")))
    for case in cases:
        reference = case.reference
        reads, sees = reference in handled | opened, reference in handled | opened | followed
        assert (client.get(f"/casus/{reference}/").status_code == 200) == reads
        assert (client.get(f"/opvolging/{reference}/").status_code == 200) == (reference in followed)
        assert found(client, reference) == sees
        for name in names(case):
            assert found(client, reference, name) == reads
        if about == case:
            assert not sees


def listed(client: Client, address: str, tabs: tuple[str, ...], links: re.Pattern[str]) -> set[str]:
    """What the tabs list; and each counts what it lists."""
    seen: set[str] = set()
    for tab in tabs:
        page = text(client, f"{address}?tab={tab}")
        here = set(links.findall(page))
        if page:
            assert dict(COUNT.findall(page))[tab] == str(len(here))
        seen |= here
    return seen


def found(client: Client, reference: str, words: str = "") -> bool:
    response = client.post("/casus/zoeken/", {"q": words or reference.lower()})
    links = CASE.findall(response.content.decode()) + FOLLOWED.findall(response.content.decode())
    return response.status_code == 200 and reference in links


def text(client: Client, address: str) -> str:
    response = client.get(address)
    return response.content.decode() if response.status_code == 200 else ""


def names(case: Case) -> list[str]:
    people = Person.objects.filter(signal__case=case, pupil__isnull=False).select_related("pupil")
    return [row.pupil.name.partition(" ")[0] for row in people if row.pupil]
