"""The page of a case in which everything happened: how many statements it takes, and that it shows all of it."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import School
from signals.models import Case, Moved, Signal, Step
from signals.services.cases import case_note, case_take
from signals.services.facts import facts_correct
from signals.services.glass import glass_break
from signals.services.sending import signal_add
from signals.services.steps import step_decline
from tests.architecture.conftest import WHY
from tests.architecture.test_queries import whole_cost
from tests.conftest import World, join, person, send, typed
from tests.filing import keep
from tests.handing import away, make_task, meet, propose
from tests.sharing import share

LIMIT = 18


def full_case(world: World, count: int) -> Case:
    """A case of somebody else with all kinds of rows, most of them `count` times."""
    School.objects.filter(pk=world.school.pk).update(hours={"0": ["08:00", "08:15"]})
    first = send(world.author, typed(world))
    case = case_take(by=world.coordinator, case=first.case)
    facts_correct(by=world.coordinator, signal=first, answers={"calamity": True}, reason=WHY, seen=0)
    second = person("second")
    join(second, "coordinator", world.school)
    propose(case, world.coordinator, second)
    away(world.coordinator, second, world.school)
    glass_break(by=world.sister_coordinator, case=case, reason=WHY)
    for number in range(count):
        _more(world, case, first, number)
    had, got = [world.coordinator.reference], [world.principal.reference]
    Moved.objects.create(case=case, level=1, walled=False, had=had, got=got, at=timezone.now())
    Case.objects.filter(pk=case.pk).update(moved_at=timezone.now())
    return Case.objects.get(pk=case.pk)


def _more(world: World, case: Case, first: Signal, number: int) -> None:
    colleague = person(f"collega_{number}")
    join(colleague, "teacher", world.school)
    share(case, world.coordinator, colleague)
    case_note(by=world.coordinator, case=case, text=f"Notitie {number} <b>.", key=str(uuid.uuid4()))
    signal_add(by=world.author, signal=first, text=f"Aanvulling {number}.", key=str(uuid.uuid4()))
    make_task(case, world.coordinator, text=f"Taak {number}.")
    meet(case, world.coordinator, text=f"Overleg {number}.")
    keep(case, world.coordinator, f"bijlage-{number}")
    step = Step.objects.filter(case=case, state="open", obligation="may").first() or case.steps.filter(state="open")[0]
    if number == 0:
        step_decline(by=world.coordinator, step=step, reason=f"{WHY} <i>", applies=True)


@pytest.mark.parametrize("count", [2, 7])
def test_a_case_with_everything_in_it_takes_eighteen_statements(world: World, login: Any, count: int) -> None:
    case = full_case(world, count)
    reader = person("reader")
    join(reader, "coordinator", world.school)
    client = login(reader)
    path = f"/casus/{case.reference}/"
    client.get(path)  # the process writes its statements once
    assert whole_cost(client, path) <= LIMIT
    page = client.get(path).content.decode()
    for number in range(count):
        for text in (f"Notitie {number} &lt;b&gt;.", f"Aanvulling {number}.", f"Taak {number}.", f"Overleg {number}."):
            assert text in page
        assert f"bijlage-{number}.txt" in page
    assert "Niemand handelde op tijd: het ligt nu ook" in page
    assert f"{WHY} &lt;i&gt;" in page
    assert "<b>." not in page
