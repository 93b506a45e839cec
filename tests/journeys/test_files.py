"""Files of a case: who adds, who opens, who takes out, and what happens when scanner or store fail."""

import errno
import os
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models.signals import post_save
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from environ import Env

from accounts.content import keys, rotation
from accounts.content.services import ContentKeyInUseError, content_rotate, key_drop
from audit.models import AuditEvent
from schoolsafety.settings_files import read_scanner, read_store
from signals import access, filescan, filestore
from signals.errors import RuleError
from signals.models import Attachment, Case, Signal
from signals.services import files as services
from signals.services.cases import case_join, story_open
from signals.services.filekeys import Files
from signals.services.filetidy import files_tidy
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page
from tests.sharing import share
from tests.signals.clamd import EICAR, address, clamd
from tests.signals.samples import MAKER, photo
from tests.signals.test_filetypes import check

REASON = "Dit hoort bij een ander kind."
TEXT = "Kom je vanavond? Zilverreiger."
Login = Callable[..., Client]


@pytest.fixture(autouse=True)
def checked_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own for each file is tested in tests/signals/test_filetypes.py."""
    monkeypatch.setattr(services, "check_apart", check)


def add(
    client: Client, path: str, content: bytes | str = TEXT, name: str = "berichten.txt", **more: Any
) -> HttpResponse:
    content = content.encode() if isinstance(content, str) else content
    data = {"file": SimpleUploadedFile(name, content), "about": "Schermafbeelding", "key": str(uuid.uuid4()), **more}
    return client.post(path, data)


def to_case(case: Case) -> str:
    return reverse("signals:case-file-add", args=[case.reference])


def to_signal(signal: Signal) -> str:
    return reverse("signals:signal-file-add", args=[signal.reference])


def at(row: Attachment) -> str:
    return reverse("signals:file", args=[row.reference])


def contents() -> list[Path]:
    return [path for path in Path(filestore._store().location).rglob("*") if path.is_file()]


def actions(last: int) -> list[str]:
    return list(AuditEvent.objects.order_by("-id").values_list("action", flat=True)[:last])[::-1]


def test_a_handler_adds_a_photo_and_gets_it_back_without_who_and_where(
    world: World, login: Login, taken_case: Case
) -> None:
    client = login(world.coordinator)
    page = Page(client.get(to_case(taken_case)))
    assert page.form(has="about").names() == {"csrfmiddlewaretoken", "file", "about", "key"}
    assert 'enctype="multipart/form-data"' in page.html
    response = add(client, to_case(taken_case), photo(), "Schrift van Noor.JPG")
    assert response.status_code == 302
    assert actions(1) == ["file.added"]
    row = Attachment.objects.get()
    page = Page(client.get(f"/casus/{taken_case.reference}/"))
    assert page.hrefs("/bestand/")[-1]
    assert all(word in page.text for word in ("Schrift van Noor.jpg", "Foto, 1 kB", "Schermafbeelding"))
    response = client.get(at(row))
    assert actions(1) == ["file.read"]
    assert response.headers["Content-Disposition"] == 'attachment; filename="Schrift van Noor.jpg"'
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content.startswith(b"\xff\xd8\xff")
    assert MAKER.encode() not in response.content
    (kept,) = contents()
    assert kept.stat().st_mode & 0o077 == 0
    assert response.content[20:60] not in kept.read_bytes()
    assert "Noor" not in kept.name


def test_the_writer_adds_to_their_own_report_and_sees_only_that(world: World, login: Login, taken_case: Case) -> None:
    signal = taken_case.signals.get()
    writer, coordinator = login(world.author), login(world.coordinator)
    page = Page(writer.get(to_signal(signal)))
    assert "Coordinator" in page.text, "who will be able to open it"
    assert add(writer, to_signal(signal)).status_code == 302
    assert add(coordinator, to_case(taken_case), name="van het team.txt").status_code == 302
    mine, theirs = Attachment.objects.order_by("pk")
    page = Page(writer.get(f"/zorg/{signal.reference}/"))
    assert "berichten.txt" in page.text
    assert "van het team" not in page.text
    assert writer.get(at(mine)).content.decode() == TEXT
    assert writer.get(at(theirs)).status_code == 404
    assert coordinator.get(at(mine)).content.decode() == TEXT


def test_who_follows_gets_a_file_only_while_the_story_is_open(world: World, login: Login, taken_case: Case) -> None:
    add(login(world.coordinator), to_case(taken_case))
    row, principal = Attachment.objects.get(), login(world.principal)
    assert principal.get(at(row)).status_code == 403
    opening = story_open(by=world.principal, case=taken_case, reason=REASON)
    assert principal.get(at(row)).content.decode() == TEXT
    page = Page(principal.get(f"/opvolging/{taken_case.reference}/verhaal/"))
    assert page.hrefs("/bestand/") == [at(row)]
    opening.until = timezone.now() - timedelta(seconds=1)
    opening.opened_at = opening.until - timedelta(hours=1)
    opening.save()
    assert principal.get(at(row)).status_code == 403


def test_a_share_opens_and_its_level_says_who_adds(world: World, login: Login, taken_case: Case) -> None:
    add(login(world.coordinator), to_case(taken_case))
    row = Attachment.objects.get()
    teacher = login(world.teacher)
    assert teacher.get(at(row)).status_code == 404
    share(taken_case, world.coordinator, world.teacher, "read", 5)
    assert teacher.get(at(row)).status_code == 200
    assert add(teacher, to_case(taken_case)).status_code == 403
    taken_case.shares.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert teacher.get(at(row)).status_code == 404


def test_a_content_that_could_not_be_destroyed_is_told_and_goes_in_the_night(
    world: World,
    login: Login,
    taken_case: Case,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    row = Attachment.objects.get()

    def away(self: Any, name: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as store, django_capture_on_commit_callbacks(execute=True):
        store.setattr(filestore.PrivateFolder, "delete", away)
        path = reverse("signals:file-remove", args=[taken_case.reference, row.reference])
        assert client.post(path, {"reason": REASON}).status_code == 302
        assert client.get(at(row)).status_code == 404
        assert len(contents()) == 1
        assert "destroyed" not in caplog.text, "not before it is certain"
    assert f"ALARM: the content of file {row.reference} is not destroyed yet" in caplog.text
    os.utime(contents()[0], (0, 0))
    assert files_tidy().cleared == 1
    assert contents() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answers", [True, False])
def test_who_takes_a_file_out_learns_whether_its_content_is_gone(
    world: World, login: Login, taken_case: Case, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    row = Attachment.objects.get()

    def away(self: Any, name: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    if not answers:
        monkeypatch.setattr(filestore.PrivateFolder, "delete", away)
    path = reverse("signals:file-remove", args=[taken_case.reference, row.reference])
    page = Browser(client).post(path, {"reason": REASON}).text
    assert ("its content is destroyed." in page) is answers
    assert ("Its content is still there, encrypted" in page) is not answers
    assert not Attachment.objects.get().held


def test_taking_out_destroys_content_and_name_and_leaves_the_line(
    world: World, login: Login, taken_case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    row = Attachment.objects.get()
    path = reverse("signals:file-remove", args=[taken_case.reference, row.reference])
    assert client.post(path, {"reason": "kort"}).status_code == 422
    assert contents()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(path, {"reason": REASON}).status_code == 302
    assert actions(1) == ["file.removed"]
    assert contents() == []
    row.refresh_from_db()
    assert (row.name, row.about, row.digest, row.stored, row.state) == ("", "", "", "", "removed")
    assert client.get(at(row)).status_code == 404
    assert client.post(path, {"reason": REASON}).status_code == 404
    page = Page(client.get(f"/casus/{taken_case.reference}/"))
    assert "berichten.txt" not in page.text
    assert all(word in page.text for word in ("Bestand weggehaald", REASON))


def test_a_joined_case_takes_its_files_along(world: World, login: Login, taken_case: Case) -> None:
    signal = send(world.author, typed(world))
    add(login(world.author), to_signal(signal))
    row = Attachment.objects.get()
    case_join(by=world.coordinator, case=signal.case, into=taken_case)
    page = Page(login(world.coordinator).get(f"/casus/{taken_case.reference}/"))
    assert at(row) in page.hrefs("/bestand/")
    assert add(login(world.author), to_signal(signal)).status_code == 302, "later ones go where the report lies now"
    assert set(Attachment.objects.values_list("case", flat=True)) == {taken_case.pk}


def test_a_file_goes_where_its_report_lies_by_the_time_it_is_kept(world: World, taken_case: Case) -> None:
    signal = send(world.author, typed(world))
    case_join(by=world.coordinator, case=signal.case, into=taken_case)
    upload = services.Upload("a.txt", b"hoi", "", str(uuid.uuid4()))
    row = services.file_add(by=world.author, case=signal.case, upload=upload, signal=signal)
    assert row.case == taken_case


def test_of_two_clicks_at_once_one_is_kept(world: World, taken_case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    upload, made = services.Upload("a.txt", b"hoi", "", str(uuid.uuid4())), services._made

    def while_another_is_faster(*args: Any) -> str:
        monkeypatch.setattr(services, "_made", made)
        services.file_add(by=world.coordinator, case=taken_case, upload=upload)
        return made(*args)

    monkeypatch.setattr(services, "_made", while_another_is_faster)
    row = services.file_add(by=world.coordinator, case=taken_case, upload=upload)
    assert row == Attachment.objects.get()
    assert len(contents()) == 1


def test_a_second_click_adds_nothing(world: World, login: Login, taken_case: Case) -> None:
    client, key = login(world.coordinator), str(uuid.uuid4())
    for _click in range(2):
        assert add(client, to_case(taken_case), key=key).status_code == 302
    assert Attachment.objects.count() == len(contents()) == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (photo(), "foto.pdf", "klopt niet met wat erin zit"),
        (b"", "leeg.pdf", "is leeg"),
        (b"<svg onload=alert(1)>", "tekening.txt", "maak een schermafbeelding"),
        (b"x" * (10 * 1024 * 1024 + 1), "groot.txt", "groter dan 10 MB"),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(
    world: World, login: Login, taken_case: Case, content: bytes, name: str, words: str
) -> None:
    response = add(login(world.coordinator), to_case(taken_case), content, name, about="Brief van de ouders")
    assert response.status_code == 422
    page = Page(response)
    assert words in page.text
    assert "Brief van de ouders" in page.html
    assert contents() == []


def test_a_closed_case_takes_no_file_but_its_report_does(world: World, login: Login, pupil_signal: Signal) -> None:
    response = add(login(world.coordinator), to_case(pupil_signal.case))
    assert "Pak de casus eerst op" in Page(response).text
    assert add(login(world.author), to_signal(pupil_signal)).status_code == 302


def test_a_case_has_room_for_so_much_and_so_many(
    world: World, login: Login, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    monkeypatch.setattr(services, "MOST_OF_CASE", 2 * len(TEXT) - 1)
    assert "mogen samen" in Page(add(client, to_case(taken_case))).text
    monkeypatch.setattr(services, "MOST_OF_CASE", 2 * len(TEXT))
    monkeypatch.setattr(services, "MOST_FILES", 1)
    assert "Haal er eerst een weg" in Page(add(client, to_case(taken_case))).text
    writer = Page(add(login(world.author), to_signal(taken_case.signals.get()))).text
    assert "geen plaats" in writer
    assert "bestanden in deze casus" not in writer, "what others keep there is not theirs to know"
    assert Attachment.objects.count() == len(contents()) == 1
    monkeypatch.setattr(services, "MOST_FILES", 2)
    assert add(client, to_case(taken_case)).status_code == 302


@pytest.mark.parametrize("how", ["gone", "silent", "limit", "nobody"])
def test_while_the_scanner_does_not_answer_nothing_is_added(
    world: World, login: Login, taken_case: Case, settings: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(filescan, "ANSWER", 0.2)
    with clamd(how) as server:
        settings.CLAMAV = "127.0.0.1:9" if how == "nobody" else address(server)
        response = add(login(world.coordinator), to_case(taken_case), about="Brief van de ouders")
    assert response.status_code == 422
    assert "De virusscanner geeft geen antwoord" in Page(response).text
    assert "Brief van de ouders" in Page(response).html
    assert (Attachment.objects.count(), contents()) == (0, [])


def test_the_scanner_sees_all_of_a_file_and_what_it_finds_is_not_kept(
    world: World, login: Login, taken_case: Case, settings: Any
) -> None:
    client = login(world.coordinator)
    with clamd() as server:
        settings.CLAMAV = address(server)
        assert add(client, to_case(taken_case)).status_code == 302
        assert server.seen == [TEXT.encode()]
        response = add(client, to_case(taken_case), EICAR)
    assert response.status_code == 422
    assert "vond iets in dit bestand" in Page(response).text
    assert actions(1) == ["file.refused"]
    assert (Attachment.objects.get().state, len(contents())) == ("clean", 1)


def test_what_came_before_the_scanner_is_given_only_when_it_looked(
    world: World, login: Login, taken_case: Case, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    add(client, to_case(taken_case), EICAR)
    good, bad = Attachment.objects.order_by("pk")
    assert "Niet bekeken door een virusscanner" in Page(client.get(f"/casus/{taken_case.reference}/")).text
    settings.CLAMAV = "127.0.0.1:9"
    response = client.get(at(good))
    assert response.status_code == 503
    assert TEXT not in response.content.decode()
    assert actions(1) != ["file.read"]
    assert (files_tidy().scanned, good.state) == (0, "unscanned")
    with clamd() as server:
        settings.CLAMAV = address(server)
        assert client.get(at(good)).status_code == 200
        assert client.get(at(bad)).status_code == 503
        with django_capture_on_commit_callbacks(execute=True):
            done = files_tidy()
        assert (done.scanned, done.refused, len(contents())) == (2, 1, 1)
        assert len(server.seen) == 4
        assert client.get(at(good)).status_code == 200
        assert len(server.seen) == 4, "a file that was looked at is not looked at again"
    assert client.get(at(bad)).status_code == 404
    assert "Bestand vernietigd" in Page(client.get(f"/casus/{taken_case.reference}/")).text


def test_a_full_disk_leaves_nothing_half(
    world: World, login: Login, taken_case: Case, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    response = add(login(world.coordinator), to_case(taken_case), about="Brief van de ouders")
    assert response.status_code == 422
    assert "kon nu niet worden bewaard" in Page(response).text
    assert (Attachment.objects.count(), contents()) == (0, [])
    assert "ALARM" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(services, "check_apart", check)
    assert add(login(world.coordinator), to_case(taken_case)).status_code == 302


def test_a_row_that_can_not_be_made_takes_its_content_along(
    world: World, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "case_event", broken)
    upload = services.Upload("a.txt", b"hoi", "", str(uuid.uuid4()))
    with pytest.raises(RuntimeError):
        services.file_add(by=world.coordinator, case=taken_case, upload=upload)
    assert (Attachment.objects.count(), contents()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_lost_answer_to_commit_leaves_the_file_whole(
    world: World, login: Login, taken_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database kept it, but the connection broke before it said so."""
    client, commit, again = login(world.coordinator), connection._commit, {"key": str(uuid.uuid4())}
    client.raise_request_exception = False
    saved: list[str] = []

    def lost() -> None:
        commit()
        if Attachment.__name__ in saved:
            saved.clear()
            raise OperationalError("server closed the connection unexpectedly")

    def note(sender: Any, **rest: Any) -> None:
        saved.append(sender.__name__)

    post_save.connect(note)
    monkeypatch.setattr(connection, "_commit", lost)
    try:
        assert add(client, to_case(taken_case), **again).status_code == 503
    finally:
        post_save.disconnect(note)
        monkeypatch.undo()
    row = Attachment.objects.get()
    response = client.get(at(row))
    assert (response.status_code, response.content.decode()) == (200, TEXT)
    assert add(client, to_case(taken_case), **again).status_code == 302
    assert (Attachment.objects.count(), len(contents())) == (1, 1)


def test_tidying_clears_what_has_no_row_and_says_what_has_no_content(
    world: World, login: Login, taken_case: Case, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    filestore.put(b"van een proces dat is gestopt")
    assert files_tidy().cleared == 0, "somebody may be busy"
    monkeypatch.setattr("signals.services.filetidy.YOUNG", timedelta(0))
    monkeypatch.setattr("signals.services.filetidy.MANY", 0)
    with pytest.raises(CommandError, match="1 of 2 contents have no row"):
        call_command("files_tidy")
    assert len(contents()) == 2, "perhaps it is another database's"
    assert (files_tidy(however_many=True).cleared, len(contents())) == (1, 1)
    contents()[0].unlink()
    with pytest.raises(CommandError, match="1 files is missing"):
        call_command("files_tidy")
    assert "ALARM" in caplog.text
    assert client.get(at(Attachment.objects.get())).status_code == 503


def test_a_content_that_was_changed_or_exchanged_is_not_given(world: World, login: Login, taken_case: Case) -> None:
    client = login(world.coordinator)
    for text in ("een", "twee"):
        add(client, to_case(taken_case), text)
    first, second = Attachment.objects.order_by("pk")
    one, two = (Path(filestore._store().path(row.stored)) for row in (first, second))
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    assert client.get(at(first)).status_code == 503
    one.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    assert client.get(at(first)).status_code == 503
    one.write_bytes(kept)
    assert client.get(at(first)).content == b"een"


def test_files_are_encrypted_again_with_the_texts(world: World, login: Login, taken_case: Case, settings: Any) -> None:
    client = login(world.coordinator)
    add(client, to_case(taken_case))
    before = contents()
    settings.CONTENT_KEYS += ",2:" + "8e" * 32
    keys.forget()
    with pytest.raises(ContentKeyInUseError):
        key_drop("1")
    assert (Files().in_use("1"), Files().in_use("2"), Files().waiting()) == (1, 0, 1)
    done = content_rotate(lambda _progress: None)
    assert not done.failed
    assert (rotation.waiting(), rotation.in_use("1")) == (0, 0)
    assert len(contents()) == 1
    assert contents() != before
    settings.CONTENT_KEYS = "2:" + "8e" * 32
    keys.forget()
    assert client.get(at(Attachment.objects.get())).content.decode() == TEXT


def test_a_file_is_given_while_its_key_changes(
    world: World, login: Login, taken_case: Case, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    add(login(world.coordinator), to_case(taken_case))
    row = Attachment.objects.select_related("case__board", "case__school").get()
    settings.CONTENT_KEYS += ",2:" + "8e" * 32
    keys.forget()
    content_rotate(lambda _progress: None)
    assert services.file_open(by=world.coordinator, file=row, to=access.HANDLE).decode() == TEXT
    assert "ALARM" not in caplog.text
    contents()[0].unlink()
    with pytest.raises(RuleError):
        services.file_open(by=world.coordinator, file=row, to=access.HANDLE)
    assert "ALARM" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_taken_out_while_keys_change_is_no_alarm(
    world: World,
    login: Login,
    taken_case: Case,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor when it is asked for at that moment."""
    add(login(world.coordinator), to_case(taken_case))
    settings.CONTENT_KEYS += ",2:" + "8e" * 32
    keys.forget()
    take = filestore.take

    def gone(name: str) -> bytes:
        monkeypatch.setattr(filestore, "take", take)
        services.file_remove(by=world.coordinator, file=Attachment.objects.get(), reason=REASON)
        return take(name)

    asked = Attachment.objects.select_related("case__board", "case__school").get()
    monkeypatch.setattr(filestore, "take", gone)
    done = content_rotate(lambda _progress: None)
    with pytest.raises(RuleError):
        services.file_open(by=world.coordinator, file=asked, to=access.HANDLE)
    assert (done.failed, contents()) == ([], [])
    assert "ALARM" not in caplog.text


def test_no_page_but_these_takes_a_file(world: World, login: Login, taken_case: Case) -> None:
    """Nobody fills the memory from elsewhere: what is sent to another page is let through unread."""
    seen = []

    class Watched(SimpleUploadedFile):
        pass

    for client, path in (
        (login(None), "/inloggen/"),
        (login(world.author), "/zorg/nieuw/"),
        (login(None), "/zorg/nieuw/"),
    ):
        response = client.post(path, {"file": Watched("a.txt", b"x" * 1000)})
        seen.append(dict(response.wsgi_request.FILES))
    assert seen == [{}, {}, {}]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"CLAMAV": "127.0.0.1"}, "host:port"),
        ({"FILES_S3_BUCKET": "zorg"}, "pip install"),
    ],
)
def test_a_setting_that_can_not_be_right_stops_the_start(
    environment: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        read_scanner(Env()), read_store(Env())
    monkeypatch.setattr("importlib.util.find_spec", lambda name: True)
    monkeypatch.setenv("CLAMAV", "/run/clamav/clamd.ctl")
    monkeypatch.setenv("FILES_S3_BUCKET", "zorg")
    monkeypatch.setenv("FILES_S3_ENDPOINT", "http://s3.elders.example")
    assert read_scanner(Env()) == "/run/clamav/clamd.ctl"
    with pytest.raises(ImproperlyConfigured, match="https"):
        read_store(Env())


@pytest.mark.parametrize(("endpoint", "style"), [("https://s3.elders.example", "path"), ("", None)])
def test_a_store_that_does_not_answer_is_not_waited_for_long(
    endpoint: str, style: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library is not among the fixed versions, so what it would be told is looked at here."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: True)
    monkeypatch.setitem(sys.modules, "botocore", ModuleType("botocore"))
    library = ModuleType("botocore.config")
    library.Config = dict  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "botocore.config", library)
    monkeypatch.setenv("FILES_S3_BUCKET", "zorg")
    monkeypatch.setenv("FILES_S3_ENDPOINT", endpoint)
    told = read_store(Env())["OPTIONS"]["client_config"]
    assert (told["connect_timeout"], told["read_timeout"]) == (5, 20)
    assert told["retries"] == {"total_max_attempts": 2}
    assert told["s3"] == {"addressing_style": style}
