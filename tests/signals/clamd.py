"""A virus scanner for tests: speaks INSTREAM as clamd does, in a thread."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Talk(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        how = self.server.how
        if how == "gone":
            return
        assert self._read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(self._read(4), "big"):
            content += self._read(size)
        self.server.seen.append(content)
        if how == "silent":
            sleep(1)
            return
        said = {"limit": b"INSTREAM size limit exceeded. ERROR"}.get(
            how, b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
        )
        self.request.sendall(said + b"\0")

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size and (more := self.request.recv(size - len(found))):
            found += more
        return found


@contextmanager
def clamd(how: str = "") -> Iterator[socketserver.TCPServer]:
    """how: nothing, "gone" (hangs up), "silent" (never answers) or "limit" (could not look)."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Talk) as server:
        server.how, server.seen = how, []
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server: socketserver.TCPServer) -> str:
    return f"127.0.0.1:{server.server_address[1]}"
