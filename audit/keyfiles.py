"""Keys in files: `kind-N.key`, of which the one with the highest number is in use and older ones stay."""

import os
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LENGTH = 32
MAKERS = ("audit_keys", "factor_keys", "content_keys")  # the commands that must be able to start without a key


def numbered(folder: Path, kind: str, suffix: str = "key") -> dict[int, Path]:
    """The files of a kind of key, by number."""
    pattern = re.compile(rf"{kind}-(\d+)\.{suffix}")
    if not folder.is_dir():
        return {}
    return {int(found[1]): path for path in folder.iterdir() if (found := pattern.fullmatch(path.name))}


def read_secrets(folder: Path, kind: str, environment: str) -> dict[str, bytes]:
    """The keys of a kind, by number, from files and from `1:<64 hex digits>,2:…`.

    Raises:
        OSError: a file can't be read.
        ValueError: a key is not 32 bytes in hexadecimal digits.
    """
    found = {str(number): bytes.fromhex(path.read_text().strip()) for number, path in numbered(folder, kind).items()}
    for entry in filter(None, environment.split(",")):
        number, _, text = entry.strip().partition(":")
        found[number] = bytes.fromhex(text)
    if any(len(key) != LENGTH for key in found.values()):
        raise ValueError(f"a key is not {LENGTH} bytes long")
    return found


@lru_cache(maxsize=12)
def _read_once(folder: str, kind: str, environment: str) -> dict[str, bytes]:
    return read_secrets(Path(folder), kind, environment)


def known_secrets(folder: Path, kind: str, environment: str, error: type[Exception], text: str) -> dict[str, bytes]:
    """The keys of a kind by number; they are read once.

    Args:
        error, text: what to raise, and the help in it, in which {folder} stands for the folder.

    Raises:
        error: there is none, or one can't be read.
    """
    try:
        found = _read_once(str(folder), kind, environment)
    except (OSError, ValueError) as problem:
        raise error(f"{text.format(folder=folder)} ({problem})") from problem
    if not found:
        forget_secrets()
        raise error(text.format(folder=folder))
    return found


def forget_secrets() -> None:
    """Read keys again when they are next needed: another process may have made one."""
    _read_once.cache_clear()


def make_next(folder: Path, kind: str, *, rotate: bool, beside: Iterable[int] = ()) -> str:
    """Make the first key of a kind, or with `rotate` the next one. Returns the name of what was made, or nothing.

    Args:
        beside: numbers that are taken by keys that stand in no file.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    numbers = [*numbered(folder, kind), *beside]
    if numbers and not rotate:
        return ""
    name = f"{kind}-{max(numbers, default=0) + 1}"
    write_new(folder / f"{name}.key", secrets.token_hex(LENGTH), 0o600)
    forget_secrets()
    return name


def write_new(path: Path, text: str, mode: int) -> None:
    """Write a new file; fails when it exists. Complete or not there: a half-written key would be worse than none."""
    part = path.with_suffix(f".part{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    finally:
        part.unlink()
