"""What is opened for an hour: not longer after a clock that stood ahead, and not again once there was a wall."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from signals.models import BreakGlass, Case
from signals.services.cases import case_note, case_take, story_open
from signals.services.glass import glass_break
from signals.services.transfers import case_merge
from signals.services.walls import case_unwall, case_wall
from tests.conftest import World, send, typed
from tests.filing import keep
from tests.journeys.page import Browser

WHY = "Ik moet het verhaal kennen voor het gesprek."
GLASS = "De politie belt en ik moet weten of er een veiligheidsplan is."
STORY = "In de gang riep groep 3B haar na."
AHEAD = timedelta(days=3)


def address(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_story_opened_by_a_clock_ahead_is_closed_once_it_is_right(world: World, login: Any, taken_case: Case) -> None:
    """Its files too; and a new reason opens it."""
    file = reverse("signals:file", args=[keep(taken_case, world.coordinator, "plattegrond").reference])
    with time_machine.travel(timezone.now() + AHEAD):
        story_open(by=world.principal, case=taken_case, reason=WHY)
        assert login(world.principal).get(file).status_code == 200
    principal = Browser(login(world.principal))
    assert STORY not in principal.get(address("story", taken_case)).text
    principal.get(file, 403)
    principal.get(address("followup-case", taken_case))
    page = principal.get(address("story", taken_case))
    assert STORY in principal.send(page.form(has="reason"), reason=WHY).text


def test_a_glass_broken_by_a_clock_ahead_can_be_broken_now(world: World, login: Any, taken_case: Case) -> None:
    with time_machine.travel(timezone.now() + AHEAD):
        glass_break(by=world.sister_coordinator, case=taken_case, reason=GLASS)
    sister = Browser(login(world.sister_coordinator))
    sister.get(address("case", taken_case), 404)
    page = sister.get(reverse("signals:glass-break"))
    page = sister.send(page.form(has="reference"), reference=taken_case.reference, reason=GLASS)
    assert STORY in page.text
    until = timezone.localtime(BreakGlass.objects.latest("pk").until)
    assert f"You can read it until {until:%H:%M}" in page.text
    assert f"Open until {until:%H:%M}" in sister.get(reverse("signals:shared")).text


@pytest.mark.parametrize("ends", ["together", "wall"])
def test_what_a_clock_ahead_opened_does_not_begin_once_it_has_ended(
    world: World, login: Any, taken_case: Case, ends: str
) -> None:
    with time_machine.travel(timezone.now() + AHEAD):
        glass_break(by=world.sister_coordinator, case=taken_case, reason=GLASS)
        story_open(by=world.principal, case=taken_case, reason=WHY)
    if ends == "wall":
        walled_for_a_moment(world, taken_case)
    else:
        other = case_take(by=world.coordinator, case=send(world.author, typed(world, observed="Weer.")).case)
        case_merge(by=world.coordinator, case=other, into=taken_case, reason="Het gaat over hetzelfde.", key=uuid4())
    with time_machine.travel(timezone.now() + AHEAD + timedelta(minutes=5)):
        assert STORY not in Browser(login(world.principal)).get(address("story", taken_case)).text
        assert login(world.sister_coordinator).get(address("case", taken_case)).status_code == 404


def test_a_wall_that_was_taken_down_does_not_give_the_story_back(world: World, login: Any, taken_case: Case) -> None:
    principal = Browser(login(world.principal))
    story = address("story", taken_case)
    assert STORY in principal.send(principal.get(story).form(has="reason"), reason=WHY).text
    walled_for_a_moment(world, taken_case)
    page = principal.get(story)
    for words in (STORY, "Achter de muur geschreven."):
        assert words not in page.text
    assert "Achter de muur geschreven." in principal.send(page.form(has="reason"), reason=WHY).text


def test_nor_does_a_wall_that_followed_from_the_answers(world: World, login: Any, taken_case: Case) -> None:
    principal = Browser(login(world.principal))
    story = address("story", taken_case)
    assert STORY in principal.send(principal.get(story).form(has="reason"), reason=WHY).text
    handler = Browser(login(world.coordinator))
    page = handler.get(address("case-facts", taken_case))
    handler.send(page.form(has="subject_role"), subject_role="staff", reason="Het is een collega.")
    officer = Browser(login(world.board_officer))
    officer.send(officer.get(address("case", taken_case)).form(action="/overnemen/"))
    page = officer.get(address("case-facts", taken_case))
    officer.send(page.form(has="subject_role"), subject_role="pupil", reason="Het was toch een leerling.")
    page = officer.get(address("case-unwall", taken_case))
    officer.send(page.form(has="reason"), reason="Het gaat niet over een collega.")
    assert STORY not in principal.get(story).text


def walled_for_a_moment(world: World, case: Case) -> None:
    keeper = fresh(world.coordinator)
    case_wall(by=keeper, case=case, reason="Voor nu bij het bestuur.", keeper=keeper)
    case_note(by=keeper, case=case, text="Achter de muur geschreven.", key=str(uuid4()))
    case_unwall(by=keeper, case=case, reason="Kan weer open.")
