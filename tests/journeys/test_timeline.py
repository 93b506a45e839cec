"""The line of time of a case: one kind of lines, turned round, and what others did since one looked."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.models import User
from audit.actions import Action
from signals import access
from signals.events import case_event
from signals.models import Case, CaseChange, Signal
from signals.services.cases import case_note
from signals.services.facts import facts_correct
from signals.services.shares import share_end
from signals.services.steps import step_decline
from signals.trail import TRAIL_LINES
from tests.conftest import World, join, person
from tests.dossiers import begun
from tests.filing import keep
from tests.handing import make_task, meet
from tests.journeys.page import Browser, Page
from tests.sharing import share


@pytest.fixture
def second(world: World) -> User:
    user = person("tweede")
    join(user, "coordinator", world.school)
    return user


def note(by: User, case: Case, text: str) -> None:
    case_note(by=by, case=case, text=text, key=str(uuid.uuid4()))


def look(login: Any, user: User, case: Case, asked: str = "") -> Page:
    return Browser(login(user)).get(reverse("signals:case", args=[case.reference]) + asked)


def kinds(page: Page) -> list[tuple[str, bool]]:
    return [(link["label"], link["current"]) for link in page.response.context["kinds"]]


def test_one_kind_of_lines_and_turned_round(world: World, login: Any, taken_case: Case) -> None:
    note(world.coordinator, taken_case, "Eerste notitie")
    note(world.coordinator, taken_case, "Tweede notitie")
    page = look(login, world.coordinator, taken_case)
    assert ("Everything", True) in kinds(page)
    assert ("Files", False) not in kinds(page), "there are none"
    page = look(login, world.coordinator, taken_case, "?kind=notes&order=old")
    assert [entry.text for entry in page.response.context["entries"]] == ["Eerste notitie", "Tweede notitie"]
    assert ("Notes", True) in kinds(page)
    assert page.response.context["order_url"] == "?kind=notes#chronology"
    assert page.response.context["kinds"][0]["url"] == "?order=old#chronology"


@pytest.mark.parametrize("asked", ["?kind=", "?kind=person", "?kind=%00", "?kind=notes&kind=x", "?order=&kind=1"])
def test_another_kind_is_as_if_nothing_was_asked(world: World, login: Any, taken_case: Case, asked: str) -> None:
    page = look(login, world.coordinator, taken_case, asked)
    assert ("Everything", True) in kinds(page)


def test_what_others_did_since_one_looked_is_marked(world: World, login: Any, second: User, taken_case: Case) -> None:
    assert "You looked here before" not in look(login, world.coordinator, taken_case).text
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert "You looked here before" not in look(login, world.coordinator, taken_case).text, "still the same sitting"
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        note(second, taken_case, "Van een ander")
        note(world.coordinator, taken_case, "Van mijzelf")
        page = look(login, world.coordinator, taken_case)
    assert "Others added 1 line since." in page.text
    new = [entry.text for entry in page.response.context["entries"] if entry.new]
    assert new == ["Van een ander"]
    with time_machine.travel(timezone.now() + timedelta(minutes=90)):
        assert "Others added nothing since." in look(login, world.coordinator, taken_case).text


def later(minutes: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


def since(login: Any, user: User, case: Case) -> list[str]:
    """The titles of what is new to somebody, who looked before."""
    page = look(login, user, case)
    assert "You looked here before" in page.text
    return [entry.title for entry in page.response.context["entries"] if entry.new]


@pytest.fixture
def namesake(world: World, second: User) -> User:
    """Another coordinator, who is called as the first."""
    second.name = world.coordinator.name
    second.save()
    return second


def do_everything(world: World, case: Case, by: User, teller: User) -> None:
    """All of which the line of time says who did it."""
    signal = Signal.objects.get(case=case)
    note(by, case, "Een notitie")
    keep(case, by, "Een brief")
    make_task(case, by)
    meet(case, by)
    share(case, by, teller)
    share_end(by=by, share=case.shares.latest("pk"))
    facts_correct(by=by, signal=signal, answers={"calamity": True}, reason="Het was erger.", seen=0)
    step_decline(by=by, step=signal.steps.filter(state="open")[0], reason="Dat past hier niet.", applies=False)
    for kind, old, new in (("status", "in_review", "monitoring"), ("role", world.pupil.reference, "harmed")):
        CaseChange.objects.create(case=case, kind=kind, old=old, new=new, by=by, at=timezone.now())
    begun(case, by)


@pytest.mark.parametrize("who", ["the namesake", "oneself"])
def test_what_somebody_of_the_same_name_did_is_of_another(
    world: World, login: Any, namesake: User, taken_case: Case, who: str
) -> None:
    look(login, world.coordinator, taken_case)
    before = timezone.now()
    with later(40):
        do_everything(world, taken_case, namesake if who == "the namesake" else world.coordinator, world.teacher)
    with later(80):
        page = look(login, world.coordinator, taken_case)
    since = [one for one in page.response.context["entries"] if (one.written or one.at) > before]
    assert {"note", "file", "task", "meeting", "share", "facts", "step", "change"} <= {one.kind for one in since}
    if who == "the namesake":
        assert [one.title for one in since if not one.new] == []
        assert f"Others added {len(since)} lines since." in page.text
    else:
        assert [one.title for one in since if one.new] == []
        assert "Others added nothing since." in page.text


def test_who_reads_by_a_share_sees_the_kinds_and_what_is_new(
    world: World, login: Any, second: User, taken_case: Case
) -> None:
    share(taken_case, world.coordinator, world.teacher)
    for _ in range(2):
        page = look(login, world.teacher, taken_case)
        assert kinds(page)
        assert "You looked here before" not in page.text
    with later(40):
        note(second, taken_case, "Van een ander")
        assert since(login, world.teacher, taken_case) == ["Note"]


def test_a_look_counts_however_much_others_looked_since(
    world: World, login: Any, second: User, taken_case: Case
) -> None:
    look(login, world.coordinator, taken_case)
    for _time in range(TRAIL_LINES + 2):
        case_event(Action.CASE_READ, case=taken_case, by=second, to=access.HANDLE)
    with later(40):
        assert since(login, world.coordinator, taken_case) == []


def test_who_looked_at_a_meeting_did_not_look_at_the_case(
    world: World, login: Any, second: User, taken_case: Case
) -> None:
    held = meet(taken_case, world.coordinator)
    look(login, world.coordinator, taken_case)
    with later(20):
        note(second, taken_case, "Van een ander")
    with later(40):
        login(world.coordinator).get(reverse("signals:meeting", args=[held.reference]))
    with later(80):
        assert since(login, world.coordinator, taken_case) == ["Note"]


def test_a_meeting_is_new_once_and_when_it_was_written(
    world: World, login: Any, second: User, taken_case: Case
) -> None:
    look(login, world.coordinator, taken_case)
    with later(20):
        meet(taken_case, second, starts_at=timezone.now() + timedelta(days=7))
    with later(40):
        assert since(login, world.coordinator, taken_case) == ["Meeting about this case"]
    with later(80):
        assert since(login, world.coordinator, taken_case) == []
        meet(taken_case, second, starts_at=timezone.now() - timedelta(days=1))
    with later(120):
        assert since(login, world.coordinator, taken_case) == ["Meeting about this case"]


def test_what_was_shared_stands_there_for_who_handles_it(world: World, login: Any, taken_case: Case) -> None:
    share(taken_case, world.coordinator, world.teacher, reason="Zij is de mentor van haar.")
    share_end(by=world.coordinator, share=share(taken_case, world.coordinator, world.author, level="contribute"))
    page = look(login, world.coordinator, taken_case, "?kind=shares&order=old")
    with translation.override("en"):
        until = date_format(timezone.localdate() + timedelta(days=30), "j F Y")
    found = [(entry.who, entry.title, entry.text) for entry in page.response.context["entries"]]
    assert [title for _who, title, _text in found] == [
        f"Shared the case with {world.teacher.name}, to read, until {until}",
        f"Shared the case with {world.author.name}, to read and add notes, until {until}",
        f"Stopped sharing the case with {world.author.name}",
    ]
    assert found[0][0] == world.coordinator.name
    assert found[0][2] == "Zij is de mentor van haar."
    assert ("Shares", True) in kinds(page)
    page = look(login, world.teacher, taken_case)
    assert not [entry for entry in page.response.context["entries"] if entry.kind == "share"], "as it was"
    assert "Shares" not in [label for label, _current in kinds(page)]
