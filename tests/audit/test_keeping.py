"""Keys, rotation, erasure, pruning, mails and the code on the screen."""

import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.services.sealmails import SealsLateError, seals_mail
from audit import qr
from audit.actions import Action
from audit.checkpoints import newest
from audit.erasure import erase_personal
from audit.keys import KeyMissingError, create_keys, public_lines, row_masters
from audit.mails import mail_checkpoints
from audit.models import Anchor, AuditEvent, PersonalPart, Pruning
from audit.notes import is_signed, read_notes
from audit.pruning import PruneError, prune
from audit.receipts import receipt
from audit.sealer import seal
from audit.standalone import verify_log
from tests.audit.conftest import BOARD, Save, attack, events, found, verified

pytestmark = pytest.mark.django_db


# --- keys -------------------------------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_recorded(settings: Any, log_files: None) -> None:
    settings.AUDIT_ROW_KEYS = ""
    with pytest.raises(KeyMissingError, match="Make one with: manage.py audit_keys"):
        events(1)


def test_without_a_key_the_program_does_not_start(tmp_path: Path) -> None:
    environment = {"SECRET_KEY": "x", "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "PATH": "/usr/bin:/bin"}
    start = [sys.executable, "manage.py"]
    said = subprocess.run([*start, "check"], env=environment, capture_output=True, text=True)
    assert said.returncode != 0
    assert f"manage.py audit_keys (it goes to AUDIT_KEYS_DIR, now {tmp_path}/keys)" in said.stderr
    made = subprocess.run([*start, "audit_keys"], env=environment, capture_output=True, text=True)
    assert "Made row-1" in made.stdout
    assert oct((tmp_path / "keys" / "row-1.key").stat().st_mode)[-3:] == "600"
    said = subprocess.run([*start, "check"], env=environment, capture_output=True, text=True)
    assert "manage.py factor_keys" in said.stderr, "the second steps have a key of their own"
    subprocess.run([*start, "factor_keys"], env=environment, capture_output=True)
    said = subprocess.run([*start, "check"], env=environment, capture_output=True, text=True)
    assert "manage.py content_keys" in said.stderr, "and so do the texts"
    subprocess.run([*start, "content_keys"], env=environment, capture_output=True)
    assert subprocess.run([*start, "check"], env=environment, capture_output=True).returncode == 0


def test_keys_that_are_there_stay(settings: Any, log_files: None) -> None:
    settings.AUDIT_ROW_KEYS = ""
    assert create_keys() == ["row-1", "checkpoint-1"]
    before = row_masters()
    assert create_keys() == []
    assert row_masters() == before


def test_after_a_rotation_old_checkpoints_still_verify(settings: Any, log_files: None, save: Save) -> None:
    settings.AUDIT_ROW_KEYS = ""
    create_keys()
    events(3)
    seal()
    old = save("old.txt", newest(AuditEvent.objects.first().log).note)
    call_command("audit_keys", "--rotate", stdout=StringIO())
    assert AuditEvent.objects.get(action=Action.KEY_ROTATED).details == {"keys": ["row-2", "checkpoint-2"]}
    events(3)
    seal()
    assert set(AuditEvent.objects.values_list("key_id", flat=True)) == {"1", "2"}
    assert len(public_lines()) == 2
    assert "The log is whole." in verified("--anchor", old)


# --- erasure and pruning ----------------------------------------------------------------------------------------------


def test_erasing_twice_erases_once(sealed: list[AuditEvent]) -> None:
    assert erase_personal(sealed[:8], "request", actor="OFFICER") == 2
    assert erase_personal(sealed[:8], "request") == 0
    said = AuditEvent.objects.get(action=Action.PERSONAL_ERASED)
    assert said.details == {"events": [event.event_uuid.hex for event in sealed[6:8]], "reason": "request"}
    assert said.board_ref == BOARD


def test_unsealed_events_can_be_erased(keys: None) -> None:
    erase_personal(events(2, personal=True), "request")
    assert "The log is whole." in verified()
    seal()
    assert "The log is whole." in verified()


def test_addresses_go_after_their_term_and_younger_ones_stay(keys: None) -> None:
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=settings.AUDIT_PERSONAL_DAYS + 1)):
        events(5, personal=True)
        seal()
    events(5, personal=True)
    seal()
    assert prune().personal == 5
    assert PersonalPart.objects.count() == 5
    assert "The log is whole." in verified()
    assert prune().personal == 0


@pytest.fixture
def old_year(keys: None) -> list[AuditEvent]:
    """Seven sealed events of a school year whose term has ended, and three of today."""
    with time_machine.travel(timezone.now() - timedelta(days=366 * (settings.AUDIT_YEARS + 1) + 31)):
        made = events(4, personal=True)
        seal()
        made += events(3)
        seal()
    events(3)
    seal()
    return made


def test_after_pruning_everything_still_verifies(old_year: list[AuditEvent], save: Save) -> None:
    mailed = save("mail.txt", "\n".join(verify_log.text_of(str(path)) for path in _files()))
    paper = save("paper.txt", str(receipt(old_year[5])))
    assert prune().events == {old_year[0].log: 7}
    seal()
    assert not AuditEvent.objects.filter(log=old_year[0].log, action=Action.CASE_READ).exists()
    said = verified("--anchor", mailed, "--receipt", paper)
    assert "7 events were pruned on" in said
    assert "of a receipt was pruned from" in said
    assert prune().events == {}


def _files() -> list[Path]:
    return sorted(Path(settings.AUDIT_CHECKPOINTS_DIR).glob("*.txt"))


def test_a_year_within_its_term_is_not_pruned(sealed: list[AuditEvent]) -> None:
    assert prune().events == {}
    assert AuditEvent.objects.filter(action=Action.CASE_READ).count() == 12


def test_a_pruned_leaf_can_not_be_changed(old_year: list[AuditEvent]) -> None:
    prune()
    blob = "decode(repeat('00', 224), 'hex')" if connection.vendor == "postgresql" else "zeroblob(224)"
    attack(f"UPDATE audit_pruning SET leaves = {blob}")
    assert "says something else about the first 4 events" in found()


def test_pruning_before_the_term_is_found(sealed: list[AuditEvent], settings: Any) -> None:
    settings.AUDIT_YEARS = -1
    prune()
    assert Pruning.objects.count() == 1
    attack("UPDATE audit_pruning SET pruned_at = '2020-01-01 00:00:00+00:00'")
    assert "were pruned before their term ended." in found()


def test_a_log_that_was_tampered_with_is_not_pruned(old_year: list[AuditEvent]) -> None:
    attack("DELETE FROM audit_event WHERE leaf_index = 1")
    assert old_year[0].log in prune().skipped
    with pytest.raises(CommandError, match="was left alone"):
        call_command("audit_prune", stdout=StringIO())


def test_a_clock_that_jumped_prunes_nothing(sealed: list[AuditEvent]) -> None:
    with (
        time_machine.travel(timezone.now() + timedelta(days=3000)),
        pytest.raises(PruneError, match="Look at the clock"),
    ):
        prune()


# --- checkpoints leave ------------------------------------------------------------------------------------------------


def test_one_mail_a_day_without_anybodys_name(sealed: list[AuditEvent]) -> None:
    people = {"privacy_officer": ["fg@school.example"], "board_officer": ["b1@school.example", "b2@school.example"]}
    assert mail_checkpoints(BOARD, people) == 3
    assert mail_checkpoints(BOARD, people) == 0
    assert Anchor.objects.count() == 2
    note = read_notes(mail.outbox[0].body)[0]
    assert note.size == 12
    assert is_signed(note, [bytes.fromhex((Path(settings.AUDIT_KEYS_DIR) / "checkpoint-1.pub").read_text())])
    assert public_lines()[0] in mail.outbox[0].body
    assert "192.0.2.7" not in mail.outbox[0].body
    assert "fg@" not in mail.outbox[0].body
    assert AuditEvent.objects.get(action=Action.CHECKPOINT_MAILED).details == {
        "to": {"board_officer": 2, "privacy_officer": 1}
    }
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert mail_checkpoints(BOARD, people) == 3


def test_a_mail_that_fails_is_tried_again(sealed: list[AuditEvent], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, fail_silently: bool = False) -> None:
        raise SMTPServerDisconnected

    people = {"privacy_officer": ["fg@school.example"]}
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        assert mail_checkpoints(BOARD, people) == 0
    assert not Anchor.objects.exists()
    assert mail_checkpoints(BOARD, people) == 1


def test_an_address_that_is_gone_keeps_the_seal_from_nobody_else(
    sealed: list[AuditEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    send = EmailMessage.send

    def picky(self: EmailMessage, fail_silently: bool = False) -> int:
        if self.to == ["gone@school.example"]:
            raise SMTPRecipientsRefused({self.to[0]: (550, b"no such mailbox")})
        return send(self, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", picky)
    people = {"board_officer": ["gone@school.example", "b2@school.example"]}
    assert mail_checkpoints(BOARD, people) == 1
    assert [found.to for found in mail.outbox] == [["b2@school.example"]]
    assert mail_checkpoints(BOARD, people) == 0, "nobody gets it twice"
    assert Anchor.objects.count() == 1


def test_a_mail_server_that_is_away_in_the_morning_is_tried_again_the_same_day(
    world: Any, keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object, fail_silently: bool = False) -> None:
        raise SMTPServerDisconnected

    from accounts.models import Board

    events(1, board=Board.objects.get(name="Bestuur A").reference)
    seal()
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", away)
        with pytest.raises(SealsLateError):
            seals_mail()
        with pytest.raises(CommandError, match="nobody of a role got one"):
            call_command("audit_mail", stdout=StringIO())
    assert seals_mail() == len(mail.outbox) == 2
    assert seals_mail() == 0


def test_the_mail_goes_to_who_holds_the_role_today(world: Any, keys: None) -> None:
    from accounts.models import Board

    events(1, board=Board.objects.get(name="Bestuur A").reference)
    seal()
    call_command("audit_mail", stdout=StringIO())
    assert sorted(to for message in mail.outbox for to in message.to) == [
        "board_officer@school.example",
        "privacy_officer@school.example",
    ]


def test_the_code_holds_the_whole_note(sealed: list[AuditEvent]) -> None:
    drawn = qr.svg(newest(sealed[0].log).note)
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "script" not in drawn
