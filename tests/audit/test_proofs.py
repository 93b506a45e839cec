"""Proofs for an outsider, and the stand-alone script that checks them."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from audit.checkpoints import newest
from audit.keys import create_keys, public_lines
from audit.models import AuditEvent
from audit.receipts import receipt
from audit.sealer import seal
from audit.standalone import verify_log
from tests.audit.conftest import Save, events

pytestmark = pytest.mark.django_db
SCRIPT = Path(verify_log.__file__)


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
