"""Where the contents of files lie: a folder that no address leads to, or a store that speaks S3.

Only what is encrypted already comes here, under random names. A file is written before its row and removed after it, so
at worst a file without a row is left, which `services.filetidy.files_tidy` clears away.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage, storages

ALIAS = "files"
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
logger = logging.getLogger("files")
_other: ContextVar[Storage | None] = ContextVar("other_store", default=None)


class FileStoreError(Exception):
    """The store is full, gone or broken."""


class PrivateFolder(FileSystemStorage):
    """A folder that only this program reads. A file is on the disk when `save` returns, or it is not there at all."""

    @property
    def base_location(self) -> str:
        return str(settings.FILES_DIR)

    @property
    def location(self) -> str:
        return os.path.abspath(settings.FILES_DIR)

    def url(self, name: str | None) -> str:
        raise ValueError("Files have no address of their own.")

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            with os.fdopen(handle, "wb") as target:
                for piece in content.chunks():
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name


def put(content: bytes) -> str:
    """Keep something under a new random name.

    Raises:
        FileStoreError: nothing was kept.
    """
    try:
        return str(_store().save(secrets.token_hex(16), ContentFile(content)))
    except _faults() as error:
        raise FileStoreError(_said(error)) from error


def take(name: str) -> bytes:
    """What was kept under a name.

    Raises:
        FileStoreError: it is not there, or the store does not answer.
    """
    try:
        with _store().open(name) as source:
            return bytes(source.read())
    except _faults() as error:
        raise FileStoreError(_said(error)) from error


def take_of(row: Any) -> bytes:
    """What is kept of a row, which is asked once more where it lies: it moves when it is encrypted with another key.

    Raises:
        FileStoreError: it is not there, or the store does not answer.
    """
    read = row.stored
    try:
        return take(read)
    except FileStoreError:
        row.refresh_from_db(fields=["stored"])
        if row.stored in ("", read):
            raise
        return take(row.stored)


def is_there(name: str) -> bool:
    """Whether something is kept under a name.

    Raises:
        FileStoreError: the store does not answer.
    """
    try:
        return _store().exists(name)
    except _faults() as error:
        raise FileStoreError(_said(error)) from error


def drop(name: str) -> bool:
    """Remove something. False when the store does not answer; it is cleared away later."""
    try:
        _store().delete(name)
    except _faults():
        return False
    return True


def destroy(name: str, what: str) -> bool:
    """Remove what nobody may get any more, once its row says that it is gone; when it stays for now, the log tells.

    Args:
        what: kind and reference of the row.

    Returns:
        Whether it is gone by now.
    """
    gone = drop(name)
    if not gone:
        logger.error(
            "ALARM: the content of %s is not destroyed yet, for the store does not answer. "
            "The worker does it at night, or files_tidy.",
            what,
        )
    return gone


def held() -> Iterator[tuple[str, datetime]]:
    """Every name in the store, with when it was written.

    Raises:
        FileStoreError: the store does not answer.
    """
    store = _store()
    try:
        names = [] if _no_folder(store) else store.listdir("")[1]
        yield from ((name, store.get_modified_time(name)) for name in names)
    except _faults() as error:
        raise FileStoreError(_said(error)) from error


@contextmanager
def in_memory() -> Iterator[None]:
    """What happens meanwhile in this thread keeps nothing: for the self-test of access, which is rolled back."""
    token = _other.set(InMemoryStorage())
    try:
        yield
    finally:
        _other.reset(token)


def _store() -> Storage:
    return _other.get() or storages[ALIAS]


def _no_folder(store: Storage) -> bool:
    """Nobody added a file yet."""
    return isinstance(store, PrivateFolder) and not os.path.isdir(store.location)


def _faults() -> tuple[type[Exception], ...]:
    """What a store can fail with."""
    if isinstance(_store(), PrivateFolder):
        return (OSError,)
    found: list[Any] = [OSError]
    try:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        found += [Boto3Error, BotoCoreError, ClientError]
    except ImportError:
        pass
    return tuple(found)


def _said(error: Exception) -> str:
    """What to write down; never a name of a file as somebody gave it, for the store knows none."""
    return f"{type(error).__name__}: {getattr(error, 'strerror', '') or ''}".rstrip(": ")
