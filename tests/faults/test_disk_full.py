"""A disk that is really full: under the files, and under the seals of the log. That of an SQLite database is among
the ways of test_database_away.py."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from audit.checkpoints import filed_notes
from audit.models import AuditEvent, Checkpoint
from audit.sealer import seal_all
from signals.models import Attachment
from signals.services.cases import case_take
from tests.conftest import World, send, typed
from tests.faults.counting import log_is_whole, since, tally
from tests.faults.running import Person, page

SIZE = 64 * 1024
Visit = Callable[..., Person]


@pytest.fixture
def folder(folder: Path) -> Iterator[Path]:
    """Two disks of their own, of 64 kB."""
    disks = [folder / "files", folder / "checkpoints"]
    for disk in disks:
        disk.mkdir(mode=0o700)
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "none", disk], check=False)
        if made.returncode:
            pytest.skip("only who may mount a small disk can fill one")
    yield folder
    for disk in disks:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path) -> Path:
    """Until nothing more goes in."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as target:
        while True:
            try:
                target.write(os.urandom(4096))
            except OSError:
                return filler


def test_nothing_half_is_left_and_all_goes_on_when_there_is_room(world: World, visit: Visit, folder: Path) -> None:
    a_file_is_kept_later(world, visit(world.coordinator), folder / "files")
    the_log_is_sealed_later(folder / "checkpoints")


def a_file_is_kept_later(world: World, coordinator: Person, disk: Path) -> None:
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    path = reverse("signals:case-file-add", args=[case.reference])
    form = {**coordinator.get(path).form(has="about").data(), "about": "Brief van moeder"}
    before, filler = tally(), fill(disk)

    def press() -> Any:
        return coordinator.post(path, form, files={"file": ("a.txt", b"Zilverreiger. " * 500)})

    seen = page(press(), 422)
    assert "could not be kept now" in seen.text
    assert seen.form(has="about").data()["about"] == "Brief van moeder"
    assert (since(before), list(disk.iterdir())) == ({}, [filler])
    filler.unlink()
    assert (press().status_code, press().status_code) == (302, 302)
    assert Attachment.objects.count() == len(list(disk.iterdir())) == 1


def the_log_is_sealed_later(disk: Path) -> None:
    """The seal stands in the database before it goes to its file; what of it did not fit is written later."""
    filler = fill(disk)
    with pytest.raises(OSError, match="No space left"):
        seal_all()
    assert not AuditEvent.objects.filter(leaf_index=None).exists()
    with pytest.raises(OSError, match="No space left"):
        seal_all()
    filler.unlink()
    assert log_is_whole()
    for log in set(Checkpoint.objects.values_list("log", flat=True)):
        assert len(filed_notes(log)) == Checkpoint.objects.filter(log=log).count()
