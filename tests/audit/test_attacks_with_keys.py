"""Attacks by somebody who has every key and file of the server besides the database.

They can make a log that fits itself, so `audit_verify` alone finds it whole. They are caught by what left the machine:
a mailed checkpoint (--anchor) or the receipt of a writer (--receipt).
"""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from audit.canonical import commitment
from audit.checkpoints import filed_notes, newest
from audit.erasure import erase_personal
from audit.models import AuditEvent
from audit.receipts import receipt
from audit.sealer import seal
from tests.audit.conftest import Save, attack, events, found, rewritten, sealed_anew, verified

pytestmark = pytest.mark.django_db


def caught_by_mail_only(mailed: str, size: int = 12) -> None:
    assert "The log is whole." in verified()
    said = found("--anchor", mailed)
    assert f"something else about the first {size} events" in said or f"counts {size} events, and there are" in said


def test_edit(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    rewritten(sealed[2], actor_ref="SOMEBODY")
    assert "something else about the first 6 events" in found()
    sealed_anew()
    caught_by_mail_only(mailed)
    assert "of a receipt is not what it was when the receipt was given." in found("--receipt", paper)


def test_delete(sealed: list[AuditEvent], mailed: str, paper: str) -> None:
    sealed_anew("DELETE FROM audit_event WHERE leaf_index = 2")
    caught_by_mail_only(mailed)
    assert "of a receipt is not in the log: it was deleted." in found("--receipt", paper)


def test_forge(sealed: list[AuditEvent], mailed: str) -> None:
    rewritten(events(1)[0], actor_ref="SOMEBODY")
    highest = AuditEvent.objects.order_by("-id").first().pk
    sealed_anew(f"UPDATE audit_event SET id = -1 WHERE id = {highest}")
    caught_by_mail_only(mailed)


def test_reorder(sealed: list[AuditEvent], mailed: str) -> None:
    attack("DELETE FROM audit_personal", f"UPDATE audit_event SET id = -1 WHERE id = {sealed[4].pk}")
    sealed_anew()
    said = found("--anchor", mailed)
    assert "something else about the first 12 events" in said


def test_replay(sealed: list[AuditEvent], mailed: str) -> None:
    """The same deed a second time, made to look older than the mail."""
    twin = events(1)[0]
    rewritten(twin, actor_ref=sealed[3].actor_ref)
    sealed_anew(f"UPDATE audit_event SET id = -1 WHERE id = {twin.pk}")
    caught_by_mail_only(mailed)


def test_cut_before_the_mail(sealed: list[AuditEvent], mailed: str) -> None:
    sealed_anew("DELETE FROM audit_personal", "DELETE FROM audit_event WHERE leaf_index >= 5")
    caught_by_mail_only(mailed)


def test_cut_behind_the_mail(sealed: list[AuditEvent], mailed: str, save: Save) -> None:
    later = events(4)
    paper = save("later.txt", str(receipt(later[3])))
    seal()
    sealed_anew("DELETE FROM audit_event WHERE leaf_index >= 12")
    assert "The log is whole." in verified("--anchor", mailed), "the mail is older than what was cut"
    assert f"The event {later[3].event_uuid} of a receipt is not in the log" in found("--receipt", paper)


@pytest.mark.parametrize("new_keys", [False, True])
def test_replace_the_whole_log(sealed: list[AuditEvent], mailed: str, paper: str, new_keys: bool) -> None:
    events(20)
    places = ", ".join(str(event.pk) for event in sealed)
    sealed_anew("DELETE FROM audit_personal", f"DELETE FROM audit_event WHERE id IN ({places})", new_keys=new_keys)
    caught_by_mail_only(mailed)
    assert ("is not signed with a key of this installation" in found("--anchor", mailed)) is new_keys
    assert "of a receipt is not in the log" in found("--receipt", paper)


def test_edit_an_unsealed_row(sealed: list[AuditEvent], save: Save) -> None:
    event = events(1)[0]
    paper = save("receipt.txt", str(receipt(event)))
    rewritten(event, actor_ref="SOMEBODY")
    assert "The log is whole." in verified()
    assert f"The event {event.event_uuid} of a receipt is not what it was" in found("--receipt", paper)


def test_delete_an_unsealed_row(sealed: list[AuditEvent], mailed: str, save: Save) -> None:
    event = events(1)[0]
    paper = save("receipt.txt", str(receipt(event)))
    attack(f"DELETE FROM audit_event WHERE id = {event.pk}")
    assert "The log is whole." in verified("--anchor", mailed)
    assert f"The event {event.event_uuid} of a receipt is not in the log" in found("--receipt", paper)


def test_change_a_personal_part(sealed: list[AuditEvent], mailed: str) -> None:
    row = AuditEvent.objects.get(pk=sealed[7].pk)
    attack("UPDATE audit_personal SET data = '{}' WHERE event_id = %s", values=[row.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT salt FROM audit_personal WHERE event_id = %s", [row.pk])
        rewritten(row, pd_commit=commitment(cursor.fetchone()[0], "{}"))
    sealed_anew()
    caught_by_mail_only(mailed)


def test_hide_an_erasure(sealed: list[AuditEvent], save: Save) -> None:
    """The erasure was sealed and mailed; then its event goes, and the event erased no longer speaks of a part."""
    erase_personal([sealed[7]], "request")
    seal()
    mailed = save("later.txt", newest(sealed[0].log).note)
    rewritten(AuditEvent.objects.get(pk=sealed[7].pk), pd_commit=None)
    sealed_anew("DELETE FROM audit_event WHERE action = 'personal.erased'")
    caught_by_mail_only(mailed, size=13)


def test_put_an_old_backup_back(sealed: list[AuditEvent], mailed: str, tmp_path: Path) -> None:
    """Database, files and keys of this morning: they fit each other."""
    attack("DELETE FROM audit_personal", "DELETE FROM audit_event WHERE leaf_index >= 6")
    attack("DELETE FROM audit_checkpoint WHERE tree_size > 6")
    path = Path(settings.AUDIT_CHECKPOINTS_DIR) / (sealed[0].log.replace("/", "_") + ".txt")
    path.write_text(filed_notes(sealed[0].log)[0].raw)
    assert "The log is whole." in verified()
    assert "counts 12 events, and there are 6" in found("--anchor", mailed)
