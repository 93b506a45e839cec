"""Asks the virus scanner, ClamAV, about a file. Speaks its INSTREAM: the content goes over, no file is shared.

CLAMAV is `host:port` or the path of a socket. Empty: there is no scanner.
"""

import logging
import socket
from contextlib import closing

from django.conf import settings

CONNECT, ANSWER = 5, 20  # seconds
PIECE = 64 * 1024
LONGEST = 4096

logger = logging.getLogger("files")


class ScannerDownError(Exception):
    """There should be a scanner, and it does not answer."""


def has_scanner() -> bool:
    return bool(settings.CLAMAV)


def is_clean(content: bytes) -> bool:
    """Whether the scanner finds nothing.

    Raises:
        ScannerDownError: it does not answer, or says that it could not look.
    """
    try:
        said = _asked(content)
    except OSError as error:
        logger.error("ALARM: the virus scanner does not answer: %s", type(error).__name__)
        raise ScannerDownError from error
    if said.endswith(": OK"):
        return True
    if said.endswith(" FOUND"):
        return False
    logger.error("ALARM: the virus scanner could not look at a file: %s", said[:200])
    raise ScannerDownError


def _asked(content: bytes) -> str:
    with closing(_connected()) as line:
        line.settimeout(ANSWER)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            line.sendall(len(piece).to_bytes(4, "big") + piece)
        line.sendall(bytes(4))
        said = b""
        while b"\0" not in said and len(said) < LONGEST and (more := line.recv(LONGEST)):
            said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    if settings.CLAMAV.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT)
        try:
            line.connect(settings.CLAMAV)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = settings.CLAMAV.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT)
