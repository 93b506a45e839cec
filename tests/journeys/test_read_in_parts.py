"""A page of its own that shows a text of a case leaves an event, as the page of the case does."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Case
from signals.services.cases import case_take
from signals.services.transfers import case_merge
from signals.trail import lines
from tests.conftest import World, send, typed
from tests.filing import keep
from tests.handing import WHY, key, make_task, meet, propose
from tests.sharing import share


def hand_over(world: World, case: Case, second: User) -> tuple[User, str, str]:
    propose(case, world.coordinator, second)
    return second, reverse("signals:hand-over-answer", args=[case.reference]), WHY


def task(page: str) -> Any:
    def make(world: World, case: Case, second: User) -> tuple[User, str, str]:
        made = make_task(case, world.coordinator, text="Moeder bellen over de foto.")
        return second, reverse(f"signals:{page}", args=[made.reference]), "Moeder bellen over de foto."

    return make


def own_task(world: World, case: Case, second: User) -> tuple[User, str, str]:
    share(case, world.coordinator, world.teacher, "contribute")
    made = make_task(case, world.coordinator, User.objects.get(pk=world.teacher.pk), text="Let op in de pauze.")
    return world.teacher, reverse("signals:task-end", args=[made.reference]), "Let op in de pauze."


def meeting(world: World, case: Case, second: User) -> tuple[User, str, str]:
    made = meet(case, world.coordinator, starts_at=timezone.now() + timedelta(days=2))
    return second, reverse("signals:meeting-move", args=[made.reference]), world.coordinator.name


def moved(world: World, case: Case, second: User) -> tuple[User, str, str]:
    old = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    case_merge(by=world.coordinator, case=old, into=case, reason="Het gaat over dezelfde foto.", key=key())
    return second, reverse("signals:case-reports", args=[case.reference]), "Het gaat over dezelfde foto."


def file(world: World, case: Case, second: User) -> tuple[User, str, str]:
    row = keep(case, world.coordinator, "brief van de moeder")
    return second, reverse("signals:file-remove", args=[case.reference, row.reference]), "brief van de moeder.txt"


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (hand_over, "handover", "read what a colleague wrote to hand the case over"),
        (task("task-change"), "task", "read a task of the case"),
        (task("task-end"), "task", "read a task of the case"),
        (own_task, "task", "read a task of the case"),
        (meeting, "meeting", "read the story"),
        (file, "file", "read what a file of the case is called"),
        (moved, "transfer", "read why reports were moved"),
    ],
)
def test_it_is_recorded(
    world: World, login: Any, taken_case: Case, second: User, make: Any, kind: str, said: str
) -> None:
    who, page, text = make(world, taken_case, second)
    assert text in login(who).get(page).content.decode()
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_ref, event.object_type) == ("case.read", who.reference, kind)
    assert event.case_ref == taken_case.reference
    with translation.override("en"):
        assert lines([event])[0].sentence == said


def test_where_nothing_was_moved_nothing_is_read(world: World, login: Any, taken_case: Case) -> None:
    login(world.coordinator).get(reverse("signals:case-reports", args=[taken_case.reference]))
    assert not AuditEvent.objects.filter(action="case.read").exists()
