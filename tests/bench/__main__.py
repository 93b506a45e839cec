"""`python -m tests.bench [part ...]`: measures on SQLite and PostgreSQL and prints one table.

Parts: saves, lists, pages, searching, writers, verifying, and among (the pages again, among 100,000 cases on SQLite
and a million on PostgreSQL); all without arguments. Ends with 1 when a limit is missed.
BENCH_POSTGRES names a PostgreSQL database from which a database for the run can be made; it is dropped afterwards.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.bench import among
from tests.bench.table import Line, table

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://root@127.0.0.1:5432/test")


@contextmanager
def postgres(kind: str = "all") -> Iterator[str | None]:
    """The address of a new database, or None when there is no server."""
    name = f"schoolsafety_bench_{kind}_{os.getpid()}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        print(f"No PostgreSQL at BENCH_POSTGRES, so SQLite only: {str(error).strip()}", file=sys.stderr)
        yield None
        return
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def measure(url: str, parts: list[str]) -> list[Line]:
    """Run all parts on one database, in a process and a folder of their own."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        address = url or f"sqlite:///{folder}/bench.sqlite3"
        result = Path(folder) / "result.json"
        environment = {**os.environ, "BENCH_DIR": folder, "DATABASE_URL": address}
        command = [sys.executable, "-m", "tests.bench.run", str(result), *parts]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        return [Line(**line) for line in json.loads(result.read_text())]


AMONG = "among"


def main(parts: list[str]) -> int:
    """Print the table; 1 when a limit was missed."""
    few = [part for part in parts if part != AMONG]
    found: dict[str, list[Line]] = {"SQLite": [], "PostgreSQL": []}
    with postgres() as small, postgres(AMONG) as large:
        for base, url, big in (("SQLite", "", ""), ("PostgreSQL", small, large)):
            if url is None or big is None:
                continue
            print(base, file=sys.stderr)
            if few or not parts:
                found[base] += measure(url, few)
            if AMONG in parts or not parts:
                found[base] += among.measure(base, big, ROOT / "var")
    print(table(found))
    missed = [
        f"{base}: {line.name} is {line.text}, {line.limit}" for base in found for line in found[base] if not line.ok
    ]
    print("\n".join(missed) or "All within their limits.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
