"""New keys: everything is encrypted again while people work, however often it is killed, and no key goes too early."""

import sys
from importlib import import_module, reload
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.content import rotation, start
from accounts.content.errors import ContentKeyError
from accounts.content.keys import create_key, forget
from accounts.content.models import ContentKey
from accounts.content.tokens import Token
from accounts.jobs.worker import Worker
from accounts.models import KeptWords
from audit.models import AuditEvent
from signals.models import Addition, Case, Note, Signal
from tests.conftest import World, send, typed
from tests.journeys.page import Browser

ONE, TWO = "1:" + "9d" * 32, "2:" + "4b" * 32


@pytest.fixture
def reports(world: World) -> list[Signal]:
    sent = [send(world.author, typed(world, told=f"Verhaal {number}.")) for number in range(5)]
    KeptWords.objects.create(user=world.author, path="/x/", fields=[["text", "Dag"]])
    return sent


@pytest.fixture
def two_keys(reports: list[Signal], settings: Any) -> None:
    settings.CONTENT_KEYS = f"{ONE},{TWO}"
    start.refuse_without_keys()  # the web process was started with both


def held(name: str = "told") -> list[str]:
    """The beginning of what the database holds of all reports, by id."""
    rows = Signal.objects.order_by("pk").values_list(Cast(name, TextField()), flat=True)
    return [value[:9] for value in rows]


def test_all_of_it(two_keys: None, settings: Any, capsys: Any) -> None:
    assert rotation.in_use("1") == rotation.waiting() == 6, "five reports and what was kept"
    call_command("content_rotate")
    said = capsys.readouterr()
    assert "No row needs an older key." in said.out
    assert "100%" in said.err
    assert held() == ["sealed:2:"] * 5
    assert rotation.in_use("1") == rotation.waiting() == 0
    event = AuditEvent.objects.get(action="key.rotated")
    assert event.details["keys"] == ["content-2"]
    assert event.details["failed"] == 0
    settings.CONTENT_KEYS = TWO
    assert [row.told for row in Signal.objects.order_by("pk")] == [f"Verhaal {number}." for number in range(5)]
    assert KeptWords.objects.get().fields == [["text", "Dag"]]


def test_killed_between_two_batches_it_goes_on_where_it_was(two_keys: None) -> None:
    def killed(done: rotation.Progress) -> None:
        if "sealed:2:" in held():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(killed, batch=2)
    assert held() == ["sealed:2:"] * 2 + ["sealed:1:"] * 3
    left = rotation.waiting()
    assert rotation.rotate(lambda done: None, batch=2).rows == left
    assert held() == ["sealed:2:"] * 5


def test_killed_within_a_batch_nothing_of_it_is_half(two_keys: None, monkeypatch: Any) -> None:
    again, calls = rotation._again, []

    def dying(*args: Any) -> None:
        calls.append(args)
        if args[1].name == "opinion" or len(calls) > 60:
            raise KeyboardInterrupt
        again(*args)

    monkeypatch.setattr(rotation, "_again", dying)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(lambda done: None, batch=2)
    monkeypatch.undo()
    assert {row.told for row in Signal.objects.all()} == {f"Verhaal {number}." for number in range(5)}
    rotation.rotate(lambda done: None)
    assert rotation.waiting() == 0


def test_who_saves_meanwhile_wins(two_keys: None, world: World, monkeypatch: Any) -> None:
    seal, saved = rotation.seal, []

    def slow(text: str, *at: str) -> Token:
        if text == "Verhaal 3." and not saved:
            row = Signal.objects.order_by("pk")[3]
            row.told = "Verhaal 3, verbeterd."
            row.save()
            saved.append(row)
        return seal(text, *at)

    monkeypatch.setattr(rotation, "seal", slow)
    rotation.rotate(lambda done: None)
    assert Signal.objects.get(pk=saved[0].pk).told == "Verhaal 3, verbeterd."
    assert rotation.waiting() == 0


def test_what_does_not_open_is_left_and_named(two_keys: None, reports: list[Signal], capsys: Any, caplog: Any) -> None:
    Signal.objects.filter(pk=reports[2].pk).update(told=Token("sealed:1:AAAA"))
    with pytest.raises(CommandError, match="1 rows are left"):
        call_command("content_rotate")
    assert f"signals_signal.told, id {reports[2].pk}" in capsys.readouterr().err
    assert "ALARM" in caplog.text
    assert held().count("sealed:2:") == 4
    assert AuditEvent.objects.get(action="key.rotated").details["failed"] == 1


def test_a_key_that_is_needed_is_not_dropped(reports: list[Signal], settings: Any, tmp_path: Path, capsys: Any) -> None:
    settings.CONTENT_KEYS_DIR = tmp_path / "content"
    with pytest.raises(CommandError, match="Key 1 is in use"):
        call_command("content_keys", "--drop", "1")
    call_command("content_keys", "--rotate")
    assert ContentKey.objects.filter(number=2).exists()
    with pytest.raises(CommandError, match="rows still need key 1"):
        call_command("content_keys", "--drop", "1")
    call_command("content_rotate")
    call_command("content_keys", "--drop", "1")
    assert "take it out of CONTENT_KEYS" in capsys.readouterr().out
    settings.CONTENT_KEYS = ""
    forget()
    assert start.problems() == []
    assert Signal.objects.order_by("pk")[0].told == "Verhaal 0."
    call_command("content_keys", "--rotate")
    assert "Made content-3" in capsys.readouterr().out
    call_command("content_rotate")
    call_command("content_keys", "--drop", "2")
    assert not (tmp_path / "content" / "content-2.key").exists()
    with pytest.raises(CommandError, match="not here"):
        call_command("content_keys", "--drop", "7")


def test_a_start_without_a_key_that_is_needed_is_refused(two_keys: None, settings: Any) -> None:
    start.refuse_without_keys()
    assert sorted(ContentKey.objects.values_list("number", flat=True)) == [1, 2]
    settings.CONTENT_KEYS = ONE
    with pytest.raises(ContentKeyError, match=r"Key content-2 .* is not here.*Put content-2\.key back"):
        start.refuse_without_keys()
    settings.CONTENT_KEYS = f"{ONE},2:" + "11" * 32
    with pytest.raises(ContentKeyError, match="Key content-2 .* is not the one"):
        start.refuse_without_keys()
    assert [error.id for error in start.check_keys(None, ["default"])] == ["content.E003"]
    assert start.check_keys(None) == []
    settings.CONTENT_KEYS = f"{ONE},{TWO}"
    assert start.problems() == []


def test_a_process_that_runs_writes_with_a_new_key_at_once(
    world: World, settings: Any, tmp_path: Path, login: Any, monkeypatch: Any
) -> None:
    """Otherwise what it wrote until its next start would be lost with the old key."""
    settings.CONTENT_KEYS, settings.CONTENT_KEYS_DIR = "", tmp_path / "content"
    settings.CONTENT_KEYS_DIR.mkdir()
    (settings.CONTENT_KEYS_DIR / "content-1.key").write_text(ONE.partition(":")[2])
    first = send(world.author, typed(world, told="Met de oude."))
    with monkeypatch.context() as elsewhere:  # another process makes it: this one is not told
        elsewhere.setattr("audit.keyfiles.forget_secrets", lambda: None)
        assert create_key(rotate=True) == "content-2"
    add = reverse("signals:signal-add", args=[first.reference])
    page = Browser(login(world.author)).get(reverse("signals:signal", args=[first.reference]))
    Browser(login(world.author)).post(add, {**page.form(action=add).data(), "text": "Een heel verhaal van vandaag."})
    raw = Addition.objects.values_list(Cast("text", TextField()), flat=True).get()
    assert raw.startswith("sealed:2:")
    start.refuse_without_keys()  # as content_keys --rotate writes it down
    call_command("content_rotate")
    call_command("content_keys", "--drop", "1")
    forget()  # what a restart does
    start.refuse_without_keys()
    page = Browser(login(world.author)).get(reverse("signals:signal", args=[first.reference]))
    assert "Met de oude." in page.text
    assert "Een heel verhaal van vandaag." in page.text


@pytest.mark.parametrize(
    "command", [("worker", "--without", "seal"), ("content_rotate",), ("files_tidy",)], ids=lambda words: words[0]
)
def test_nothing_works_with_another_key_than_the_texts_have(
    reports: list[Signal], settings: Any, monkeypatch: Any, command: tuple[str, ...]
) -> None:
    """It would give up what it can't open, and write what the pages can't."""
    start.refuse_without_keys()
    began: list[str] = []
    monkeypatch.setattr(Worker, "run", lambda worker: began.append("worker") or True)
    settings.CONTENT_KEYS = "1:" + "11" * 32
    with pytest.raises(CommandError, match=r"Key content-1 .* is not the one"):
        call_command(*command)
    settings.CONTENT_KEYS = TWO
    with pytest.raises(CommandError, match=r"Key content-1 .* is not here"):
        call_command(*command)
    settings.CONTENT_KEYS = f"{ONE},{TWO}"
    with pytest.raises(CommandError, match=r"Key content-2 .* this database does not know it"):
        call_command(*command)
    assert not began
    assert not ContentKey.objects.filter(number=2).exists()
    settings.CONTENT_KEYS = ONE
    call_command(*command)
    assert began == (["worker"] if command[0] == "worker" else [])


def test_everything_that_is_encrypted_is_found() -> None:
    found = {model.__name__: [field.name for field in fields] for model, fields in rotation.encrypted_models().items()}
    assert found["Note"] == ["text"]
    assert found["KeptWords"] == ["fields"]
    assert len(found) >= 13
    assert {Case, Note} <= set(rotation.encrypted_models())


def test_the_web_process_asks_for_the_keys(two_keys: None, settings: Any) -> None:
    import_module("schoolsafety.wsgi")
    wsgi = reload(sys.modules["schoolsafety.wsgi"])
    assert wsgi.application
    settings.CONTENT_KEYS = ONE
    with pytest.raises(ContentKeyError, match="is not here"):
        reload(wsgi)
    settings.CONTENT_KEYS = ""
    with pytest.raises(ContentKeyError, match=r"Make one with: manage\.py content_keys"):
        reload(wsgi)
