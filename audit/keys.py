"""The keys of the log. They live outside the database: in files, or in the environment for a container.

`row-N.key` (32 bytes as hex) signs events and is read by the web process and the sealer. `checkpoint-N.key` (Ed25519
seed as hex) signs checkpoints and is read by the sealer only; `checkpoint-N.pub` is its public half. The highest
number is in use, older ones stay for verification.
"""

import hmac
import secrets
from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.keyfiles import forget_secrets, known_secrets, numbered, write_new
from audit.notes import ED25519, Signer, key_hash

ROW, SEAL = "row", "checkpoint"
HELP = (
    "The log has no key to sign events with. Make one with: manage.py audit_keys "
    "(it goes to AUDIT_KEYS_DIR, now {folder}), or set AUDIT_ROW_KEYS=1:<64 hex digits>."
)


class KeyMissingError(ImproperlyConfigured):
    """A key that is needed is not there or can't be read."""


def _numbered(kind: str, suffix: str = "key") -> dict[int, Path]:
    return numbered(Path(settings.AUDIT_KEYS_DIR), kind, suffix)


def row_masters() -> dict[str, bytes]:
    """All master keys for events, by key id.

    Raises:
        KeyMissingError: there is none, or one can't be read.
    """
    return known_secrets(settings.AUDIT_KEYS_DIR, ROW, settings.AUDIT_ROW_KEYS, KeyMissingError, HELP)


def current_row_key() -> str:
    """The id of the key that signs new events."""
    return max(row_masters(), key=int)


@lru_cache(maxsize=1024)
def _derived(master: bytes, log: str, key_id: str) -> bytes:
    return hkdf(master, f"schoolsafety event {key_id} {log}".encode())


def row_key(log: str, key_id: str) -> bytes | None:
    """The key for the events of one log, or None when its master is not here."""
    master = row_masters().get(key_id)
    if master is None:  # made by another process since this one started?
        forget_secrets()
        master = row_masters().get(key_id)
    return _derived(master, log, key_id) if master else None


def hkdf(master: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) without salt, one block of 32 bytes."""
    return hmac.digest(hmac.digest(bytes(32), master, "sha256"), info + b"\x01", "sha256")


def signer() -> Signer:
    """The newest checkpoint key; only the sealer can read it.

    Raises:
        KeyMissingError: it is not here, or this user may not read it.
    """
    paths = _numbered(SEAL)
    if not paths:
        raise KeyMissingError(f"No checkpoint key in {settings.AUDIT_KEYS_DIR}. Make one with: manage.py audit_keys")
    number = max(paths)
    try:
        seed = bytes.fromhex(paths[number].read_text().strip())
    except OSError as error:
        raise KeyMissingError(f"The sealer's key can't be read: {error}") from error
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(str(number), settings.AUDIT_ORIGIN, private.public_key().public_bytes_raw(), private.sign)


def public_keys() -> list[bytes]:
    """All public checkpoint keys, 32 bytes each, old ones first."""
    return [_read_public(path) for _, path in sorted(_numbered(SEAL, "pub").items())]


def public_lines() -> list[str]:
    """The public keys as verifier keys of the C2SP signed note: name+hash+base64."""
    return [verifier_key(settings.AUDIT_ORIGIN, public) for public in public_keys()]


def verifier_key(name: str, public: bytes) -> str:
    return f"{name}+{key_hash(name, public).hex()}+{b64encode(ED25519 + public).decode()}"


def _read_public(path: Path) -> bytes:
    public = bytes.fromhex(path.read_text().strip())
    Ed25519PublicKey.from_public_bytes(public)
    return public


def create_keys(kinds: tuple[str, ...] = (ROW, SEAL), *, rotate: bool = False) -> list[str]:
    """Make the keys that are missing; with `rotate` a next one of each kind. Never touches one that exists.

    Returns:
        The names of the keys made, such as `row-2`.
    """
    folder = Path(settings.AUDIT_KEYS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for kind in kinds:
        numbers = _numbered(kind)
        if numbers and not rotate:
            continue
        name = f"{kind}-{max(numbers, default=0) + 1}"
        write_new(folder / f"{name}.key", _new_key(folder, name, kind), 0o600)
        made.append(name)
    forget_secrets()
    return made


def _new_key(folder: Path, name: str, kind: str) -> str:
    seed = secrets.token_bytes(32)
    if kind == SEAL:
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        write_new(folder / f"{name}.pub", public.hex(), 0o644)
    return seed.hex()
