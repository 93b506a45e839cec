"""Attacks, each by somebody with the database alone and by somebody with every key and file of the server as well.

The one with the database is caught by `audit_verify` as it stands. The one with the keys can make a log that fits
itself, and is caught by what left the machine: a mailed checkpoint or the receipt of a writer.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from audit import triggers
from audit.checkpoints import filed_notes, newest
from audit.erasure import erase_personal
from audit.keys import SEAL, create_keys
from audit.models import AuditEvent, Checkpoint
from audit.receipts import receipt
from audit.record import COLUMNS, body_of, mac_of
from audit.sealer import seal
from tests.audit.conftest import attack, events, found, verified

pytestmark = pytest.mark.django_db
Save = Callable[[str, str], str]


@pytest.fixture
def mailed(sealed: list[AuditEvent], save: Save) -> str:
    """The mail of today: the checkpoint of twelve events."""
    return save("mail.txt", "Het zegel van het logboek.\n\n" + newest(sealed[0].log).note)


@pytest.fixture
def paper(sealed: list[AuditEvent], save: Save) -> str:
    """The receipt that the writer of the third event took home."""
    return save("receipt.txt", f"Bewaar dit: {receipt(sealed[2])}\n")


def rewritten(row: AuditEvent, **changes: Any) -> None:
    """Change an event as somebody does who has its key: columns, body and mac fit each other again."""
    columns = vars(row) | changes
    body = body_of(columns)
    sets = ", ".join([*(f"{name} = %s" for name in changes), "body = %s", "mac = %s"])
    values = [*changes.values(), body, mac_of(row.log, row.key_id, body), row.pk]
    attack(f"UPDATE audit_event SET {sets} WHERE id = %s", values=values)


def copied(**changes: str) -> None:
    """Put a copy of the first event into the table, under another reference and with some columns changed (SQL)."""
    names = COLUMNS.split(", ")
    values = {name: name for name in names} | {"event_uuid": f"'{'0' * 31}1'"} | changes
    chosen = ", ".join(values[name] for name in names)
    attack(f"INSERT INTO audit_event ({COLUMNS}) SELECT {chosen} FROM audit_event WHERE leaf_index = 0")


def sealed_anew(*statements: str, new_keys: bool = False) -> None:
    """What somebody with everything does after a change: forget all seals, here and on disk, and seal again."""
    attack(*statements, "UPDATE audit_event SET leaf_index = NULL", "DELETE FROM audit_checkpoint")
    shutil.rmtree(settings.AUDIT_CHECKPOINTS_DIR)
    if new_keys:
        shutil.rmtree(settings.AUDIT_KEYS_DIR)
        create_keys((SEAL,))
    while seal().sealed:
        pass


# --- the database alone -----------------------------------------------------------------------------------------------


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


# --- and every key and file of the server -----------------------------------------------------------------------------


def caught_by_mail_only(mailed: str, size: int = 12) -> None:
    assert "The log is whole." in verified()
    said = found("--anchor", mailed)
    assert f"something else about the first {size} events" in said or f"counts {size} events, and there are" in said


def test_with_keys_edit(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    rewritten(sealed[2], actor_ref="SOMEBODY")
    assert "something else about the first 6 events" in found()
    sealed_anew()
    caught_by_mail_only(mailed)
    assert "of a receipt is not what it was when the receipt was given." in found("--receipt", paper)


def test_with_keys_delete(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    sealed_anew("DELETE FROM audit_event WHERE leaf_index = 2")
    caught_by_mail_only(mailed)
    assert "of a receipt is not in the log: it was deleted." in found("--receipt", paper)


def test_with_keys_forge(sealed: list[AuditEvent], mailed: str) -> None:
    rewritten(events(1)[0], actor_ref="SOMEBODY")
    highest = AuditEvent.objects.order_by("-id").first().pk
    sealed_anew(f"UPDATE audit_event SET id = -1 WHERE id = {highest}")
    caught_by_mail_only(mailed)


def test_with_keys_reorder(sealed: list[AuditEvent], mailed: str) -> None:
    attack("DELETE FROM audit_personal", f"UPDATE audit_event SET id = -1 WHERE id = {sealed[4].pk}")
    sealed_anew()
    said = found("--anchor", mailed)
    assert "something else about the first 12 events" in said


def test_with_keys_replay(sealed: list[AuditEvent], mailed: str) -> None:
    """The same deed a second time, made to look older than the mail."""
    twin = events(1)[0]
    rewritten(twin, actor_ref=sealed[3].actor_ref)
    sealed_anew(f"UPDATE audit_event SET id = -1 WHERE id = {twin.pk}")
    caught_by_mail_only(mailed)


def test_with_keys_cut_before_the_mail(sealed: list[AuditEvent], mailed: str) -> None:
    sealed_anew("DELETE FROM audit_personal", "DELETE FROM audit_event WHERE leaf_index >= 5")
    caught_by_mail_only(mailed)


def test_with_keys_cut_behind_the_mail(sealed: list[AuditEvent], mailed: str, save: Save) -> None:
    later = events(4)
    paper = save("later.txt", str(receipt(later[3])))
    seal()
    sealed_anew("DELETE FROM audit_event WHERE leaf_index >= 12")
    assert "The log is whole." in verified("--anchor", mailed), "the mail is older than what was cut"
    assert f"The event {later[3].event_uuid} of a receipt is not in the log" in found("--receipt", paper)


@pytest.mark.parametrize("new_keys", [False, True])
def test_with_keys_replace_the_whole_log(sealed: list[AuditEvent], mailed: str, paper: str, new_keys: bool) -> None:
    events(20)
    places = ", ".join(str(event.pk) for event in sealed)
    sealed_anew("DELETE FROM audit_personal", f"DELETE FROM audit_event WHERE id IN ({places})", new_keys=new_keys)
    caught_by_mail_only(mailed)
    assert ("is not signed with a key of this installation" in found("--anchor", mailed)) is new_keys
    assert "of a receipt is not in the log" in found("--receipt", paper)


def test_with_keys_edit_an_unsealed_row(sealed: list[AuditEvent], save: Save) -> None:
    event = events(1)[0]
    paper = save("receipt.txt", str(receipt(event)))
    rewritten(event, actor_ref="SOMEBODY")
    assert "The log is whole." in verified()
    assert f"The event {event.event_uuid} of a receipt is not what it was" in found("--receipt", paper)


def test_with_keys_delete_an_unsealed_row(sealed: list[AuditEvent], mailed: str, save: Save) -> None:
    event = events(1)[0]
    paper = save("receipt.txt", str(receipt(event)))
    attack(f"DELETE FROM audit_event WHERE id = {event.pk}")
    assert "The log is whole." in verified("--anchor", mailed)
    assert f"The event {event.event_uuid} of a receipt is not in the log" in found("--receipt", paper)


def test_with_keys_change_a_personal_part(sealed: list[AuditEvent], mailed: str) -> None:
    from audit.canonical import commitment

    row = AuditEvent.objects.get(pk=sealed[7].pk)
    attack("UPDATE audit_personal SET data = '{}' WHERE event_id = %s", values=[row.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT salt FROM audit_personal WHERE event_id = %s", [row.pk])
        rewritten(row, pd_commit=commitment(cursor.fetchone()[0], "{}"))
    sealed_anew()
    caught_by_mail_only(mailed)


def test_with_keys_hide_an_erasure(sealed: list[AuditEvent], save: Save) -> None:
    """The erasure was sealed and mailed; then its event goes, and the event erased no longer speaks of a part."""
    erase_personal([sealed[7]], "request")
    seal()
    mailed = save("later.txt", newest(sealed[0].log).note)
    rewritten(AuditEvent.objects.get(pk=sealed[7].pk), pd_commit=None)
    sealed_anew("DELETE FROM audit_event WHERE action = 'personal.erased'")
    caught_by_mail_only(mailed, size=13)


def test_with_keys_put_an_old_backup_back(sealed: list[AuditEvent], mailed: str, tmp_path: Path) -> None:
    """Database, files and keys of this morning: they fit each other."""
    attack("DELETE FROM audit_personal", "DELETE FROM audit_event WHERE leaf_index >= 6")
    attack("DELETE FROM audit_checkpoint WHERE tree_size > 6")
    path = Path(settings.AUDIT_CHECKPOINTS_DIR) / (sealed[0].log.replace("/", "_") + ".txt")
    path.write_text(filed_notes(sealed[0].log)[0].raw)
    assert "The log is whole." in verified()
    assert "counts 12 events, and there are 6" in found("--anchor", mailed)


# --- and no alarm about what is lawful --------------------------------------------------------------------------------


def test_a_lawful_erasure_raises_no_alarm(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    assert erase_personal(sealed, "request") == 6
    assert "The log is whole." in verified("--anchor", mailed, "--receipt", paper)
    seal()
    said = verified("--anchor", mailed, "--receipt", paper)
    assert "6 personal parts are gone." in said
    assert Checkpoint.objects.count() == 3
