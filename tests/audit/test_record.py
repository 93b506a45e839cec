"""What one event consists of, and that it stands or falls with the change it is about."""

import json

import pytest
from django.db import connection, transaction

from audit import triggers
from audit.actions import Action
from audit.canonical import commitment, leaf_hash
from audit.middleware import RequestMark, current_mark
from audit.models import AppendOnlyError, AuditEvent, PersonalPart
from audit.receipts import read_receipts, receipt
from audit.record import body_of, mac_of, record

pytestmark = pytest.mark.django_db


def test_columns_are_copies_of_the_body() -> None:
    made = record(Action.CASE_READ, actor="u", board="B", case='quo"te\\', details={"b": 1, "a": "é"})
    event = AuditEvent.objects.get(event_uuid=made.event_uuid)
    assert event.body == made.body == body_of(vars(event))
    assert bytes(event.mac) == mac_of(event.log, event.key_id, event.body)
    assert json.loads(event.body)["details"] == event.details == {"a": "é", "b": 1}
    assert event.leaf_index is None


def test_address_and_browser_stand_in_the_personal_part_only() -> None:
    token = current_mark.set(RequestMark("r1", "192.0.2.7", "Browser"))
    event = record(Action.CASE_READ, personal={"reason": "Vermoeden"})
    current_mark.reset(token)
    part = PersonalPart.objects.get(event_id=event.pk)
    assert json.loads(part.data) == {"agent": "Browser", "ip": "192.0.2.7", "reason": "Vermoeden"}
    assert commitment(part.salt, part.data) == event.pd_commit
    assert "192.0.2.7" not in event.body
    assert event.pd_commit.hex() in event.body


def test_without_a_request_there_is_no_personal_part() -> None:
    assert record(Action.BOARD_IMPORTED).pd_commit is None
    assert not PersonalPart.objects.exists()


def test_an_event_falls_with_its_transaction() -> None:
    def fail() -> None:
        with transaction.atomic():
            record(Action.CASE_READ, personal={"a": "b"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not AuditEvent.objects.exists()
    assert not PersonalPart.objects.exists()


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        record(Action.CASE_READ, details={"score": 0.5})


def test_a_receipt_survives_being_mailed() -> None:
    event = record(Action.SIGNAL_SENT)
    found = read_receipts(f"> Uw ontvangstbewijs:\r\n> {receipt(event)}\r\n")
    assert found == [receipt(event)]
    assert found[0].leaf == leaf_hash(event.body, event.mac).hex()


def test_nothing_else_adds_or_changes_rows() -> None:
    event = record(Action.CASE_READ)
    for attempt in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        AuditEvent.objects.create,
        lambda: AuditEvent.objects.update(actor_ref="x"),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()


def test_all_triggers_are_there() -> None:
    assert triggers.problems() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_ref = 'x'",
        "UPDATE audit_event SET leaf_index = 5, actor_ref = 'x'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE id > 0",
        "UPDATE audit_personal SET data = '{}'",
    ],
)
def test_the_database_refuses(statement: str) -> None:
    record(Action.CASE_READ, personal={"a": "b"})
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


def test_the_leaf_index_is_written_once() -> None:
    record(Action.CASE_READ)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET leaf_index = 0")
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET leaf_index = 1")
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET leaf_index = NULL")


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_replace_does_not_get_past_the_triggers() -> None:
    record(Action.CASE_READ)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        with pytest.raises(Exception, match="append-only"):
            cursor.execute("INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event")
        cursor.execute("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.parametrize("table", triggers.TABLES)
def test_truncate_is_refused(table: str) -> None:
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
