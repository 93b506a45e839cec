"""Ways in which a database goes away and comes back, each as a context: inside it, it is away."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.faults import inject
from tests.faults.proxy import Proxy
from tests.faults.running import database_url

Losing = Callable[[], AbstractContextManager[None]]


@dataclass
class Losable:
    """url: for the processes; ways: by name."""

    url: str
    ways: dict[str, Losing]


@contextmanager
def losable(folder: Path) -> Iterator[Losable]:
    """The database of this test behind something that can be taken away."""
    if connection.vendor == "postgresql":
        have = connection.settings_dict
        proxy = Proxy(have["HOST"], int(have["PORT"] or 5432))
        try:
            yield Losable(database_url(proxy.port), {"cut": lambda: cut(proxy), "standby": lambda: standby(proxy)})
        finally:
            proxy.cut()
        return
    file = Path(str(connection.settings_dict["NAME"]))
    door = folder / "door"
    door.symlink_to(file.parent)
    pragmas = {"read-only": "PRAGMA query_only=ON", "full": "PRAGMA max_page_count=1"}
    ways = {name: lambda pragma=pragma: state(folder, pragma) for name, pragma in pragmas.items()}
    ways |= {"gone": lambda: gone(door, file.parent), "locked": lambda: locked(file)}
    yield Losable(f"sqlite:///{door / file.name}", ways)


@contextmanager
def cut(proxy: Proxy) -> Iterator[None]:
    proxy.cut()
    try:
        yield
    finally:
        proxy.back()


@contextmanager
def standby(proxy: Proxy) -> Iterator[None]:
    """What answers is a server that only lets read, as after a switch to the other one."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    proxy.cut()
    proxy.back()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        proxy.cut()
        proxy.back()


@contextmanager
def state(folder: Path, pragma: str) -> Iterator[None]:
    """SQLite itself says that it is read-only, or that disk or database is full; it has no room left over inside."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    (folder / inject.STATE).write_text(pragma)
    try:
        yield
    finally:
        (folder / inject.STATE).unlink()


@contextmanager
def gone(door: Path, place: Path) -> Iterator[None]:
    """The folder is not there, as with a disk that is not mounted."""
    door.unlink()
    try:
        yield
    finally:
        door.symlink_to(place)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Something else writes, and does not come to an end."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
