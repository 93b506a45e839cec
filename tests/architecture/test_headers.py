"""The headers that every answer carries: pages, redirects, refusals, errors, and what comes before the views."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from signals.models import Signal
from signals.views import desk
from tests.conftest import World
from tests.template import sqlite

ROOT = Path(__file__).parents[2]
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
FIXED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends no Origin, and every form would be refused
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def safe(response: HttpResponse) -> None:
    """All headers that hold for every answer."""
    for name, value in FIXED.items():
        assert response.headers.get(name) == value, name
    policy = dict(part.strip().partition(" ")[::2] for part in response.headers["Content-Security-Policy"].split(";"))
    assert policy == CSP
    assert len(response.headers["X-Request-Id"]) == 32
    assert "microphone=()" in response.headers["Permissions-Policy"]
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/inloggen/", 200),
        ("/livez", 200),
        ("/readyz", 200),
        ("/wachtwoord/vergeten/", 200),
        ("/werkplek/", 302),  # to the log-in page
        ("/werkplek", 301),  # the slash, added before any view is asked
        ("/bestaat-niet/", 404),
        ("/static/bestaat-niet.css", 404),
        ("/taal/", 405),
    ],
)
def test_for_visitors(db: None, path: str, status: int) -> None:
    response = Client().get(path)
    assert response.status_code == status
    safe(response)


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("coordinator", "/werkplek/", 200),
        ("coordinator", "/casus/{case}/", 200),
        ("coordinator", "/casus/{case}/notitie/", 302),
        ("coordinator", "/casus/{case}/oppakken/", 405),
        ("sister_coordinator", "/casus/{case}/", 404),
        ("author", "/zorg/{signal}/", 200),
        ("author", "/werkplek/", 404),
        ("principal", "/opvolging/{case}/verhaal/", 200),
    ],
)
def test_for_people(world: World, login: Any, pupil_signal: Signal, name: str, path: str, status: int) -> None:
    client = login(world.people[name])
    response = client.get(path.format(case=pupil_signal.case.reference, signal=pupil_signal.reference))
    assert response.status_code == status
    safe(response)


def test_a_form_that_is_not_right(world: World, login: Any) -> None:
    response = login(world.author).post("/zorg/nieuw/", {"concern": "-"})
    assert response.status_code == 422
    safe(response)


def test_a_form_without_its_token(world: World) -> None:
    response = Client(enforce_csrf_checks=True).post("/inloggen/", {"login": "x"})
    assert response.status_code == 403
    safe(response)


def test_something_broke(world: World, login: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("Zilverreiger")

    monkeypatch.setattr(desk, "due_before", broken)
    client = login(world.coordinator)
    client.raise_request_exception = False
    response = client.get("/werkplek/")
    assert response.status_code == 500
    assert "Zilverreiger" not in response.content.decode()
    safe(response)


def test_a_strange_host(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["school.example"]
    response = Client().get("/inloggen/", headers={"host": "elders.example"})
    assert response.status_code == 400
    safe(response)


def test_every_answer_has_its_own_request_id(db: None) -> None:
    client = Client()
    assert client.get("/livez")["X-Request-Id"] != client.get("/livez")["X-Request-Id"]


def test_nobody_else_chooses_the_request_id(db: None) -> None:
    assert Client().get("/livez", headers={"X-Request-Id": "x" * 32})["X-Request-Id"] != "x" * 32


ON_HTTPS = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from accounts.models import User
call_command("migrate", verbosity=0)
call_command("createcachetable")
user = User.objects.create_user("a@school.example", "een-lang-wachtwoord-2026", name="A")
plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
with override_settings(STORAGES=plain):
    client = Client(headers={"host": "localhost"})
    page = client.get("/inloggen/", secure=True)
    data = {"login": "a@school.example", "password": "een-lang-wachtwoord-2026"}
    client.post("/taal/", {"language": "en"}, secure=True)
    client.post("/inloggen/", data, secure=True)
    http = Client(headers={"host": "localhost"}).get("/inloggen/")
    live = Client(headers={"host": "localhost"}).get("/livez")
    print(json.dumps({
        "headers": dict(page.headers),
        "cookies": {name: {k: str(v) for k, v in morsel.items()} for name, morsel in client.cookies.items()},
        "http": [http.status_code, http.headers.get("Location"), live.status_code],
    }))
"""


@pytest.fixture(scope="module")
def on_https(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the site answers with the settings of production, in a process of its own."""
    path = tmp_path_factory.mktemp("https") / "db.sqlite3"
    shutil.copyfile(sqlite(), path)
    own = ("HTTPS", "DEMO", "EMAIL_URL", "ALLOWED_HOSTS")
    env = {name: value for name, value in os.environ.items() if name not in own} | {
        "DJANGO_SETTINGS_MODULE": "schoolsafety.settings",
        "SECRET_KEY": "only-for-tests",
        "DATABASE_URL": f"sqlite:///{path}",
    }
    done = subprocess.run(
        [sys.executable, "-c", ON_HTTPS], cwd=ROOT, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_https_is_what_holds_unless_it_is_switched_off(on_https: dict[str, Any]) -> None:
    assert on_https["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    status, location, live = on_https["http"]
    assert (status, location) == (301, "https://localhost/inloggen/")
    assert live == 200  # a probe inside the server room needs no certificate


def test_cookies_belong_to_this_host_alone(on_https: dict[str, Any]) -> None:
    cookies = on_https["cookies"]
    assert {"__Host-session", "__Host-csrf"} <= set(cookies)
    for name, morsel in cookies.items():
        assert morsel["secure"] == "True", name
        assert morsel["httponly"] == "True", name
        assert morsel["samesite"] == "Lax", name
        assert (morsel["path"], morsel["domain"]) == ("/", ""), name
    assert cookies["__Host-session"]["max-age"] == ""  # gone when the browser closes
