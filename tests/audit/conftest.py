"""A log with two boards, its keys, and the people who attack it."""

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from audit import triggers
from audit.actions import Action
from audit.checkpoints import newest
from audit.keys import SEAL, create_keys
from audit.middleware import RequestMark, current_mark
from audit.models import AuditEvent
from audit.receipts import receipt
from audit.record import COLUMNS, body_of, mac_of, record
from audit.sealer import seal

Save = Callable[[str, str], str]
BOARD = "7K3M-9QXD-T4"


@pytest.fixture
def keys(log_files: None) -> None:
    """A checkpoint key; events are signed with the one from the environment."""
    create_keys(("checkpoint",))


def events(count: int, board: str = BOARD, personal: bool = False) -> list[AuditEvent]:
    """Record some reads, from a browser if they must have a personal part."""
    token = current_mark.set(RequestMark("r", "192.0.2.7", "Browser") if personal else RequestMark())
    try:
        return [record(Action.CASE_READ, actor=f"U{place}", board=board, case=f"C{place}") for place in range(count)]
    finally:
        current_mark.reset(token)


def verified(*options: str) -> str:
    """What `audit_verify` says; raises CommandError when it finds something."""
    out = StringIO()
    call_command("audit_verify", *options, stdout=out)
    return out.getvalue()


def found(*options: str) -> str:
    """The message of `audit_verify` about an attack."""
    with pytest.raises(CommandError) as error:
        verified(*options)
    assert error.value.returncode == 1
    return str(error.value)


def attack(*statements: str, values: list[object] | None = None) -> None:
    """Raw SQL by somebody who owns the database: triggers off, change, triggers back as they were."""
    triggers.remove()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
    triggers.install()


@pytest.fixture
def sealed(keys: None, db: None) -> list[AuditEvent]:
    """Twelve sealed events of a board in two passes, of which the last six have a personal part."""
    first = events(6)
    seal()
    second = events(6, personal=True)
    seal()
    return first + second


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a text to a file and gives its name."""

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


@pytest.fixture
def mailed(sealed: list[AuditEvent], save: Save) -> str:
    """The mail of today: the checkpoint of twelve events."""
    return save("mail.txt", "Het zegel van het logboek.\n\n" + newest(sealed[0].log).note)


@pytest.fixture
def paper(sealed: list[AuditEvent], save: Save) -> str:
    """The receipt that the writer of the third event took home."""
    return save("receipt.txt", f"Bewaar dit: {receipt(sealed[2])}\n")


def rewritten(row: AuditEvent, **changes: Any) -> None:
    """Change an event as somebody does who has its key: columns, body and mac fit each other again."""
    columns = vars(row) | changes
    body = body_of(columns)
    sets = ", ".join([*(f"{name} = %s" for name in changes), "body = %s", "mac = %s"])
    values = [*changes.values(), body, mac_of(row.log, row.key_id, body), row.pk]
    attack(f"UPDATE audit_event SET {sets} WHERE id = %s", values=values)


def copied(**changes: str) -> None:
    """Put a copy of the first event into the table, under another reference and with some columns changed (SQL)."""
    names = COLUMNS.split(", ")
    values = {name: name for name in names} | {"event_uuid": f"'{'0' * 31}1'"} | changes
    chosen = ", ".join(values[name] for name in names)
    attack(f"INSERT INTO audit_event ({COLUMNS}) SELECT {chosen} FROM audit_event WHERE leaf_index = 0")


def sealed_anew(*statements: str, new_keys: bool = False) -> None:
    """What somebody with everything does after a change: forget all seals, here and on disk, and seal again."""
    attack(*statements, "UPDATE audit_event SET leaf_index = NULL", "DELETE FROM audit_checkpoint")
    shutil.rmtree(settings.AUDIT_CHECKPOINTS_DIR)
    if new_keys:
        shutil.rmtree(settings.AUDIT_KEYS_DIR)
        create_keys((SEAL,))
    while seal().sealed:
        pass
