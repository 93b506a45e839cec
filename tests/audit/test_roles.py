"""The database users of docs/operations.md, made and tried on PostgreSQL."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import AuditEvent
from audit.pruning import prune
from audit.sealer import seal
from audit.triggers import TABLES
from tests.audit.conftest import events, verified

pytestmark = [pytest.mark.django_db, pytest.mark.skipif("connection.vendor != 'postgresql'")]
MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def roles(keys: None) -> None:
    """Exactly the statements of the manual; they fall with the test's transaction."""
    text = MANUAL.read_text().partition("### Database users for PostgreSQL")[2]
    statements = re.search(r"```sql\n(.*?)```", text, re.DOTALL)[1]
    with connection.cursor() as cursor:
        cursor.execute(statements)


@pytest.fixture
def web(roles: None) -> Iterator[None]:
    events(3, personal=True)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE schoolsafety_web")
        yield
        cursor.execute("RESET ROLE")


def test_the_web_process_can_record(web: None) -> None:
    events(2, personal=True)
    assert AuditEvent.objects.count() == 5


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}", "DROP TABLE {0}"])
def test_the_web_process_can_not_change_the_log(web: None, table: str, statement: str) -> None:
    column = "event_id" if table == "audit_personal" else "log"
    with (
        pytest.raises(ProgrammingError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "INSERT INTO audit_pruning (log, first_leaf, end_leaf, leaves, event_uuid, pruned_at) "
        "SELECT log, 0, 3, mac, event_uuid, occurred_at FROM audit_event LIMIT 1",
        "INSERT INTO audit_checkpoint (log, tree_size, root, frontier, note, key_id, created_at) "
        "SELECT log, 1, mac, mac, '', '', occurred_at FROM audit_event LIMIT 1",
        "UPDATE audit_event SET leaf_index = 7",
    ],
)
def test_nor_get_round_it(web: None, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_sealer_can_do_its_work(roles: None) -> None:
    events(3, personal=True)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE schoolsafety_seal")
        assert seal().sealed == 3
        prune()
        assert "The log is whole." in verified()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("UPDATE audit_event SET actor_ref = 'x'")
        cursor.execute("RESET ROLE")
