"""The keys that encrypt story texts. They live outside the database, and apart from the other keys.

`content-N.key` (32 bytes as hex), or CONTENT_KEYS in the environment. The highest number encrypts; older ones stay to
read what they encrypted until `manage.py content_rotate` has encrypted it again.
"""

import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from accounts.content.errors import ContentKeyError
from audit.keyfiles import forget_secrets, known_secrets, make_next, numbered
from audit.keys import hkdf

KIND = "content"
HELP = (
    "There is no key to encrypt story texts with. Make one with: manage.py content_keys "
    "(it goes to CONTENT_KEYS_DIR, now {folder}), or set CONTENT_KEYS=1:<64 hex digits>. "
    "If there are texts already, put back the key they were written with: a new one does not open them."
)


def check_key() -> None:
    """Stop the start when there is no key. Reads none: the sealer starts too, and need not be able to.

    Raises:
        ContentKeyError: there is none.
    """
    if not settings.CONTENT_KEYS and not numbered(Path(settings.CONTENT_KEYS_DIR), KIND):
        raise ContentKeyError(HELP.format(folder=settings.CONTENT_KEYS_DIR))


def masters() -> dict[str, bytes]:
    """All keys by their number.

    Raises:
        ContentKeyError: there is none, or one can't be read.
    """
    return known_secrets(settings.CONTENT_KEYS_DIR, KIND, settings.CONTENT_KEYS, ContentKeyError, HELP)


def current() -> str:
    """The number of the key that encrypts: a new one also in a process that was running when it was made.

    Otherwise that would go on with the old key, and what it wrote would be lost with it.
    """
    newest = _newest(settings.CONTENT_KEYS_DIR)
    if newest > (found := max(int(number) for number in masters())):
        forget()
        found = max(int(number) for number in masters())
    return str(found)


def _newest(folder: Path | str) -> int:
    """The highest number that has a file; looked up again once something in the folder changed."""
    try:
        return _newest_since(str(folder), os.stat(folder).st_mtime_ns)
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _newest_since(folder: str, _changed: int) -> int:
    return max(numbered(Path(folder), KIND), default=0)


def subkey(number: str, purpose: str) -> bytes | None:
    """The key for one purpose, or None when its master is not here."""
    master = _master(number)
    return _derived(master, number, purpose) if master else None


def cipher(number: str, table: str) -> AESGCM | None:
    """What encrypts and decrypts one table with a key; made once for each."""
    master = _master(number)
    return _cipher(master, number, table) if master else None


def _master(number: str) -> bytes | None:
    master = masters().get(number)
    if master is None:  # made by another process since this one started?
        forget()
        master = masters().get(number)
    return master


@lru_cache(maxsize=1024)
def _derived(master: bytes, number: str, purpose: str) -> bytes:
    return hkdf(master, f"schoolsafety content {number} {purpose}".encode())


@lru_cache(maxsize=1024)
def _cipher(master: bytes, number: str, table: str) -> AESGCM:
    return AESGCM(_derived(master, number, table))


def fingerprint(number: str) -> str:
    """By which a key is known again; nothing about the key follows from it. Empty when the key is not here."""
    key = subkey(number, "fingerprint")
    return key[:8].hex() if key else ""


def forget() -> None:
    """Read the keys again when they are next needed."""
    forget_secrets()


def create_key(*, rotate: bool = False) -> str:
    """Make the key if it is missing; with `rotate` the next one. Returns the name of what was made, or nothing."""
    beside = [int(entry.partition(":")[0]) for entry in _environment()]
    return make_next(Path(settings.CONTENT_KEYS_DIR), KIND, rotate=rotate, beside=beside)


def remove_key(number: str) -> bool:
    """Delete the file of a key. False when it is not in a file but in the environment."""
    path = numbered(Path(settings.CONTENT_KEYS_DIR), KIND).get(int(number))
    if path:
        path.unlink()
        forget()
    return path is not None


def _environment() -> list[str]:
    return [entry.strip() for entry in settings.CONTENT_KEYS.split(",") if entry.strip()]
