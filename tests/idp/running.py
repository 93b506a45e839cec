"""Fixtures that run the identity providers, and the way of a browser there and back."""

import datetime as dt
import html
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.http import HttpResponse
from django.test import Client

ROOT = Path(__file__).parents[2]
SITE = "http://zorg.school.example"  # SAML wants a host with a dot in it


@dataclass
class Idp:
    """A provider that runs, and one browser at it."""

    url: str
    certificate: str = ""
    browser: requests.Session = field(default_factory=requests.Session)

    def plan(self, **plan: Any) -> None:
        requests.post(f"{self.url}/plan", json=plan, timeout=30).raise_for_status()

    def log(self, path: str) -> list[dict[str, Any]]:
        """What was asked of this address since the last plan."""
        found: list[dict[str, Any]] = requests.get(f"{self.url}/log", timeout=30).json()
        return [entry for entry in found if entry["path"] == path]

    def log_in(self, url: str, name: str) -> requests.Response:
        """Go to the provider and log in there, if it asks."""
        page = self.browser.get(url, timeout=30, allow_redirects=False)
        if 'name="username"' in page.text:
            page = self.browser.post(
                self.url + wanted(r'<form method="post" action="([^"]*)"', page.text),
                data={**hidden(page.text), "username": name},
                timeout=30,
                allow_redirects=False,
            )
        return page


def wanted(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"no {pattern} in {text[:500]}"
    return html.unescape(found[1])


def hidden(text: str) -> dict[str, str]:
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    return {html.unescape(name): html.unescape(value) for name, value in pairs}


def away(page: HttpResponse) -> str:
    """Where the page that takes one to the provider leads to."""
    assert page.status_code == 200, page.status_code
    return wanted(r'http-equiv="refresh" content="0; url=([^"]*)"', page.content.decode())


def local(url: str) -> str:
    """An address of this site, as a path for the test client."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == SITE, url
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def begin(client: Client, slug: str, next: str = "") -> str:
    """Press the button; the address at the provider."""
    return away(client.post(f"/inloggen/met/{slug}/", {"next": next} if next else {}))


def come_back(client: Client, page: requests.Response) -> HttpResponse:
    """Bring to the site what the provider gave the browser: an address (OIDC) or a form (SAML)."""
    if page.is_redirect:
        return client.get(local(page.headers["Location"]))
    target = local(wanted(r'<form method="post" action="([^"]*)"', page.text))
    # From another site a browser sends along no cookies of ours that are SameSite=Lax, so the session stays home.
    elsewhere = Client()
    posted = elsewhere.post(target, hidden(page.text))
    if posted.status_code != 302:
        return posted
    client.cookies.update(elsewhere.cookies)
    return client.get(posted["Location"])


def enter(client: Client, idp: Idp, slug: str, name: str, next: str = "") -> HttpResponse:
    """Log in with a school account from beginning to end."""
    return come_back(client, idp.log_in(begin(client, slug, next), name))


def start(*command: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, f"http://127.0.0.1:{process.stdout.readline().strip()}"


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture(scope="session")
def oidc_process() -> Iterator[str]:
    process, url = start("tests.idp.oidc")
    yield url
    stop(process)


@pytest.fixture(scope="session")
def saml_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("saml")
    for name in ("own", "other"):
        write_certificate(folder, name)
    process, url = start("tests.idp.saml", str(folder))
    yield url, (folder / "own.crt").read_text()
    stop(process)


def write_certificate(folder: Path, name: str) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(7))
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    (folder / f"{name}.crt").write_bytes(pem)
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )


@pytest.fixture
def oidc_idp(oidc_process: str) -> Idp:
    found = Idp(oidc_process)
    found.plan(forget=True)
    found.plan()
    return found


@pytest.fixture
def saml_idp(saml_process: tuple[str, str]) -> Idp:
    found = Idp(*saml_process)
    found.plan(forget=True)
    found.plan()
    return found


def in_past(seconds: float) -> int:
    return int(time.time() - seconds)
