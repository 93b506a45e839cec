"""Attacks by somebody with the database alone: caught by `audit_verify` as it stands."""

import pytest
from django.db import connection

from audit import triggers
from audit.erasure import erase_personal
from audit.models import AuditEvent, Checkpoint
from audit.receipts import receipt
from audit.sealer import seal
from tests.audit.conftest import Save, attack, copied, events, found, verified

pytestmark = pytest.mark.django_db


def test_edit_the_columns(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_event SET actor_ref = 'SOMEBODY' WHERE leaf_index = 4")
    assert "(place 4) says something else in its columns: actor." in found()


def test_edit_the_moment(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_event SET occurred_at = '2026-01-01 00:00:00+00:00' WHERE leaf_index = 4")
    assert "(place 4) says something else in its columns: at." in found()


def test_edit_the_body_too(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_event SET actor_ref = 'X', body = replace(body, 'U4', 'X') WHERE leaf_index = 4")
    assert "(place 4) does not carry a right mac: its body was edited, or it was forged." in found()


@pytest.mark.parametrize("place", [0, 4])
def test_delete(sealed: list[AuditEvent], place: int) -> None:
    attack(f"DELETE FROM audit_event WHERE leaf_index = {place}")
    assert f"event {place} is not there: the next one has place {place + 1}. It was deleted or moved." in found()


def test_delete_and_close_the_gap(sealed: list[AuditEvent]) -> None:
    attack(
        "DELETE FROM audit_event WHERE leaf_index = 4", "UPDATE audit_event SET leaf_index = 4 WHERE leaf_index = 11"
    )
    assert "the first 6 events: one of them was changed, removed, added or moved after that." in found()


def test_forge(sealed: list[AuditEvent]) -> None:
    copied(actor_ref="'SOMEBODY'", body="replace(body, 'U0', 'SOMEBODY')")
    assert "(not sealed yet) does not carry a right mac: its body was edited, or it was forged." in found()
    stopped = seal().stopped
    assert "does not carry a right mac" in stopped[sealed[0].log]


def test_reorder(sealed: list[AuditEvent]) -> None:
    attack(
        "UPDATE audit_event SET leaf_index = 99 WHERE leaf_index = 3",
        "UPDATE audit_event SET leaf_index = 3 WHERE leaf_index = 4",
        "UPDATE audit_event SET leaf_index = 4 WHERE leaf_index = 99",
    )
    assert "the first 6 events: one of them was changed, removed, added or moved after that." in found()


def test_replay(sealed: list[AuditEvent]) -> None:
    """The same event a second time, under another reference so that the unique index lets it in."""
    copied()
    assert "says something else in its columns: uuid." in found()


def test_replay_without_the_unique_index(keys: None) -> None:
    kept = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if kept:
            cursor.execute("ALTER TABLE audit_event DROP CONSTRAINT audit_event_event_uuid_key")
        else:
            pytest.skip("SQLite keeps the index with the table")
    assert "The unique index on event_uuid is not there." in found()


def test_cut_the_end_off(sealed: list[AuditEvent]) -> None:
    attack("DELETE FROM audit_event WHERE leaf_index >= 6")
    assert "of 2" in found()
    assert "counts 12 events, and there are 6: the end was cut off, or an old backup was put back." in found()


def test_cut_the_end_and_its_checkpoint_off(sealed: list[AuditEvent]) -> None:
    attack("DELETE FROM audit_event WHERE leaf_index >= 6", "DELETE FROM audit_checkpoint WHERE tree_size > 6")
    said = found()
    assert "the checkpoint file of" in said
    assert "counts 12 events, and there are 6: the end was cut off, or an old backup was put back." in said
    events(1)
    assert "the checkpoint file knows 12 events, the table 6" in seal().stopped[sealed[0].log]


def test_replace_the_whole_log(sealed: list[AuditEvent]) -> None:
    attack("DELETE FROM audit_event", "DELETE FROM audit_personal", "DELETE FROM audit_checkpoint")
    assert "counts 12 events, and there are 0" in found()


def test_forge_a_checkpoint(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_checkpoint SET tree_size = 7 WHERE tree_size = 6")
    assert "the checkpoint of 7 events in the table is not what its signed note says." in found()
    attack("UPDATE audit_checkpoint SET note = replace(note, '\n7\n', '\n6\n'), tree_size = 6 WHERE tree_size = 7")
    note = "UPDATE audit_checkpoint SET note = replace(note, '\n6\n', '\n7\n'), tree_size = 7 WHERE tree_size = 6"
    attack(note)
    assert "the table of 7 events is not signed with a key of this installation." in found()


def test_delete_a_checkpoint(sealed: list[AuditEvent]) -> None:
    attack("DELETE FROM audit_checkpoint WHERE tree_size = 12")
    assert "there are 12 events with a place, and no checkpoint for them." in found()


def test_edit_an_unsealed_row(keys: None) -> None:
    events(3)
    attack("UPDATE audit_event SET actor_ref = 'X', body = replace(body, 'U1', 'X') WHERE actor_ref = 'U1'")
    assert "(not sealed yet) does not carry a right mac" in found()


def test_delete_an_unsealed_row(sealed: list[AuditEvent], save: Save) -> None:
    event = events(3)[1]
    paper = save("receipt.txt", str(receipt(event)))
    attack(f"DELETE FROM audit_event WHERE id = {event.pk}")
    assert f"The event {event.event_uuid} of a receipt is not in the log: it was deleted." in found("--receipt", paper)
    assert "The log is whole." in verified(), "without the receipt this stays undetected: SECURITY.md says so"


def test_delete_an_unsealed_row_and_leave_its_personal_part(keys: None) -> None:
    event = events(3, personal=True)[1]
    attack(f"DELETE FROM audit_event WHERE id = {event.pk}")
    assert "1 personal parts belong to no event: their events were deleted." in found()


def test_change_a_personal_part(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_personal SET data = replace(data, '192.0.2.7', '192.0.2.8')")
    assert f"the personal part of event {sealed[6].event_uuid} (place 6) was changed." in found()


def test_add_a_personal_part(sealed: list[AuditEvent]) -> None:
    attack(f"INSERT INTO audit_personal SELECT {sealed[0].pk}, salt, data FROM audit_personal LIMIT 1")
    assert "(place 0) was given a personal part that it never had." in found()


def test_hide_an_erasure(sealed: list[AuditEvent]) -> None:
    attack(f"DELETE FROM audit_personal WHERE event_id = {sealed[7].pk}")
    assert f"the personal part of event {sealed[7].event_uuid} (place 7) is gone and no event says why." in found()


def test_prune_without_saying_so(sealed: list[AuditEvent]) -> None:
    blob = "decode(repeat('00', 192), 'hex')" if connection.vendor == "postgresql" else "zeroblob(192)"
    attack(
        "INSERT INTO audit_pruning (log, first_leaf, end_leaf, leaves, event_uuid, pruned_at) SELECT log, 0, 6, "
        f"{blob}, event_uuid, occurred_at FROM audit_event WHERE leaf_index = 6"
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE leaf_index < 6")
    assert "events 0 to 6 were pruned and no event says so." in found()


def test_put_an_old_backup_back(sealed: list[AuditEvent]) -> None:
    """The database of this morning: all that came later is gone, its checkpoints too."""
    attack(
        "DELETE FROM audit_event WHERE leaf_index >= 6",
        "DELETE FROM audit_personal",
        "DELETE FROM audit_checkpoint WHERE tree_size > 6",
    )
    assert "an old backup was put back." in found()


def test_an_old_backup_brings_erased_parts_back(sealed: list[AuditEvent]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id, salt, data FROM audit_personal WHERE event_id = %s", [sealed[8].pk])
        backup = cursor.fetchone()
    erase_personal([sealed[8]], "request")
    attack("INSERT INTO audit_personal (event_id, salt, data) VALUES (%s, %s, %s)", values=list(backup))
    assert "(place 8) was erased and is back: an old backup was put back." in found()


def test_take_the_triggers_away(sealed: list[AuditEvent]) -> None:
    triggers.remove()
    name = "audit_event_rows" if connection.vendor == "postgresql" else "audit_event_update"
    assert f"The trigger {name} is not there." in found()
    triggers.install()


def test_disable_or_weaken_a_trigger(sealed: list[AuditEvent]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_rows")
        else:
            cursor.execute("DROP TRIGGER audit_event_delete")
            cursor.execute(
                "CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event WHEN OLD.id > 99 BEGIN SELECT 1; END"
            )
    assert "is not as it should be." in found()
    triggers.install()


def test_a_lawful_erasure_raises_no_alarm(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    assert erase_personal(sealed, "request") == 6
    assert "The log is whole." in verified("--anchor", mailed, "--receipt", paper)
    seal()
    said = verified("--anchor", mailed, "--receipt", paper)
    assert "6 personal parts are gone." in said
    assert Checkpoint.objects.count() == 3


def test_something_that_the_program_never_writes(sealed: list[AuditEvent]) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps the types of its columns")
    attack("UPDATE audit_personal SET salt = 12")
    assert "The log holds something that the program never writes" in found()


def test_a_changed_column_does_not_explain_anything(sealed: list[AuditEvent]) -> None:
    attack("UPDATE audit_event SET action = 'personal.erased' WHERE leaf_index = 1")
    assert "(place 1) says something else in its columns: action." in found()
