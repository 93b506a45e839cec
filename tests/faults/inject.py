"""Makes something go wrong at the k-th step of a request, or of a part of the worker. A step is a statement, BEGIN
included, the moment before or after a COMMIT, or the moment before the answer leaves.

A request says it in a header, `X-Fault: 7 kill`; the worker gets it from its environment, `FAULT="mail 7 kill"`.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

REACHED, GO, STATE = "reached", "go", "state"
folder = Path()
here = threading.local()
travels: list[Any] = []


def install(place: Path) -> None:
    """From now on each connection counts. A file `state` in the folder holds pragmas for SQLite."""
    global folder
    folder = place
    connection_created.connect(_connected, weak=False)
    commit = BaseDatabaseWrapper._commit

    def committed(self: BaseDatabaseWrapper) -> None:
        step()
        commit(self)
        step()

    BaseDatabaseWrapper._commit = committed
    jump(float(os.environ.get("FAULTS_CLOCK", "0")))


def _connected(connection: Any, **more: Any) -> None:
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _counted)
    if connection.vendor == "sqlite" and (folder / STATE).exists():
        connection.connection.execute((folder / STATE).read_text())


def _counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    step()
    return execute(sql, params, many, context)


@contextmanager
def planned(text: str) -> Iterable[None]:
    """While this lasts, this thread counts."""
    at, _space, deed = text.partition(" ")
    here.seen, here.at, here.deed = 0, int(at or -1), deed
    try:
        yield
    finally:
        here.at = -1


def step() -> None:
    """One more step of this thread; the deed when it is the one."""
    if not hasattr(here, "seen"):
        part, _space, plan = os.environ.get("FAULT", "").partition(" ")
        at, _space, deed = plan.partition(" ") if threading.current_thread().name == part else ("", "", "")
        here.seen, here.at, here.deed = 0, int(at or -1), deed
    here.seen += 1
    if here.seen == here.at:
        name, _space, argument = here.deed.partition(" ")
        DEEDS[name](argument)


def kill(_nothing: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait(_nothing: str) -> None:
    """Until the test says go."""
    (folder / REACHED).touch()
    end = time.monotonic() + 20
    while not (folder / GO).exists() and time.monotonic() < end:
        time.sleep(0.01)
    (folder / REACHED).unlink()


def jump(seconds: float | str) -> None:
    """The clock of this process is so much ahead of, or behind, where it was."""
    if not float(seconds):
        return
    travels.append(time_machine.travel(datetime.now().astimezone() + timedelta(seconds=float(seconds)), tick=True))
    travels[-1].start()


DEEDS: dict[str, Callable[[str], None]] = {"kill": kill, "wait": wait, "jump": jump}
