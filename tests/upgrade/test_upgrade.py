"""A database that was filled by an older version: migrated with the code of today, everything is there and opens."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of the same kind as that of the other tests."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'older.sqlite3'}"
        return
    server, _slash, name = os.environ["DATABASE_URL"].rpartition("/")
    name = f"test_{name}_older_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as server_itself:
        server_itself.execute(f'create database "{name}"')
        yield f"{server}/{name}"
        server_itself.execute(f'drop database "{name}" with (force)')


@pytest.mark.long
def test_what_an_older_version_wrote_opens(empty: str) -> None:
    env = os.environ | {"DATABASE_URL": empty, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrade.upgraded"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    report, note, outcome, addition, glass = (
        "Een leerling (P.) liet mij een spraakbericht",
        "Herstelgesprek voorbereid met een jongerenwerker",
        "Namen van beide leerlingen, het spraakbericht in eigen woorden",
        "Ze was vandaag weer op school. « nagekeken »",
        "Opende de casus met noodtoegang",
    )
    for text in (report, note, outcome, addition, glass):
        assert text in found["case"]
    assert found["number"] in found["found"]
    assert found["number"] not in found["not_found"]
    assert "Een halve zin over de kantine" in found["draft"]
    assert found["grave"] == [True], "what was told apart by its steps now says so itself"
    assert found["bare"] == [], "texts that still stand in the database as they were typed"


@pytest.mark.django_db
def test_a_migration_may_take_longer_than_a_page() -> None:
    """Among a million cases an index takes half a minute; what a page asks is stopped after ten seconds."""
    before = _limit()
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    during = _limit()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert (before, during, _limit()) == (("10s", "0", "10s") if connection.vendor == "postgresql" else ("", "", ""))


def _limit() -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])
