"""The school accounts that one may log in with, from the environment. No Django models: the settings read this."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

OIDC, SAML = "oidc", "saml"
Wanted = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class SchoolAccount:
    """One identity provider.

    slug: its name in addresses and in the log. name: what stands on the button.
    issuer: the issuer of OpenID Connect, or the entity ID of SAML.
    subject: SAML only: the attribute that says who it is; empty for a persistent NameID.
    email: the claim or attribute with the e-mail address.
    email_domains: the domains in which its addresses may find an account; empty, the default, for none.
    email_vouched: the provider gives out every address in those domains itself, and says no email_verified.
    require: claims or attributes that must hold one of these values.
    second_factor: values of acr, acrs, amr or AuthnContextClassRef that prove a second factor.
    ask: the values that are asked for when somebody logs in.
    step_up: it can be told to ask somebody again, and says when it did.
    """

    slug: str
    kind: str
    name: str
    issuer: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    sso_url: str = ""
    certificate: str = field(default="", repr=False)
    subject: str = ""
    email: str = "email"
    email_domains: frozenset[str] = frozenset()
    email_vouched: bool = False
    require: Wanted = field(default_factory=dict)
    second_factor: frozenset[str] = frozenset()
    ask: tuple[str, ...] = ()
    step_up: bool = True


def find(slug: str) -> SchoolAccount | None:
    """The configured provider of this name."""
    return next((found for found in all_accounts() if found.slug == slug), None)


def all_accounts() -> tuple[SchoolAccount, ...]:
    """Those that are configured, in the order of the setting."""
    found: tuple[SchoolAccount, ...] = settings.SSO
    return found


def read(env: Any, *, https: bool) -> tuple[SchoolAccount, ...]:
    """Read the setting SSO and what belongs to it.

    Args:
        env: reads the environment.
        https: whether providers must be reached over https.

    Raises:
        ImproperlyConfigured: something is missing or can't be, with a sentence that helps.
    """
    slugs = [slug.strip() for slug in env.list("SSO", default=[]) if slug.strip()]
    if len(set(slugs)) != len(slugs):
        raise ImproperlyConfigured("SSO names one provider twice.")
    return tuple(_read_one(env, slug, https) for slug in slugs)


def _read_one(env: Any, slug: str, https: bool) -> SchoolAccount:
    if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", slug):
        raise ImproperlyConfigured(f"SSO: ‘{slug}’ can't be a name; use small letters and digits, such as surfconext.")
    prefix = f"SSO_{slug.upper()}_"
    kind = env.str(prefix + "KIND", default="")
    if kind not in (OIDC, SAML):
        raise ImproperlyConfigured(f"{prefix}KIND must be oidc or saml.")
    values = _values(env, prefix, kind, https)
    return SchoolAccount(
        slug=slug,
        kind=kind,
        name=values["NAME"],
        issuer=values["ISSUER"],
        client_id=values.get("CLIENT_ID", ""),
        client_secret=values.get("CLIENT_SECRET", ""),
        sso_url=values.get("SSO_URL", ""),
        certificate=_certificate(prefix, values.get("CERTIFICATE", "")),
        subject=env.str(prefix + "SUBJECT", default=""),
        email=env.str(prefix + "EMAIL_CLAIM", default="email" if kind == OIDC else "mail"),
        email_domains=_domains(prefix, env.list(prefix + "EMAIL_DOMAINS", default=[])),
        email_vouched=env.bool(prefix + "EMAIL_VOUCHED", default=False),
        require=_require(prefix, env.list(prefix + "REQUIRE", default=[])),
        second_factor=frozenset(env.list(prefix + "SECOND_FACTOR", default=[])),
        ask=tuple(env.list(prefix + "ASK_SECOND_FACTOR", default=[])),
        step_up=env.bool(prefix + "STEP_UP", default=True),
    )


def _values(env: Any, prefix: str, kind: str, https: bool) -> dict[str, str]:
    """What must be there for this kind of provider."""
    needed = ["ISSUER", "CLIENT_ID", "CLIENT_SECRET"] if kind == OIDC else ["ISSUER", "SSO_URL", "CERTIFICATE"]
    values = {name: str(env.str(prefix + name, default="")) for name in (*needed, "NAME")}
    if missing := [prefix + name for name, value in values.items() if not value]:
        raise ImproperlyConfigured(f"{', '.join(missing)} must be set: see Single sign-on in docs/operations.md.")
    address = "ISSUER" if kind == OIDC else "SSO_URL"
    if https and not values[address].startswith("https://"):
        raise ImproperlyConfigured(f"{prefix}{address} must start with https://.")
    return values


def _certificate(prefix: str, value: str) -> str:
    """The certificate itself, or what stands in the file of that name."""
    if not value.startswith("/"):
        return value
    try:
        return Path(value).read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"{prefix}CERTIFICATE: {value} can't be read: {error.strerror}.") from error


def _domains(prefix: str, values: list[str]) -> frozenset[str]:
    found = frozenset(value.strip().lower() for value in values)
    if wrong := [value for value in found if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", value)]:
        raise ImproperlyConfigured(f"{prefix}EMAIL_DOMAINS: {wrong[0]} is no domain such as school.example.")
    return found


def _require(prefix: str, values: list[str]) -> Wanted:
    """`claim=value` each; the same claim twice means: one of these values."""
    found: dict[str, set[str]] = {}
    for value in values:
        name, is_there, wanted = value.strip().partition("=")
        if not (name and is_there and wanted):
            raise ImproperlyConfigured(f"{prefix}REQUIRE: ‘{value}’ must read claim=value.")
        found.setdefault(name, set()).add(wanted)
    return {name: frozenset(wanted) for name, wanted in found.items()}
