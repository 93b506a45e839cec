"""Which worker is which: the machine, the process, and when that process started."""

import os
import socket
from pathlib import Path

STARTED = 19  # fields of /proc/PID/stat after the name of the program


def me() -> str:
    """A name for this process that no other one on this machine ever had since it was started."""
    return f"{socket.gethostname()[:60]}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(worker: str) -> bool:
    """True for a process of this machine that is no longer there; of another machine nothing can be said."""
    host, _slash, rest = worker.partition("/")
    pid, _slash, started = rest.partition("/")
    if host != socket.gethostname()[:60] or not pid.isdigit() or not started or not _started(os.getpid()):
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; empty when there is none, or no way to know."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if state == "Z" else rest[STARTED - 1]
