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
from signals.models import Case, Share, Signal
from signals.services import cases, shares, walls
from tests.conftest import World
from tests.handing import key

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
