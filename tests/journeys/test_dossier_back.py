"""What of no report stands in a dossier: it may go back to the case it came with, and behind a wall there."""

import uuid
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import User
from signals.dossier.compose import content_hash, desk_of, letter_of
from signals.dossier.services.preparing import dossier_begin, dossier_order, dossier_pick
from signals.models import Dossier
from signals.services.cases import case_note
from signals.services.meetings import Decision
from signals.services.transfers import case_merge, transfer_undo
from signals.services.walls import case_wall
from tests.conftest import World
from tests.dossiers import entry, ordered
from tests.filing import keep
from tests.handing import make_task, meet
from tests.journeys.test_dossier_later import WHY, again, taken


@pytest.mark.parametrize("group", ["notes", "tasks", "meetings", "files"])
def test_what_went_back_behind_a_wall_takes_the_dossier_along(world: World, login: Any, group: str) -> None:
    """Of no report, but of a case that was put with this one for a while, and is closed to them now."""
    case, other = taken(world, observed="Eerste verhaal"), taken(world, observed="Tweede verhaal")
    by = world.coordinator
    case_note(by=by, case=other, text="Moeder gebeld.", key=str(uuid.uuid4()))
    make_task(other, by)
    meet(other, by, decisions=(Decision("Wij bellen de ouders."),))
    keep(other, by, "brief")
    row = case_merge(by=by, case=other, into=case, reason=WHY, key=uuid.uuid4())
    found = dossier_begin(by=by, case=again(case), entry=entry(again(case)), key=str(uuid.uuid4()))
    picked = [part.key for part in desk_of(found).parts if part.group == group]
    found = dossier_pick(by=by, dossier=found, picked=picked, named_staff=False)
    found = dossier_order(by=by, dossier=found, seen=content_hash(letter_of(found, by=by).frozen()))
    assert (len(found.pieces), found.reports) == (1, [])
    path, desk = f"/dossier/{found.reference}/", login(by)
    transfer_undo(by=by, transfer=row)
    assert desk.get(path).status_code == 200, "both cases are theirs"
    case_wall(by=world.principal, case=again(other), reason=WHY, keeper=None, bar=(User.objects.get(pk=by.pk),))
    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}pdf/").status_code == 404


def test_a_dossier_of_an_older_version_knows_of_what_it_is(world: World) -> None:
    """What was picked for it is there as long as its PDF is."""
    case = taken(world)
    case_note(by=world.coordinator, case=case, text="Moeder gebeld.", key=str(uuid.uuid4()))
    row = ordered(case, world.coordinator)
    pieces = row.pieces
    Dossier.objects.update(pieces=[])
    migration = import_module("signals.migrations.0020_dossier_pieces")
    migration.fill(apps, SimpleNamespace(connection=connection))
    row.refresh_from_db()
    assert row.pieces == pieces == [f"n{case.notes.get().pk}"]
