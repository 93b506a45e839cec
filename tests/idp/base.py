"""What both providers share: a plan that a test writes, a log that it reads, and a page on which one logs in.

A provider remembers in a cookie who logged in, as real ones do. `GET /log` gives the requests so far; `POST /plan`
takes JSON that says in what it lies from now on.
"""

import html
import json
import sys
import time
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

COOKIE = "idp"


class Handler(BaseHTTPRequestHandler):
    """One request. `state` belongs to the class: plan, log and who is logged in."""

    state: dict[str, Any]
    cookie = ""
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Tests read /log instead."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def plan(self) -> dict[str, Any]:
        return self.state["plan"]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.route("GET", url.path, dict(parse_qsl(url.query)))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/plan":
            self.state["plan"] = json.loads(raw)
            self.state["log"].clear()
            if self.plan.get("forget"):
                self.state["sessions"].clear()
            return self.answer(b"{}", "application/json")
        return self.route("POST", urlsplit(self.path).path, dict(parse_qsl(raw, keep_blank_values=True)))

    def route(self, method: str, path: str, data: dict[str, str]) -> None:
        self.cookie = ""  # one handler answers all requests of a connection
        if path == "/log":
            return self.answer(json.dumps(self.state["log"]).encode(), "application/json")
        self.state["log"].append({"path": path, "data": data})
        if self.plan.get("down"):
            return self.answer(b"down", "text/plain", HTTPStatus.SERVICE_UNAVAILABLE)
        if self.plan.get("slow"):
            time.sleep(self.plan["slow"])
        handler = getattr(self, "on_" + path.strip("/").replace("/", "_").replace(".", "").replace("-", "_"), None)
        return handler(data) if handler else self.answer(b"not here", "text/plain", HTTPStatus.NOT_FOUND)

    def on_faviconico(self, data: dict[str, str]) -> None:
        self.answer(b"", "image/x-icon")

    def who(self) -> tuple[str, float] | None:
        """Who logged in in this browser, and when."""
        cookie = SimpleCookie(self.headers.get("Cookie") or "").get(COOKIE)
        return self.state["sessions"].get(cookie.value) if cookie else None

    def welcome(self, name: str) -> tuple[str, float]:
        key = f"s{len(self.state['sessions'])}-{time.time_ns()}"
        self.state["sessions"][key] = (name, time.time())
        self.cookie = f"{COOKIE}={key}; HttpOnly; Path=/"
        return self.state["sessions"][key]

    def ask_name(self, action: str, data: dict[str, str]) -> None:
        kept = "".join(
            f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">' for k, v in data.items()
        )
        page = (
            '<!doctype html><html lang="nl"><meta name="viewport" content="width=device-width">'
            "<title>De aanbieder</title>"
            f'<body><main><h1>De aanbieder</h1><form method="post" action="{action}">{kept}'
            '<label>Naam <input name="username"></label><button>Inloggen</button></form></main>'
        )
        self.answer(page.encode(), "text/html; charset=utf-8")

    def go(self, url: str, **query: str) -> None:
        self.answer(b"", "text/plain", HTTPStatus.FOUND, Location=f"{url}?{urlencode(query)}")

    def answer(self, body: bytes, kind: str, status: int = HTTPStatus.OK, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        if self.cookie:
            self.send_header("Set-Cookie", self.cookie)
        self.end_headers()
        self.wfile.write(body)

    def json(self, data: Any, status: int = HTTPStatus.OK) -> None:
        self.answer(json.dumps(data).encode(), "application/json", status)


def serve(handler: type[Handler]) -> None:
    """Serve on a free port, and say on standard output which."""
    handler.state = {"plan": {}, "log": [], "sessions": {}}
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
