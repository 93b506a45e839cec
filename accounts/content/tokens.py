"""A text as it is stored: `sealed:1:…`, AES-256-GCM bound to the table, the field and the row it belongs to.

The number of the key stands in the value and is bound as well. Texts are filled up to a multiple of 64 bytes, so that
the length tells little; that one is there or not stays visible, because constraints in the database ask for it.
"""

import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.content.errors import ContentError
from accounts.content.keys import cipher, current

MARK = "sealed"
NONCE = 12  # bytes, random for every value
BLOCK = 64  # bytes a text is filled up to a multiple of
END = b"\x80"


class Token(str):
    """Text that is encrypted already and may go to the database as it stands."""

    __slots__ = ()


def bound(number: str, table: str, field: str, row: str) -> bytes:
    """What a value is bound to: it opens nowhere else."""
    return "\x1f".join(("schoolsafety content", number, table, field, row)).encode()


def seal(text: str, table: str, field: str, row: str) -> Token:
    """Encrypt a text for one field of one row with the newest key.

    Raises:
        ContentKeyError: there is no key.
    """
    number = current()
    raw = text.encode() + END
    nonce = os.urandom(NONCE)
    box = _here(number, table).encrypt(nonce, raw + bytes(-len(raw) % BLOCK), bound(number, table, field, row))
    return Token(f"{prefix(number)}{b2a_base64(nonce + box, newline=False).decode()}")


def unseal(token: str, table: str, field: str, row: str) -> str:
    """The text behind a value.

    Raises:
        ContentError: it was changed or moved, or its key is not here.
    """
    return unsealer(table, field)(token, row)


def unsealer(table: str, field: str) -> Callable[[str, str], str]:
    """What opens many values of one field: give it the value and its row. It looks for each key once."""
    known: dict[str, tuple[Callable[..., bytes], bytes]] = {}

    def opened(token: str, row: str) -> str:
        end = token.rfind(":") + 1
        begin = token[:end]
        if begin not in known:
            number = _number(begin)
            if not number:
                raise ContentError(f"{table}.{field} of {row} is not encrypted.")
            known[begin] = _here(number, table).decrypt, bound(number, table, field, "")
        decrypt, place = known[begin]
        try:
            raw = a2b_base64(token[end:], strict_mode=True)
            plain = decrypt(raw[:NONCE], raw[NONCE:], place + row.encode())
        except (InvalidTag, ValueError) as error:
            raise ContentError(f"{table}.{field} of {row} was changed, or belongs somewhere else.") from error
        return plain[: plain.rindex(END)].decode()

    return opened


def prefix(number: str) -> str:
    """How all values begin that a key encrypted."""
    return f"{MARK}:{number}:"


def _number(begin: str) -> str:
    """Of which key this is the prefix; empty when it is none."""
    number = begin[len(MARK) + 1 : -1]
    return number if number.isdecimal() and begin == prefix(number) else ""


def _here(number: str, table: str) -> AESGCM:
    found = cipher(number, table)
    if found is None:
        raise ContentError(f"Key {number} of the story texts is not here.")
    return found
