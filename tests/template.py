"""A migrated database is made once; each process of a test run begins with a copy of it.

Going through all migrations takes a process longer than most of its tests together, and comes out the same for each.
Whoever needs a database first makes it; the others wait. It stays for a next run, until a line of the product or of
its requirements changes.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
PACKAGES = ("schoolsafety", "signals", "escalation", "accounts", "audit")


@cache
def version() -> str:
    """What the outcome of migrating depends on, in short."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    found = sha256(sys.version.encode())
    for path in (*files, ROOT / "tests" / "settings.py", *sorted(ROOT.glob("requirements*.txt"))):
        found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def sqlite() -> Path:
    """The migrated database, for SQLite."""
    path = VAR / f"migrated-{version()}.sqlite3"
    with alone():
        if not path.exists():
            for old in VAR.glob("migrated-*.sqlite3*"):
                old.unlink()
            half = path.with_suffix(".sqlite3-half")
            migrate(f"sqlite:///{half}")
            with closing(sqlite3.connect(half)) as whole:
                whole.execute("pragma journal_mode=delete")  # one file, nothing beside it
            half.rename(path)
    return path


def postgres(url: str) -> str:
    """The name of the migrated database on the server of this address. What it was made of stands in its comment."""
    server, _slash, name = url.partition("?")[0].rpartition("/")
    name = f"test_{name}_migrated"
    with alone(), psycopg.connect(f"{server}/postgres", autocommit=True) as asked:
        known = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
        if asked.execute(known, [name]).fetchone() != (version(),):
            asked.execute(f'drop database if exists "{name}"')
            asked.execute(f'create database "{name}"')
            migrate(f"{server}/{name}")
            asked.execute(f"comment on database \"{name}\" is '{version()}'")
    return name


@contextmanager
def alone() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "migrated.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """From nothing, with the product's own settings: as a new installation does it."""
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "schoolsafety.settings"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """pytest-django asks for this before it makes the database of a process: then a copy, that needs no migrating."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = postgres(os.environ["DATABASE_URL"])
        yield
        return
    empty = DatabaseCreation._create_test_db

    def copy(self: DatabaseCreation, *args: Any, **kwargs: Any) -> str:
        target: str = empty(self, *args, **kwargs)
        shutil.copyfile(sqlite(), target)
        return target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_create_test_db", copy)
        yield


if __name__ == "__main__":
    import tests.settings  # noqa: F401 - migrating writes down which keys the texts need: those of the tests

    postgres(os.environ["DATABASE_URL"])  # ahead of the tests, as .ci/run does it
