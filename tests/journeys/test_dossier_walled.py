"""A dossier of before a wall: who may not open the case gets it no more, and nobody gets a letter of the school."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEvent
from signals import filestore
from signals.dossier.services import making
from signals.models import Case, Dossier
from signals.services.walls import case_wall
from tests.conftest import World
from tests.dossiers import ordered
from tests.journeys.page import Browser
from tests.journeys.test_dossier_later import WHY, again, taken

PDF = b"%PDF-1.7 ja"


@pytest.fixture(autouse=True)
def no_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "printed", lambda *_all: PDF)


def wall(world: World, case: Case, keeper: User | None = None) -> None:
    case_wall(by=world.principal, case=case, reason=WHY, keeper=keeper)


@pytest.mark.parametrize("stays", [False, True])
def test_what_was_ordered_before_the_wall_is_not_made(world: World, login: Any, stays: bool) -> None:
    """Also not for who goes on with the case by name: nobody at the school knows of it now."""
    case = taken(world)
    row = ordered(case, world.coordinator)
    wall(world, case, world.coordinator if stays else None)
    making.dossier_make(row.pk)
    assert not Dossier.objects.exists()
    assert list(filestore.held()) == []
    assert AuditEvent.objects.latest("id").action == "dossier.dropped"
    for user in (world.coordinator, world.board_officer):
        assert login(user).get(f"/dossier/{row.reference}/").status_code == 404


def test_what_was_made_before_the_wall_is_not_given_and_stays_to_be_seen(world: World, login: Any) -> None:
    case = taken(world)
    row = ordered(case, world.coordinator)
    making.dossier_make(row.pk)
    assert login(world.coordinator).post(f"/dossier/{row.reference}/pdf/").content == PDF
    wall(world, case)
    assert login(world.coordinator).post(f"/dossier/{row.reference}/pdf/").status_code == 404
    officer = Browser(login(world.board_officer))
    page = officer.get(f"/dossier/{row.reference}/")
    assert "approved before the case was closed to the school" in page.text
    assert "Download the PDF" not in page.text
    assert "What is in it" in page.text
    answer = officer.client.post(f"/dossier/{row.reference}/pdf/")
    assert (answer.status_code, PDF in answer.content) == (503, False)


def test_what_the_board_orders_behind_the_wall_is_made_and_given(world: World, login: Any) -> None:
    case = taken(world)
    wall(world, case)
    row = ordered(again(case), world.board_officer)
    making.dossier_make(row.pk)
    assert login(world.board_officer).post(f"/dossier/{row.reference}/pdf/").content == PDF
