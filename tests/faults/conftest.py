"""One server for the tests of a module that need the same one, and what is in the database as numbers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from accounts.models import User
from audit.keys import create_keys
from tests.accounts.smtp import Server as Post
from tests.accounts.smtp import mail_server
from tests.faults.running import Person, Server, Workers

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Other processes look at what these tests write, so it is committed."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.long)


@pytest.fixture
def folder(tmp_path: Path, log_files: None, transactional_db: None) -> Iterator[Path]:
    """Where keys, seals, files and what the processes said go; the tests' own settings point there too."""
    create_keys(("checkpoint",))
    call_command("createcachetable", "cache", verbosity=0)
    yield tmp_path
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache")
    connections.close_all()


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    found = Server(folder)
    yield found
    found.end()


@pytest.fixture
def visit(server: Server, login: Any) -> Callable[[User | None], Person]:
    """Somebody's browser at the server."""
    return lambda user, **more: Person(server, login(user), **more)


@pytest.fixture
def workers(folder: Path, post: Post) -> Iterator[Workers]:
    found = Workers(folder, FAULTS_MAIL=f"smtp://127.0.0.1:{post.server_address[1]}")
    yield found
    found.end()


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    with mail_server() as found:
        yield found
