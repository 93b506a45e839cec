"""A log with two boards, its keys, and the people who attack it."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import triggers
from audit.actions import Action
from audit.keys import create_keys
from audit.middleware import RequestMark, current_mark
from audit.models import AuditEvent
from audit.record import record
from audit.sealer import seal

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
def save(tmp_path: Path) -> Callable[[str, str], str]:
    """Writes a text to a file and gives its name."""

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write
