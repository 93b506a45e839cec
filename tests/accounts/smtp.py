"""A mail server for tests: takes mail, or answers with a code of one's choice."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Server(socketserver.ThreadingTCPServer):
    """`taken`: what it accepted; `refuse`: by the command after which it refuses, the code."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Talk)
        self.taken: list[Message] = []
        self.refuse: dict[str, int] = {}


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(220)
        while line := self.rfile.readline():
            word = line[:4].upper().decode().strip()
            if word == "DATA" and "DATA" not in self.server.refuse:
                self.say(354)
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(message_from_bytes(b"".join(lines)))
                self.say(250)
            elif word == "QUIT":
                self.say(221)
                return
            else:
                self.say(self.server.refuse.get(word, 250))

    def say(self, code: int) -> None:
        self.wfile.write(f"{code} so\r\n".encode())


@contextmanager
def mail_server(port: int = 0) -> Iterator[Server]:
    with Server(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
