"""Checkpoints in the table, and their copies in append-only files outside the database: one file for each log."""

import os
import re
from pathlib import Path

from django.conf import settings

from audit.merkle import Tree
from audit.models import Checkpoint
from audit.notes import Note, read_notes

LOG_NAME = re.compile(r"[A-Za-z0-9-]{1,40}/\d{4}")
TAIL = 4096  # bytes; a note takes about 300


def newest(log: str) -> Checkpoint | None:
    """The last checkpoint of a log."""
    return Checkpoint.objects.filter(log=log).order_by("-tree_size").first()


def tree_at(checkpoint: Checkpoint | None) -> Tree:
    """The tree as the checkpoint left it; an empty one without a checkpoint.

    Raises:
        ValueError: its frontier does not fit its size or its root.
    """
    if checkpoint is None:
        return Tree()
    frontier = bytes(checkpoint.frontier)
    tree = Tree(checkpoint.tree_size, [frontier[place : place + 32] for place in range(0, len(frontier), 32)])
    if tree.root() != bytes(checkpoint.root):
        raise ValueError("The frontier does not fit the root.")
    return tree


def file_of(log: str) -> Path:
    """Where the notes of a log are kept.

    Raises:
        ValueError: this is no name that the program gives to a log.
    """
    if not LOG_NAME.fullmatch(log):
        raise ValueError(f"{log!r} is no name of a log.")
    return Path(settings.AUDIT_CHECKPOINTS_DIR) / f"{log.replace('/', '_')}.txt"


def filed_logs() -> list[str]:
    """The logs that have a file."""
    folder = Path(settings.AUDIT_CHECKPOINTS_DIR)
    names = [path.stem.replace("_", "/") for path in sorted(folder.glob("*.txt"))]
    return [name for name in names if LOG_NAME.fullmatch(name)]


def filed_notes(log: str) -> list[Note]:
    """All notes in the file of a log."""
    path = file_of(log)
    return read_notes(path.read_text()) if path.exists() else []


def last_filed(log: str) -> Note | None:
    """The last whole note in the file of a log, from its last few lines only."""
    path = file_of(log)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        notes = read_notes(file.read().decode(errors="ignore"))
    return notes[-1] if notes else None


def file_notes(log: str, notes: list[str]) -> None:
    """Append notes to the file of a log and see them on disk. An empty line first: a torn note can't spoil the next."""
    path = file_of(log)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, "".join(f"\n{note}" for note in notes).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
