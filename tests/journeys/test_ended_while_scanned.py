"""Looking at a file takes a while: whoever is shut out meanwhile puts nothing in the case any more."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Attachment, Barred, Case, Share
from signals.services import files
from signals.services.shares import share_end
from signals.services.walls import case_wall
from tests.conftest import World
from tests.journeys.test_files import contents
from tests.sharing import share
from tests.signals.test_filetypes import check

Meanwhile = Callable[[Callable[[], Any]], None]


@pytest.fixture(autouse=True)
def checked_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own for each file is tested in tests/signals/test_filetypes.py."""
    monkeypatch.setattr(files, "check_apart", check)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """A scanner during whose work something happens."""

    def slowly(happens: Callable[[], Any]) -> None:
        def clean(content: bytes) -> bool:
            happens()
            return True

        monkeypatch.setattr(files, "has_scanner", lambda: True)
        monkeypatch.setattr(files, "is_clean", clean)

    return slowly


def post(client: Any, name: str, reference: str) -> Any:
    file = SimpleUploadedFile("brief.txt", b"Een brief van thuis.")
    return client.post(reverse(f"signals:{name}", args=[reference]), {"file": file, "key": str(uuid.uuid4())})


def nothing_kept(case: Case, by: User) -> None:
    assert not Attachment.objects.exists()
    assert contents() == []
    refused = AuditEvent.objects.latest("id")
    assert (refused.action, refused.actor_ref) == ("access.refused", by.reference)


def test_who_is_barred_meanwhile(
    world: World, login: Any, taken_case: Case, second: User, meanwhile: Meanwhile
) -> None:
    keeper = User.objects.get(pk=world.coordinator.pk)
    why = "Het gaat over de tweede coördinator."
    meanwhile(lambda: case_wall(by=keeper, case=taken_case, reason=why, keeper=keeper, bar=(second,)))
    assert post(login(second), "case-file-add", taken_case.reference).status_code == 404
    nothing_kept(taken_case, second)


def test_who_held_a_share_that_was_taken_back_meanwhile(
    world: World, login: Any, taken_case: Case, meanwhile: Meanwhile
) -> None:
    share(taken_case, world.coordinator, world.teacher, "contribute")
    meanwhile(lambda: share_end(by=world.coordinator, share=Share.objects.get()))
    assert post(login(world.teacher), "case-file-add", taken_case.reference).status_code == 404
    nothing_kept(taken_case, world.teacher)


def test_who_only_follows_the_case_by_now(
    world: World, login: Any, taken_case: Case, second: User, meanwhile: Meanwhile
) -> None:
    meanwhile(lambda: second.memberships.update(role="principal"))
    assert post(login(second), "case-file-add", taken_case.reference).status_code == 403
    nothing_kept(taken_case, second)


def test_a_writer_who_no_longer_works_there(world: World, login: Any, taken_case: Case, meanwhile: Meanwhile) -> None:
    report = taken_case.signals.get()
    meanwhile(lambda: world.author.memberships.all().delete())
    assert post(login(world.author), "signal-file-add", report.reference).status_code == 404
    nothing_kept(taken_case, world.author)


def test_a_writer_who_is_barred_still_adds_to_their_own_report(
    world: World, login: Any, taken_case: Case, meanwhile: Meanwhile
) -> None:
    """As at any moment: they see what they sent, and nothing of what it became."""
    now = timezone.now()
    meanwhile(lambda: Barred.objects.create(case=taken_case, user=world.author, by=world.coordinator, at=now))
    assert post(login(world.author), "signal-file-add", taken_case.signals.get().reference).status_code == 302
    assert Attachment.objects.get().by == world.author


def test_who_goes_on_with_it_behind_a_wall_keeps_the_file(
    world: World, login: Any, taken_case: Case, meanwhile: Meanwhile
) -> None:
    """By name now, where it was by role when the file came in."""
    keeper = User.objects.get(pk=world.coordinator.pk)
    meanwhile(lambda: case_wall(by=keeper, case=taken_case, reason="Voor het bestuur.", keeper=keeper))
    assert post(login(world.coordinator), "case-file-add", taken_case.reference).status_code == 302
    assert Attachment.objects.get().case == taken_case
