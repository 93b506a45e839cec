"""The processes of these tests, and somebody who uses them over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.journeys.page import Page

ROOT = Path(__file__).parents[2]


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait; what was waited for."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)
    return found


def database_url(port: int = 0) -> str:
    """The database of this test as an address; port: of a proxy in front of PostgreSQL."""
    have = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{have['NAME']}"
    password = f":{have['PASSWORD']}" if have["PASSWORD"] else ""
    return f"postgres://{have['USER']}{password}@{have['HOST']}:{port or have['PORT'] or 5432}/{have['NAME']}"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """For a process of the product that uses the test's database and folders."""
    own = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "FAULTS_FOLDER": str(folder)}
    return {**os.environ, "DATABASE_URL": database_url(), **own, **more}


class Process:
    """Something that runs in a group of its own, and is ended with all it started."""

    def __init__(self, folder: Path, *command: str, name: str, talks: bool = False, **more: str) -> None:
        self.said = folder / f"{name}.txt"
        self.file = self.said.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(folder, **more),
            stdin=subprocess.PIPE if talks else None,
            stdout=subprocess.PIPE if talks else self.file,
            stderr=self.file,
            start_new_session=True,
        )

    def end(self, number: int = signal.SIGKILL) -> int:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        for pipe in (self.process.stdin, self.process.stdout, self.file):
            if pipe:
                pipe.close()
        return self.process.wait(20)


class Workers(Process):
    """Real workers, as many as one asks for."""

    def __init__(self, folder: Path, **more: str) -> None:
        super().__init__(folder, "-m", "tests.faults.worker", name="worker", talks=True, **more)
        self.running: list[int] = []

    def start(self, fault: str = "", clock: float = 0) -> int:
        """One more. fault: as `mail 7 kill`; clock: seconds that its clock is ahead."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f'{{"FAULT": "{fault}", "FAULTS_CLOCK": "{clock}"}}\n'.encode())
        self.process.stdin.flush()
        self.running.append(int(self.process.stdout.readline()))
        return self.running[-1]

    @staticmethod
    def is_dead(number: int) -> bool:
        return not Path(f"/proc/{number}").exists()

    def stop(self, number: int, how: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.kill(number, how)
        until(lambda: self.is_dead(number))


class Server(Process):
    """gunicorn, as `make demo` starts it; `--preload` only makes that a worker after a killed one is there at once."""

    def __init__(self, folder: Path, workers: int = 2, **more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        threads = ["--workers", str(workers), "--threads", "4", "--log-level", "warning", "--no-control-socket"]
        command = ["tests.faults.wsgi", "--bind", self.url[7:], "--preload", *threads]
        super().__init__(folder, "-m", "gunicorn", *command, name="server", **more)
        try:
            until(self._lives)
        except BaseException:
            self.end()
            raise

    def _lives(self) -> bool:
        assert self.process.poll() is None, self.said.read_text()
        try:
            return requests.get(f"{self.url}/livez", timeout=5).ok
        except requests.ConnectionError:
            return False


class KilledError(Exception):
    """The connection broke before an answer came."""


class Person:
    """Somebody at a browser of their own: a session, a token, no JavaScript."""

    def __init__(self, server: Server, client: Client, language: str = "en") -> None:
        self.server, self.browser = server, requests.Session()
        self.browser.cookies.set("django_language", language)
        if settings.SESSION_COOKIE_NAME in client.cookies:
            name = settings.SESSION_COOKIE_NAME
            self.browser.cookies.set(name, client.cookies[name].value)

    def ask(self, method: str, path: str, fault: str = "", **more: Any) -> requests.Response:
        headers = {"Connection": "close", **more.pop("headers", {}), **({"X-Fault": fault} if fault else {})}
        options = {"timeout": 30, "allow_redirects": False, **more}
        try:
            return self.browser.request(method, self.server.url + path, headers=headers, **options)
        except requests.ConnectionError as error:
            raise KilledError from error

    def get(self, path: str, expect: int = 200, fault: str = "") -> Page:
        return page(self.ask("GET", path, fault, allow_redirects=True), expect)

    def post(self, path: str, data: dict[str, Any], fault: str = "", **more: Any) -> requests.Response:
        return self.ask("POST", path, fault, data=data, **more)


def page(response: requests.Response, expect: int = 200) -> Page:
    """A page as a person sees it, with the headers it came with."""
    path = response.request.path_url.partition("?")[0]
    seen = SimpleNamespace(status_code=response.status_code, content=response.content, request={"PATH_INFO": path})
    found = Page(seen)
    found.headers = response.headers
    assert found.status == expect, f"{path}: {found.status}, {found.text[:500]}"
    return found
