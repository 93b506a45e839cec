"""Keys, rotation, erasure, pruning, proofs, mails and the code on the screen."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

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
from tests.audit.conftest import BOARD, attack, events, found, verified

pytestmark = pytest.mark.django_db
SCRIPT = Path(verify_log.__file__)
Save = Callable[[str, str], str]


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


# --- proofs -----------------------------------------------------------------------------------------------------------


def proof(*arguments: str) -> str:
    out = StringIO()
    call_command("audit_proof", *arguments, stdout=out)
    return out.getvalue()


def script(*arguments: str) -> tuple[int, str]:
    """The stand-alone script as an outsider runs it: isolated, without this program."""
    done = subprocess.run([sys.executable, "-I", "-S", str(SCRIPT), *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_an_outsider_checks_one_event(sealed: list[AuditEvent], save: Save) -> None:
    name = save("proof.json", proof("event", str(sealed[3].event_uuid)))
    paper = save("paper.txt", str(receipt(sealed[3])))
    mailed = save("mail.txt", "> " + newest(sealed[0].log).note.replace("\n", "\r\n> "))
    status, said = script(name, "--key", public_lines()[0], "--note", mailed, "--receipt", paper)
    assert (status, said) == (0, f"Event {sealed[3].event_uuid} stands at place 3 of schoolsafety/{sealed[0].log}.\n")
    status, said = script(name)
    assert status == 0
    assert "The signatures were not checked" in said
    other = save("other.txt", str(receipt(sealed[4])))
    assert script(name, "--receipt", other) == (
        1,
        "NOT PROVEN: the event is not the one on your receipt, or it was changed since.\n",
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"index": 2}, "the event is not in the log of this checkpoint"),
        ({"index": 99}, "the place lies outside the log"),
        ({"leaf": "00" * 32}, "the event is not what its leaf hash says"),
        ({"path": []}, "the event is not in the log of this checkpoint"),
        ({"note": ""}, "the proof holds no checkpoint"),
    ],
)
def test_a_false_proof_is_refused(sealed: list[AuditEvent], change: dict[str, Any], reason: str) -> None:
    shown = json.loads(proof("event", str(sealed[3].event_uuid))) | change
    with pytest.raises(verify_log.NotProven, match=reason):
        verify_log.check_proof(shown, public_lines(), [], set())


def test_a_wrong_key_is_refused(sealed: list[AuditEvent], save: Save) -> None:
    name = save("proof.json", proof("event", str(sealed[3].event_uuid)))
    right = public_lines()[0]
    create_keys(("checkpoint",), rotate=True)
    assert script(name, "--key", public_lines()[1])[0] == 1
    assert script(name, "--key", right[:-4] + "AAAA")[0] == 2
    assert script("/nowhere")[0] == 2


def test_every_event_and_every_pair_of_sizes(keys: None) -> None:
    log = events(1)[0].log
    seal()
    for count in (1, 2, 3, 1, 5):
        events(count)
        seal()
    for event in AuditEvent.objects.all():
        shown = json.loads(proof("event", str(event.event_uuid)))
        assert "stands at place" in verify_log.check_proof(shown, public_lines(), [], set())
    sizes = [1, 2, 4, 7, 8, 13]
    for old in sizes:
        for new in [size for size in sizes if size >= old]:
            shown = json.loads(proof("consistency", str(old), str(new), "--log", log))
            assert "with more behind it" in verify_log.check_proof(shown, public_lines(), [], set())
            if 1 < old < new:
                shown["path"][0] = "00" * 32
                with pytest.raises(verify_log.NotProven):
                    verify_log.check_proof(shown, public_lines(), [], set())


def test_what_can_not_be_proven_is_said(sealed: list[AuditEvent]) -> None:
    waiting = events(1)[0]
    with pytest.raises(CommandError, match="is not sealed yet"):
        proof("event", str(waiting.event_uuid))
    with pytest.raises(CommandError, match="There is no event"):
        proof("event", "00000000-0000-4000-8000-000000000000")
    with pytest.raises(CommandError, match="no checkpoint"):
        proof("consistency", "3", "12")


def test_the_pure_signature_check_agrees_with_cryptography() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    for number in range(8):
        private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public, message = private.public_key().public_bytes_raw(), b"x" * number
        signature = private.sign(message)
        assert verify_log.ed25519_verify(public, message, signature)
        assert not verify_log.ed25519_verify(public, message + b"y", signature)
        for place in (0, 31, 32, 63):
            broken = bytearray(signature)
            broken[place] ^= 1
            assert not verify_log.ed25519_verify(public, message, bytes(broken))
        high = (int.from_bytes(signature[32:], "little") + verify_log.Q).to_bytes(32, "little")
        assert not verify_log.ed25519_verify(public, message, signature[:32] + high)


def test_the_first_vector_of_rfc_8032() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_log.ed25519_verify(public, b"", signature)


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
    assert all(event.actor_ref not in mail.outbox[0].body for event in sealed)
    assert AuditEvent.objects.get(action=Action.CHECKPOINT_MAILED).details == {
        "to": {"board_officer": 2, "privacy_officer": 1}
    }
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert mail_checkpoints(BOARD, people) == 3


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
