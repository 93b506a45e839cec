"""What the tests of school accounts share: two configured providers, and who is in."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.sso.config import SchoolAccount
from audit.models import AuditEvent
from tests.idp.oidc_names import CLIENT, SECRET
from tests.idp.running import SITE, Idp

OIDC = SchoolAccount(
    slug="surfconext",
    kind="oidc",
    name="SURFconext",
    issuer="",
    client_id=CLIENT,
    client_secret=SECRET,
    email_domains=frozenset({"school.example"}),
    second_factor=frozenset({"http://surfconext.nl/assurance/loa2", "mfa"}),
)
SAML = SchoolAccount(
    slug="entree",
    kind="saml",
    name="Entree",
    issuer="",
    email="mail",
    email_domains=frozenset({"school.example"}),
    email_vouched=True,
    second_factor=frozenset({"urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"}),
)
VERIFIED = {"email_verified": True}


def oidc_account(idp: Idp, **changes: Any) -> SchoolAccount:
    return replace(OIDC, issuer=idp.url, **changes)


def saml_account(idp: Idp, **changes: Any) -> SchoolAccount:
    return replace(SAML, issuer=idp.url, sso_url=f"{idp.url}/sso", certificate=idp.certificate, **changes)


@pytest.fixture
def site(settings: Any) -> Any:
    settings.SITE_URL = SITE
    settings.SESSION_COOKIE_SAMESITE = "Lax"
    return settings


def browser() -> Client:
    """A browser at the site, in English."""
    found = Client(headers={"host": SITE.partition("://")[2]})
    found.cookies["django_language"] = "en"
    return found


def user_in(client: Client) -> User | None:
    """Who is logged in."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def last_event(action: str) -> AuditEvent:
    found = AuditEvent.objects.filter(action=action).order_by("-id").first()
    assert found, f"no event {action}"
    return found


def request_of(client: Client) -> Any:
    """A request as the next one of this browser would be."""
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user_in(client)
    return request
