"""Files, encrypted like texts: bound to the table, the field and the row that describes them, and in order.

    for piece in seal_chunks(upload.chunks(), "signals_attachment", "file", attachment.reference): target.write(piece)
    for piece in open_chunks(source, "signals_attachment", "file", attachment.reference): answer.write(piece)

A file is `SSF1`, the number of the key, 32 random bytes that make a key for this file alone, and pieces of 64 kB of
AES-256-GCM. Each piece is bound to its place, and the last one says that it is the last: a piece that is changed, left
out or put elsewhere does not open, nor does a file that was cut off. Pieces are given before the end was seen, so keep
nothing of a file for which ContentError came. `seal_bytes` and `open_bytes` do the same in memory.

To rotate: read `key_of` from the beginning; where it is not `keys.current()`, open and seal again into a new file, and
put the new name in the row in one statement that asks whether the old one still stands there. `rotation.HOLDERS` does
it together with the texts; the number of the key also stands in the row, so that nothing has to be read to ask.
"""

import os
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.content.errors import ContentError
from accounts.content.keys import current, subkey
from accounts.content.tokens import bound
from audit.keys import hkdf

HEAD = b"SSF1"
SALT = 32
PIECE = 64 * 1024
TAG = 16
START = len(HEAD) + 4 + SALT


def seal_chunks(chunks: Iterable[bytes], table: str, field: str, row: str) -> Iterator[bytes]:
    """The encrypted file for what is read in pieces of any size."""
    number, salt = current(), os.urandom(SALT)
    box, aad = _box(number, table, salt), bound(number, table, field, row)
    yield HEAD + int(number).to_bytes(4, "big") + salt
    count, rest = 0, b""
    for chunk in chunks:
        rest += chunk
        while len(rest) > PIECE:  # the last piece, full or not, waits for the end
            yield box.encrypt(_nonce(count, last=False), rest[:PIECE], aad)
            count, rest = count + 1, rest[PIECE:]
    yield box.encrypt(_nonce(count, last=True), rest, aad)


def open_chunks(source: IO[bytes], table: str, field: str, row: str) -> Iterator[bytes]:
    """What was sealed, in pieces.

    Raises:
        ContentError: it was changed, cut off or moved, or its key is not here.
    """
    start = source.read(START)
    number = key_of(start)
    box, aad = _box(number, table, start[-SALT:]), bound(number, table, field, row)
    count, piece = 0, source.read(PIECE + TAG)
    while True:
        following = source.read(PIECE + TAG)
        try:
            yield box.decrypt(_nonce(count, last=not following), piece, aad)
        except (InvalidTag, ValueError) as error:
            raise ContentError(f"A file of {table} {row} was changed, or belongs somewhere else.") from error
        if not following:
            return
        count, piece = count + 1, following


def seal_bytes(content: bytes, table: str, field: str, row: str) -> bytes:
    """The same in memory."""
    return b"".join(seal_chunks([content], table, field, row))


def open_bytes(sealed: bytes, table: str, field: str, row: str) -> bytes:
    """The same in memory; all of it or nothing."""
    return b"".join(open_chunks(BytesIO(sealed), table, field, row))


def key_of(start: bytes) -> str:
    """The number of the key that encrypted a file, from its first bytes.

    Raises:
        ContentError: this is no such file.
    """
    if len(start) < START or not start.startswith(HEAD):
        raise ContentError("This file is not encrypted.")
    return str(int.from_bytes(start[len(HEAD) : len(HEAD) + 4], "big"))


def _box(number: str, table: str, salt: bytes) -> AESGCM:
    key = subkey(number, f"files of {table}")
    if key is None:
        raise ContentError(f"Key {number} of the story texts is not here.")
    return AESGCM(hkdf(key, b"file " + salt))


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])
