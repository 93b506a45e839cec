"""Checkpoints as signed notes: the C2SP formats `signed-note` and `tlog-checkpoint`, with one extra line for the time.

schoolsafety/7K3M-9QXD-T4/2026       origin: whose log
1234                                 number of events
sS9s0mE…=                            root of the tree
time 2026-11-22T08:15:30.000123Z     when it was sealed

— schoolsafety 5Kf0…                 Ed25519 signature
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
NOTE = re.compile(
    r"^(?P<text>(?P<origin>\S+)\n(?P<size>\d{1,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?P<more>(?:[^\n—]+\n)*))"
    r"\n(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Signer:
    """A checkpoint key: its id, the name that stands in the note, the public half, and what signs."""

    key_id: str
    name: str
    public: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Note:
    """A checkpoint as read.

    origin: name of the log with the installation's name in front; size: number of events; root: 32 bytes;
    at: UTC text of the moment of sealing, empty when the note does not say; raw: the note as text.
    """

    origin: str
    size: int
    root: bytes
    at: str
    raw: str
    text: str
    signatures: str

    @property
    def log(self) -> str:
        """The log without the installation's name: the last two parts of the origin."""
        return "/".join(self.origin.rsplit("/", 2)[-2:])


def key_hash(name: str, public: bytes) -> bytes:
    """The first four bytes that name a key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def write_note(signer: Signer, *, log: str, size: int, root: bytes, at: str) -> str:
    """Sign a checkpoint.

    Args:
        log: name of the log.
        size: number of events in it.
        root: root of its tree, 32 bytes.
        at: moment, as utc_text() gives it.
    """
    text = f"{signer.name}/{log}\n{size}\n{b64encode(root).decode()}\ntime {at}\n"
    signature = b64encode(key_hash(signer.name, signer.public) + signer.sign(text.encode())).decode()
    return f"{text}\n— {signer.name} {signature}\n"


def read_notes(text: str) -> list[Note]:
    """All notes in a text, however they were mailed: quoted, with Windows line ends, with other text round them."""
    plain = re.sub(r"^[> \t]+", "", text.replace("\r\n", "\n"), flags=re.MULTILINE) + "\n"
    return [_note(found) for found in NOTE.finditer(plain)]


def _note(found: re.Match[str]) -> Note:
    times = re.findall(r"^time (\S+)$", found["more"], re.MULTILINE)
    return Note(
        origin=found["origin"],
        size=int(found["size"]),
        root=b64decode(found["root"]),
        at=times[0] if times else "",
        raw=found[0],
        text=found["text"],
        signatures=found["signatures"],
    )


def is_signed(note: Note, publics: Iterable[bytes]) -> bool:
    """True when one of these keys signed the note."""
    keys = list(publics)
    for line in note.signatures.splitlines():
        _, name, encoded = line.split(" ")
        blob = b64decode(encoded)
        for public in keys:
            if blob[:4] == key_hash(name, public) and _verifies(public, blob[4:], note.text.encode()):
                return True
    return False


def _verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
