"""Reads a file in a process of its own: what swells, hangs or breaks the reader takes only that process along."""

import logging
import re
import subprocess
import sys
from pathlib import Path

from signals.filetypes.kinds import Checked, Kind, RefusedError, Why

CHILD = Path(__file__).with_name("child.py")
SECONDS = 20

logger = logging.getLogger("files")


def check_apart(content: bytes, extension: str) -> Checked:
    """The same as `check.check`, within limits.

    Raises:
        RefusedError: it is not taken; `swollen` when reading it took too much memory or time.
    """
    command = [sys.executable, "-I", str(CHILD), extension]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; of the file only its extension is an argument
            command, input=content, capture_output=True, timeout=SECONDS, env={"LC_ALL": "C.UTF-8"}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedError(Why.SWOLLEN) from error
    head, _line, kept = done.stdout.partition(b"\n")
    word, _space, said = head.decode("ascii", "replace").partition(" ")
    if done.returncode == 0 and word == "ok":
        return Checked(Kind(said), kept)
    if done.returncode == 0 and word == "no":
        raise RefusedError(Why(said))
    logger.warning("Reading a file ended with %s %s", done.returncode, _fault(done.stderr))
    raise RefusedError(Why.SWOLLEN if done.returncode < 0 or _fault(done.stderr) == "MemoryError" else Why.BROKEN)


def _fault(said: bytes) -> str:
    """The name of what was raised. What stands behind it may come out of the file."""
    last = said.decode("ascii", "replace").strip().rpartition("\n")[2]
    found = re.match(r"[A-Za-z_.]{1,60}", last)
    return found[0] if found else ""
