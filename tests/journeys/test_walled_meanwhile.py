"""A wall comes around a case just after somebody was let in, and before what they ask for is written."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, OutgoingMail, User
from audit.models import AuditEvent
from signals import access
from signals.models import Case, Note, Share, Signal
from signals.services import cases, meetings, persons, shares, steps, tasks, walls
from signals.views import persons as person_pages
from tests.conftest import World
from tests.handing import key, make_task, meet
from tests.sharing import share

WHY = "Een van de ouders werkt hier."
Meanwhile = Callable[..., None]


@pytest.fixture
def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """The principal hands the case to the board when a service of a module is about to begin."""

    def between(module: Any, name: str, case: Case) -> None:
        real = getattr(module, name)

        def later(**given: Any) -> Any:
            principal = User.objects.get(pk=world.principal.pk)
            walls.case_wall(by=principal, case=case, reason=WHY, keeper=None)
            return real(**given)

        monkeypatch.setattr(module, name, later)

    return between


def test_nobody_is_let_in_any_more(world: World, login: Any, taken_case: Case, meanwhile: Meanwhile) -> None:
    meanwhile(shares, "case_share", taken_case)
    client = login(world.coordinator)
    wanted = {"colleague": f"staff:{world.teacher.reference}", "level": "read", "key": key()}
    wanted |= {"ends_on": timezone.localdate().isoformat(), "reason": "U ziet deze leerling elke dag."}
    response = client.post(reverse("signals:case-share", args=[taken_case.reference]), wanted)
    assert response.status_code == 404
    assert not Share.objects.exists()
    assert not OutgoingMail.objects.filter(kind="case.shared").exists()
    assert not access.may(world.teacher, Case.objects.get(), *access.READ)
    assert AuditEvent.objects.latest("id").action == "access.refused"


def test_nobody_takes_what_they_can_not_open(
    world: World, login: Any, pupil_signal: Signal, meanwhile: Meanwhile
) -> None:
    meanwhile(cases, "case_take", pupil_signal.case)
    client = login(world.coordinator)
    response = client.post(reverse("signals:case-take", args=[pupil_signal.case.reference]), follow=True)
    assert response.status_code == 404
    found = Case.objects.get()
    assert (found.owner, found.status) == (None, "new")


def test_nobody_takes_over_what_they_can_not_open(
    world: World, login: Any, taken_case: Case, second: User, meanwhile: Meanwhile
) -> None:
    Membership.objects.filter(user=world.coordinator).update(ends_on=timezone.localdate() - timedelta(days=1))
    meanwhile(walls, "case_take_over", taken_case)
    url = reverse("signals:case-take-over", args=[taken_case.reference])
    assert login(second).post(url, follow=True).status_code == 404
    assert Case.objects.get().owner == world.coordinator


def written(world: World, case: Case) -> dict[str, tuple[Any, str, list[Any], dict[str, Any]]]:
    """What a handler writes in a case: the module and name of the service, and what its page is sent."""
    now, me, number = timezone.localtime(), world.coordinator.reference, case.reference
    today, later = now.date().isoformat(), (now.date() + timedelta(days=3)).isoformat()
    task, ended = make_task(case, world.coordinator), make_task(case, world.coordinator)
    tasks.task_end(by=world.coordinator, task=ended, done=True, text="", version=1)
    held, planned = meet(case, world.coordinator), meet(case, world.coordinator, starts_at=now + timedelta(days=1))
    step, settled = case.steps.filter(state="open")[:2]
    steps.step_decline(by=world.coordinator, step=settled, reason=WHY, applies=True)
    done = {"happened_on": today, "happened_time": "00:00", "by_whom": "S. Bakker"}
    held_now = {"held_on": today, "held_at": "00:00", "key": key()}
    wanted = {"text": "Een taak.", "assignee": me, "due_on": today, "remind": "before", "anyway": "on"}
    added = {"description": "Een buurman", "role": "witness", "key": key()}
    person = case.signals.get().people.get().row_key
    return {
        "case.note": (cases, "case_note", [number], {"text": "Moeder gebeld.", "key": key()}),
        "case.move": (cases, "case_move", [number, "monitoring"], {"reason": WHY}),
        "task.new": (tasks, "task_add", [number], {**wanted, "key": key()}),
        "task.change": (tasks, "task_change", [task.reference], {**wanted, "version": 1}),
        "task.end": (tasks, "task_end", [task.reference], {"outcome": "done", "text": "", "version": 1}),
        "task.reopen": (tasks, "task_reopen", [ended.reference], {}),
        "meeting.new": (meetings, "meeting_record", [number], {**held_now, "present": me}),
        "meeting.add": (meetings, "meeting_add", [held.reference], {"text": "Nog iets.", "key": key()}),
        "meeting.move": (
            *(meetings, "meeting_move", [planned.reference]),
            {"held_on": later, "held_at": "10:00", "present": me, "version": 1},
        ),
        "step.done": (steps, "step_done", [step.reference], done),
        "step.decline": (steps, "step_decline", [step.reference], {"applies": "yes", "reason": WHY}),
        "step.reopen": (steps, "step_reopen", [settled.reference], {"reason": WHY}),
        "case.person-add": (persons, "person_add", [number], added),
        "case.role": (person_pages, "person_role", [number, person], {"role": "witness"}),
    }


WRITES = "case.note case.move task.new task.change task.end task.reopen meeting.new meeting.add meeting.move"


@pytest.mark.parametrize("what", f"{WRITES} step.done step.decline step.reopen case.person-add case.role".split())
def test_nobody_writes_in_what_they_can_not_open(
    world: World, login: Any, taken_case: Case, meanwhile: Meanwhile, what: str
) -> None:
    module, name, where, data = written(world, taken_case)[what]
    meanwhile(module, name, taken_case)
    client, before = login(world.coordinator), AuditEvent.objects.latest("id").pk
    page = client.post(reverse(f"signals:{what.replace('.', '-')}", args=where), data, follow=True)
    assert page.status_code == 404
    left = set(AuditEvent.objects.filter(pk__gt=before).values_list("action", flat=True))
    assert {"case.walled", "access.refused"} <= left
    assert left <= {"case.walled", "access.refused", "auth.login", "words.kept"}, left


def test_nobody_adds_by_a_share_that_ended(
    world: World, login: Any, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share that ends changes nothing about the case itself."""
    given = share(taken_case, world.coordinator, world.teacher, level="contribute")
    real = cases.case_note

    def later(**wanted: Any) -> Any:
        shares.share_end(by=User.objects.get(pk=world.coordinator.pk), share=given)
        return real(**wanted)

    monkeypatch.setattr(cases, "case_note", later)
    url, client = reverse("signals:case-note", args=[taken_case.reference]), login(world.teacher)
    assert client.post(url, {"text": "Zij was er weer.", "key": key()}).status_code == 404
    assert not Note.objects.exists()
