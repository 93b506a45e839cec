"""A case that was put with another one, and that other one goes behind a wall: nothing of the first stays in a list."""

from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse

from accounts.outbox import send_due
from audit.models import AuditEvent
from signals.models import BreakGlass, Case
from signals.services.cases import case_take
from signals.services.glass import glass_break, glass_review
from signals.services.transfers import case_merge
from signals.services.walls import case_wall
from tests.conftest import World, send, typed
from tests.journeys.page import Browser
from tests.sharing import share

REASON = "De directeur heeft hem geslagen, ik moet het nu lezen."
GLASSES, SHARED = reverse("signals:glass"), reverse("signals:shared")


@pytest.fixture
def other(world: World) -> Case:
    return case_take(by=world.coordinator, case=send(world.author, typed(world, observed="De tweede keer.")).case)


def walled_with(world: World, case: Case, other: Case, *, bar: bool = False) -> None:
    """Put `case` with `other`, and that one behind a wall."""
    case_merge(by=world.coordinator, case=case, into=other, reason="Het gaat over hetzelfde.", key=uuid4())
    kept_out = (world.principal,) if bar else ()
    into = Case.objects.get(pk=other.pk)
    case_wall(by=world.coordinator, case=into, reason="Voor het bestuur.", keeper=world.coordinator, bar=kept_out)


@pytest.mark.parametrize("bar", [False, True])
def test_the_principal_loses_the_break_glass_of_it(
    world: World, login: Any, taken_case: Case, other: Case, bar: bool
) -> None:
    """The list, its count, the page to look into it, and the mail that waits."""
    glass = glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
    review = reverse("signals:glass-review", args=[glass.reference])
    principal = Browser(login(world.principal))
    assert REASON in principal.get(GLASSES).text
    principal.get(review)
    walled_with(world, taken_case, other, bar=bar)
    page = principal.get(GLASSES)
    assert REASON not in page.text
    assert taken_case.reference not in page.text
    assert "to look into" not in principal.get(reverse("signals:followup")).text
    principal.post(review, {"review": "Ik vind van niet, want het is niet waar."}, 404)
    assert BreakGlass.objects.get().reviewed_at is None
    send_due()
    assert not [sent for sent in mail.outbox if sent.to == [world.principal.email]]
    officer = Browser(login(world.board_officer))
    assert REASON in officer.get(GLASSES).text, "the board looks into it"
    officer.send(officer.get(review).form(has="review"), review="Gebeld, het was nodig.")
    assert BreakGlass.objects.get().reviewed_by == world.board_officer


def test_what_was_looked_into_goes_from_the_list_as_well(
    world: World, login: Any, taken_case: Case, other: Case
) -> None:
    glass = glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
    glass_review(by=world.principal, glass=glass, review="Gebeld, het was nodig.")
    walled_with(world, taken_case, other)
    page = Browser(login(world.principal)).get(GLASSES)
    assert REASON not in page.text
    assert taken_case.reference not in str(AuditEvent.objects.filter(action="case.listed").latest("id").details)


def test_a_share_of_it_leaves_no_line(world: World, login: Any, taken_case: Case, other: Case) -> None:
    share(taken_case, world.coordinator, world.teacher)
    client = login(world.teacher)
    assert taken_case.reference in Browser(client).get(SHARED).text
    walled_with(world, taken_case, other)
    assert taken_case.reference not in Browser(client).get(SHARED).text
