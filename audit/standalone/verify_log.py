#!/usr/bin/env python3
"""Checks proofs from a Schoolsafety log, for somebody who does not trust the people who run it.

One file, the standard library only (Python 3.8 or newer), no network. Give it what you were given:

    python3 verify_log.py proof.json --key 'schoolsafety+0123abcd+AQ…'
    python3 verify_log.py proof.json --key KEY --note mail.txt --receipt receipt.txt

proof.json is what `manage.py audit_proof` wrote. KEY is the public key that stood in a mail you have; without it the
signatures are not checked, and it says so. With --note the proof must be about a checkpoint in your mails, with
--receipt it must be about the event on your paper. Exit status 0: proven. 1: not proven. 2: a file can't be used.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NOTE = re.compile(r"((\S+)\n(\d{1,18})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n—]+\n)*)\n((?:— \S+ [A-Za-z0-9+/=]+\n)+)")


Point = tuple[int, int, int, int]
NoteRead = dict[str, Any]


class NotProven(Exception):  # noqa: N818 - a finding, not a failure of the program
    """The sentence says why."""


# --- Ed25519, RFC 8032 section 5.1.7. Slow and simple: public data only, so nothing leaks by time. --------------------


def point_add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(times: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while times:
        if times & 1:
            found = point_add(found, point)
        point = point_add(point, point)
        times >>= 1
    return found


def point_equal(one: Point, two: Point) -> bool:
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


def point_read(data: bytes) -> Point | None:
    """The point that 32 bytes stand for, or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """True when the signature (64 bytes) over the message is of this public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point_read(public), point_read(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or BASE is None or scalar >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % Q
    return point_equal(point_times(scalar, BASE), point_add(commitment, point_times(challenge, key)))


# --- notes: C2SP signed-note and tlog-checkpoint ----------------------------------------------------------------------


def read_notes(text: str) -> list[NoteRead]:
    """All checkpoints in a text, quoted or not: dicts with text, origin, size, root and signatures."""
    plain = re.sub(r"(?m)^[> \t]+", "", text.replace("\r\n", "\n")) + "\n"
    return [
        {"text": m[1], "origin": m[2], "size": int(m[3]), "root": base64.b64decode(m[4]), "signatures": m[5]}
        for m in NOTE.finditer(plain)
    ]


def is_signed(note: NoteRead, keys: Iterable[str]) -> bool:
    """True when one of the keys (name+hash+base64) signed the note."""
    for key in keys:
        if key.count("+") < 2:
            raise ValueError("this is no public key: " + key)
        name, rest, encoded_key = key.split("+", 2)
        blob = base64.b64decode(encoded_key)
        if blob[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + blob).hexdigest()[:8] != rest:
            raise ValueError("this is no public key: " + key)
        for line in note["signatures"].splitlines():
            _, signer, encoded = line.split(" ")
            signature = base64.b64decode(encoded)
            known = signer == name and signature[:4].hex() == rest
            if known and ed25519_verify(blob[1:], note["text"].encode(), signature[4:]):
                return True
    return False


# --- trees: RFC 6962, checked as in RFC 9162 section 2.1.3.2 and 2.1.4.2 ----------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hash(body: str, mac: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body.encode() + mac).digest()


def check_inclusion(index: int, size: int, leaf: bytes, path: Iterable[bytes], root: bytes) -> None:
    """Raise NotProven unless the path leads from the leaf at this place to the root."""
    if not 0 <= index < size:
        raise NotProven("the place lies outside the log")
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise NotProven("the path is too long")
        if place & 1 or place == last:
            found = node(step, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, step)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise NotProven("the event is not in the log of this checkpoint")


def check_consistency(old_size: int, new_size: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise NotProven unless the new tree begins with the old one."""
    if not 0 < old_size <= new_size:
        raise NotProven("the sizes are not in order")
    if old_size < new_size:
        _check_grown(old_size, new_size, path, old_root, new_root)
    elif path or old_root != new_root:
        raise NotProven("two checkpoints of one size say different things: the log was rewritten")


def _check_grown(old_size: int, new_size: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    path = list(path) if old_size & (old_size - 1) else [old_root, *path]
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        raise NotProven("the path is too short")
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            raise NotProven("the path is too long")
        if place & 1 or place == last:
            old, new = node(step, old), node(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, step)
        place, last = place >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise NotProven("the new log does not begin with the old one: it was rewritten")


# --- the proofs -------------------------------------------------------------------------------------------------------


def check_proof(
    proof: dict[str, Any], keys: Sequence[str], mailed: Sequence[NoteRead], receipts: set[tuple[str, str]]
) -> str:
    """Check one proof and return what it proves, as a sentence.

    Args:
        proof: what audit_proof wrote, read from JSON.
        keys: public keys; none leaves the signatures unchecked.
        mailed: checkpoints from mails; when given, the proof must lead to one of them.
        receipts: pairs of event reference and leaf hash; when given, the proof must be about one of them.
    """
    path = [bytes.fromhex(step) for step in proof["path"]]
    if proof["type"] == "consistency":
        old, new = known_note(proof["old"], keys, []), known_note(proof["new"], keys, [])
        if old["origin"] != new["origin"]:
            raise NotProven("the checkpoints are of different logs")
        if mailed and not any(same(old, note) or same(new, note) for note in mailed):
            raise NotProven("neither checkpoint is one of yours")
        check_consistency(old["size"], new["size"], path, old["root"], new["root"])
        return f"The log of {new['size']} events is the log of {old['size']} events with more behind it."
    note = known_note(proof["note"], keys, mailed)
    leaf = bytes.fromhex(proof["leaf"])
    if proof.get("body") is not None and leaf_hash(proof["body"], bytes.fromhex(proof["mac"])) != leaf:
        raise NotProven("the event is not what its leaf hash says")
    if proof.get("body") is not None and json.loads(proof["body"])["uuid"] != proof["event"].replace("-", ""):
        raise NotProven("the event shown is another one")
    if receipts and (proof["event"].replace("-", ""), proof["leaf"]) not in receipts:
        raise NotProven("the event is not the one on your receipt, or it was changed since")
    check_inclusion(proof["index"], note["size"], leaf, path, note["root"])
    return f"Event {proof['event']} stands at place {proof['index']} of {note['origin']}."


def same(one: NoteRead, two: NoteRead) -> bool:
    return all(one[name] == two[name] for name in ("origin", "size", "root"))


def known_note(text: str, keys: Sequence[str], mailed: Sequence[NoteRead]) -> NoteRead:
    notes = read_notes(text)
    if len(notes) != 1:
        raise NotProven("the proof holds no checkpoint")
    if keys and not is_signed(notes[0], keys):
        raise NotProven("the checkpoint is not signed with this key")
    if mailed and not any(same(notes[0], note) for note in mailed):
        raise NotProven("the checkpoint is not one of yours")
    return notes[0]


def read_receipts(text: str) -> set[tuple[str, str]]:
    pattern = r"(?i)\b([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})[\s:]+([0-9a-f]{64})\b"
    return {(event.replace("-", "").lower(), leaf.lower()) for event, leaf in re.findall(pattern, text)}


def text_of(name: str) -> str:
    with open(name, encoding="utf-8") as file:
        return file.read()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof", nargs="+")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--note", action="append", default=[])
    parser.add_argument("--receipt", action="append", default=[])
    asked = parser.parse_args(arguments)
    say = sys.stdout.write
    try:
        mailed = [note for name in asked.note for note in read_notes(text_of(name))]
        receipts = {pair for name in asked.receipt for pair in read_receipts(text_of(name))}
        if (asked.note and not mailed) or (asked.receipt and not receipts):
            raise ValueError("no checkpoint or no receipt in the files given")
        for name in asked.proof:
            say(check_proof(json.loads(text_of(name)), asked.key, mailed, receipts) + "\n")
    except NotProven as reason:
        say(f"NOT PROVEN: {reason}.\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"This can't be used: {error}\n")
        return 2
    if not asked.key:
        say("The signatures were not checked: give the public key from a mail with --key.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
