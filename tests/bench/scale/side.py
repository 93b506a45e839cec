"""One database, in a process of its own that fills it and asks its pages; the two are told apart by nothing else."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


class Side:
    """The near end. Each method is answered by the method of the same name of the far end."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def __getattr__(self, name: str) -> Any:
        def ask(*args: Any) -> Any:
            self.pipe.send((name, args))
            answer = self.pipe.recv()
            if isinstance(answer, Exception):
                raise answer
            return answer

        return ask


@contextmanager
def side(url: str, folder: Path, shape: dict[str, Any]) -> Iterator[Side]:
    """A process for the database at an address, which has to be empty."""
    fresh = multiprocessing.get_context("spawn")
    near, far = fresh.Pipe()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as own:
        environment = {"BENCH_DIR": own, "DATABASE_URL": url or f"sqlite:///{own}/bench.sqlite3"}
        process = fresh.Process(target=_serve, args=(far, environment, shape), daemon=True)
        process.start()
        far.close()  # so that an end of that process is an end of the line here
        try:
            yield Side(near)
        finally:
            near.close()
            process.join(10)
            process.kill()


def _serve(pipe: Connection, environment: dict[str, str], shape: dict[str, Any]) -> None:
    os.environ.update(environment)
    from tests.bench.run import prepare

    prepare()
    from tests.bench.scale.far import Far

    far = Far(shape)
    while True:
        try:
            name, args = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(getattr(far, name)(*args))
        except Exception as error:
            pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
