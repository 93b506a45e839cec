"""Texts at rest: what is in the database opens in its own place only, and never by accident."""

import copy
import pickle
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.content import files, keys
from accounts.content.errors import ContentError, ContentKeyError
from accounts.content.fields import EncryptedTextField, Sealed
from accounts.content.keys import create_key
from accounts.content.tokens import Token, seal, unseal
from accounts.models import KeptWords
from signals.models import BreakGlass, Case, Draft, Note, Person, Signal
from tests.conftest import World

TEXT = "Hij zei: ‘Ik kóm niet meer’ 🙁"
AT = ("signals_note", "text", "row-1")


def raw(row: models.Model, name: str) -> str:
    """What the database holds."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    return str(rows.values_list(Cast(name, TextField()), flat=True).get())


def put(row: models.Model, name: str, value: str) -> Any:
    """Write in the database past everything, and read the row again."""
    type(row)._base_manager.filter(pk=row.pk).update(**{name: Token(value)})
    return type(row)._base_manager.get(pk=row.pk)


def note(case: Case, by: Any, text: str = TEXT) -> Note:
    return Note.objects.create(case=case, author=by, text=text, key=uuid.uuid4(), created_at=timezone.now())


@pytest.mark.parametrize("text", ["x", TEXT, "a" * 63, "a" * 64, "€" * 20_000, "\x80", "sealed:1:AAAA"])
def test_there_and_back(text: str) -> None:
    one, other = seal(text, *AT), seal(text, *AT)
    assert one != other, "a nonce of its own"
    assert one.startswith("sealed:1:")
    assert unseal(one, *AT) == unseal(other, *AT) == text


def test_the_length_of_short_texts_says_nothing() -> None:
    assert len({len(seal("x" * size, *AT)) for size in range(64)}) == 1


@pytest.mark.parametrize("at", [("signals_case", *AT[1:]), (AT[0], "reason", AT[2]), (*AT[:2], "row-2")])
def test_a_value_opens_in_its_own_place_only(at: tuple[str, str, str]) -> None:
    with pytest.raises(ContentError):
        unseal(seal(TEXT, *AT), *at)


@pytest.mark.parametrize("where", [10, 30, 60, -5])
def test_a_changed_value_does_not_open(where: int) -> None:
    value = seal(TEXT, *AT)
    with pytest.raises(ContentError):
        unseal(value[:where] + ("A" if value[where] != "A" else "B") + value[where:][1:], *AT)


@pytest.mark.parametrize(
    "value", ["", "xyz", TEXT, "sealed:", "sealed:1:", "sealed:1:AAAA", "sealed:x:AAAA", "open:1:A"]
)
def test_what_is_no_value_does_not_open(value: str) -> None:
    with pytest.raises(ContentError) as error:
        unseal(value, *AT)
    assert not value or value not in str(error.value), "no content in what is logged"


def test_another_key_or_none(settings: Any) -> None:
    value = seal(TEXT, *AT)
    settings.CONTENT_KEYS = "1:" + "aa" * 32
    with pytest.raises(ContentError, match="was changed"):
        unseal(value, *AT)
    settings.CONTENT_KEYS = "2:" + "9d" * 32
    with pytest.raises(ContentError, match="Key 1 of the story texts is not here"):
        unseal(value, *AT)
    with pytest.raises(ContentError):
        unseal(value.replace(":1:", ":2:"), *AT)


def test_a_file_for_the_key(settings: Any, tmp_path: Path) -> None:
    settings.CONTENT_KEYS, settings.CONTENT_KEYS_DIR = "", tmp_path / "content-keys"
    with pytest.raises(ContentKeyError, match=r"manage\.py content_keys"):
        seal(TEXT, *AT)
    assert [create_key(), create_key()] == ["content-1", ""]
    assert (tmp_path / "content-keys" / "content-1.key").stat().st_mode & 0o777 == 0o600
    assert unseal(seal(TEXT, *AT), *AT) == TEXT
    assert create_key(rotate=True) == "content-2"
    assert seal(TEXT, *AT).startswith("sealed:2:")


def test_files_in_pieces() -> None:
    content = bytes(range(256)) * 700
    chunks = [content[place : place + 5000] for place in range(0, len(content), 5000)]
    sealed = b"".join(files.seal_chunks(chunks, *AT))
    assert content[:64] not in sealed
    assert files.key_of(sealed) == "1"
    assert b"".join(files.open_chunks(BytesIO(sealed), *AT)) == files.open_bytes(sealed, *AT) == content
    for size in (0, 1, files.PIECE - 1, files.PIECE, files.PIECE + 1, 2 * files.PIECE):
        assert files.open_bytes(files.seal_bytes(bytes(size), *AT), *AT) == bytes(size), size


def test_a_file_that_is_cut_changed_or_moved_does_not_open() -> None:
    sealed = files.seal_bytes(bytes(3 * files.PIECE), *AT)
    start, piece = files.START, files.PIECE + files.TAG
    swapped = sealed[:start] + sealed[start + piece : start + 2 * piece] + sealed[start : start + piece]
    wrong = [sealed[:-1], sealed[: start + piece], sealed[:start], b"", b"%PDF" + sealed, swapped + sealed[-piece:]]
    wrong += [sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:], sealed + sealed[-piece:]]
    for broken in wrong:
        with pytest.raises(ContentError):
            files.open_bytes(broken, *AT)
    with pytest.raises(ContentError):
        files.open_bytes(sealed, *AT[:2], "row-2")


def test_a_row_is_read_and_written_as_ever(world: World, pupil_signal: Signal) -> None:
    made = note(pupil_signal.case, world.coordinator)
    assert raw(made, "text").startswith("sealed:1:")
    found = Note.objects.get(pk=made.pk)
    assert isinstance(found.__dict__["text"], Sealed), "not opened before it is read"
    assert TEXT not in repr(found.__dict__)
    assert found.text == TEXT
    before = raw(made, "text")
    found.full_clean()
    found.save()
    assert raw(made, "text") == before, "what did not change is not written anew"
    found.text = "Anders."
    found.save(update_fields=["text"])
    made.refresh_from_db()
    assert made.text == "Anders." == Note.objects.defer("text").get(pk=made.pk).text
    assert copy.copy(made).text == pickle.loads(pickle.dumps(Note.objects.get(pk=made.pk))).text == "Anders."  # noqa: S301
    bulk = Note.objects.bulk_create(
        [Note(case=made.case, author=made.author, text="x", key=uuid.uuid4(), created_at=made.created_at)]
    )
    assert raw(bulk[0], "text").startswith("sealed:")


def test_json_is_read_written_and_changed_in_place(world: World) -> None:
    now = timezone.now()
    draft = Draft.objects.create(author=world.author, data={"told": TEXT}, created_at=now, updated_at=now)
    assert raw(draft, "data").startswith("sealed:")
    assert raw(draft, "answers").startswith("sealed:"), "also when empty"
    found = Draft.objects.get()
    found.data["told"] += "!"
    found.full_clean()
    found.save()
    assert Draft.objects.get().data == {"told": TEXT + "!"}
    assert Draft.objects.get().answers == {}


def test_what_goes_past_the_row_is_refused(world: World, pupil_signal: Signal) -> None:
    made = note(pupil_signal.case, world.coordinator)
    rows = Note.objects.filter(pk=made.pk)
    for wrong in (lambda: rows.update(text="plain"), lambda: rows.filter(text=TEXT), lambda: rows.exclude(text=TEXT)):
        with pytest.raises(ContentError, match="never through"), transaction.atomic():
            wrong()
    with pytest.raises(ContentError, match="never through"), transaction.atomic():
        Note.objects.bulk_update([made], ["text"])
    for lookup in ("icontains", "in", "startswith", "iexact", "regex", "gt", "text__x"):
        with pytest.raises(FieldError):
            rows.filter(**{f"text__{lookup}": [TEXT]})
    value = rows.values_list("text", flat=True).get()
    for show in (str, "{}".format, lambda sealed: f"{sealed}"):
        with pytest.raises(ContentError):
            show(value)
    assert rows.filter(text="").count() == rows.filter(text__isnull=True).count() == 0
    assert rows.exclude(text="").count() == 1
    with pytest.raises(ContentError, match="copy of another row"), transaction.atomic():
        Note.objects.create(case=made.case, author=made.author, text=value, key=uuid.uuid4(), created_at=timezone.now())
    assert raw(made, "text").startswith("sealed:")


def test_rows_and_fields_that_were_exchanged_do_not_open(world: World, pupil_signal: Signal) -> None:
    one, other = (note(pupil_signal.case, world.coordinator, text) for text in ("Een", "Twee"))
    with pytest.raises(ContentError):
        put(one, "text", raw(other, "text")).text  # noqa: B018
    signal = put(pupil_signal, "told", raw(pupil_signal, "observed"))
    assert signal.observed
    with pytest.raises(ContentError):
        signal.told  # noqa: B018


def test_a_text_that_does_not_open_is_a_calm_page(world: World, login: Any, taken_case: Case, caplog: Any) -> None:
    made = note(taken_case, world.coordinator)
    put(made, "text", raw(made, "text")[:-6] + "AAAA==")
    client = login(world.coordinator)
    client.raise_request_exception = False
    response = client.get(f"/casus/{taken_case.reference}/")
    assert response.status_code == 500
    assert "sealed:" not in response.content.decode()
    assert "ALARM: a text can't be opened and is not shown. signals_note.text of " in caplog.text
    assert "haar na" not in response.content.decode() + caplog.text


def test_a_list_opens_nothing(world: World, login: Any, taken_case: Case, monkeypatch: Any) -> None:
    def never(*args: Any) -> None:
        raise AssertionError("a list opened a text")

    monkeypatch.setattr("accounts.content.fields.unseal", never)
    assert login(world.coordinator).get("/werkplek/?tab=mine").status_code == 200


def test_constraints_and_lengths_hold_for_the_text(world: World, pupil_signal: Signal) -> None:
    case = pupil_signal.case
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.filter(pk=pupil_signal.pk).update(observed="")
    pupil_signal.observed = ""
    with pytest.raises(ValidationError):
        pupil_signal.full_clean()
    person = Person(signal=pupil_signal, role="subject", description="x" * 501)
    with pytest.raises(ValidationError, match="500"):
        person.full_clean()
    now = timezone.now()
    glass = BreakGlass(case=case, by=world.principal, role="principal", reason="kort", opened_at=now, until=now)
    with pytest.raises(ValidationError) as error:
        glass.full_clean()
    assert "reason" in error.value.message_dict


def test_checking_a_row_sends_no_text_to_the_database(world: World, pupil_signal: Signal) -> None:
    with CaptureQueriesContext(connection) as queries:
        pupil_signal.full_clean()
        KeptWords.objects.create(user=world.author, path="/x/", fields=[["text", TEXT]])
        person = Person(signal=pupil_signal, role="subject", description=TEXT)
        person.full_clean()
        person.save()
    said = " ".join(query["sql"] for query in queries)
    assert pupil_signal.observed not in said
    assert TEXT not in said


def test_a_field_without_a_row_is_found_by_the_check() -> None:
    field = EncryptedTextField(row="nowhere")
    field.set_attributes_from_name("text")
    field.model = Note
    assert "content.E001" in [error.id for error in field.check()]


def test_conditions_may_ask_for_emptiness_only() -> None:
    assert str(Note.objects.filter(~Q(text="")).query)
    with pytest.raises(ContentError):
        Note.objects.filter(~Q(text="x"))


def test_all_keys_differ_by_purpose() -> None:
    purposes = ("signals_note", "signals_case", "files of signals_note", "fingerprint")
    assert len({keys.subkey("1", purpose) for purpose in purposes}) == len(purposes)
