"""Encrypts what would open a second step: the secret of an app and the seed of recovery codes.

The keys live outside the database: `factor-N.key` (32 bytes as hex), or FACTOR_KEYS in the environment. The highest
number encrypts; older ones stay to read what they encrypted. They are not SECRET_KEY, so that neither opens both.
"""

import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.keyfiles import forget_secrets, known_secrets, make_next, numbered

KIND = "factor"
MARK = "aesgcm"
NONCE = 12  # bytes, random for every value
HELP = (
    "There is no key to encrypt second steps with. Make one with: manage.py factor_keys "
    "(it goes to FACTOR_KEYS_DIR, now {folder}), or set FACTOR_KEYS=1:<64 hex digits>."
)


class FactorKeyError(ImproperlyConfigured):
    """A key that is needed is not there or can't be read, or a value was not written with it."""


def check_key() -> None:
    """Stop the start when there is no key. Reads none: the sealer starts too, and need not be able to.

    Raises:
        FactorKeyError: there is none.
    """
    if not settings.FACTOR_KEYS and not numbered(Path(settings.FACTOR_KEYS_DIR), KIND):
        raise FactorKeyError(HELP.format(folder=settings.FACTOR_KEYS_DIR))


def _all_keys() -> dict[str, bytes]:
    return known_secrets(settings.FACTOR_KEYS_DIR, KIND, settings.FACTOR_KEYS, FactorKeyError, HELP)


def encrypt(text: str) -> str:
    """`aesgcm:1:…`: AES-256-GCM with the newest key, whose number is in the value and can't be changed unseen."""
    keys = _all_keys()
    number = max(keys, key=int)
    nonce = os.urandom(NONCE)
    sealed = AESGCM(keys[number]).encrypt(nonce, text.encode(), _bound(number))
    return f"{MARK}:{number}:{b64encode(nonce + sealed).decode()}"


def decrypt(value: str) -> str:
    """The text behind a value of encrypt().

    Raises:
        FactorKeyError: its key is not here, or it was changed.
    """
    mark, _, rest = value.partition(":")
    number, _, text = rest.partition(":")
    key = _all_keys().get(number)
    if key is None:  # made by another process since this one started?
        forget_secrets()
        key = _all_keys().get(number)
    if mark != MARK or key is None:
        raise FactorKeyError(f"Key {number or '?'} of the second steps is not here.")
    try:
        sealed = b64decode(text)
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(number)).decode()
    except (InvalidTag, ValueError) as error:
        raise FactorKeyError("A second step in the database was changed, or not encrypted with this key.") from error


def _bound(number: str) -> bytes:
    return f"schoolsafety mfa {MARK} {number}".encode()


def create_key(*, rotate: bool = False) -> str:
    """Make the key if it is missing; with `rotate` the next one. Returns the name of what was made, or nothing."""
    return make_next(Path(settings.FACTOR_KEYS_DIR), KIND, rotate=rotate)
