"""A SAML provider as a process. The plan of a test may hold

audience, recipient, destination, issuer, answered, subject_answered, expires, instant, context, format, name_id:
    what to say instead; "" leaves it out where that is possible
attributes: a dict of lists
sign: "assertion" (the default), "other", "response" (only the outside), "no"
wrap: a name: puts an assertion about that person, not signed, beside the signed one, in three ways ("first",
    "inside", "same_id")
"""

import base64
import datetime as dt
import html
import sys
import uuid
import zlib
from http import HTTPStatus
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from tests.idp.base import Handler, serve

P, A = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


def moment(seconds: float) -> str:
    at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def attribute(name: str, value: str) -> str:
    return f" {name}={quoteattr(value)}" if value else ""


class Provider(Handler):
    """Logs in anybody by name: NameID `sub-NAME`, attribute mail `NAME@school.example`."""

    keys: dict[str, tuple[str, str]]

    def on_sso(self, data: dict[str, str]) -> None:
        request = etree.fromstring(zlib.decompress(base64.b64decode(data["SAMLRequest"]), -15))
        self.state["log"][-1]["request"] = etree.tostring(request).decode()
        known = self.welcome(data.pop("username")) if data.get("username") else self.who()
        asked_again = request.get("ForceAuthn") == "true" and not self.plan.get("ignore_prompt")
        if not known or (asked_again and not self.cookie):
            return self.ask_name("/sso", data)
        acs = request.get("AssertionConsumerServiceURL")
        issuer = request.findtext(f"{{{A}}}Issuer")
        if not acs or not issuer:
            return self.json({}, HTTPStatus.BAD_REQUEST)
        return self.post_to(acs, self.response(known, request.get("ID") or "", acs, issuer))

    def post_to(self, acs: str, response: bytes) -> None:
        value = base64.b64encode(response).decode()
        page = (
            f'<form method="post" action="{html.escape(acs)}"><input type="hidden" name="SAMLResponse" value="{value}">'
            '<input type="hidden" name="RelayState" value=""><button>Verder</button></form>'
        )
        self.answer(page.encode(), "text/html; charset=utf-8")

    def said(self, name: str, otherwise: str) -> str:
        return str(self.plan.get(name, otherwise))

    def response(self, known: tuple[str, float], request: str, acs: str, issuer: str) -> bytes:
        answered = self.said("answered", request)
        assertion = self.assertion(known[0], known[1], request, acs, issuer)
        sender, how = self.said("issuer", self.base), self.said("sign", "assertion")
        if how in ("assertion", "other"):
            assertion = self.signed(assertion, how)
        if wrap := self.plan.get("wrap"):
            forged = self.assertion(wrap["name"], known[1], request, acs, issuer)
            assertion = wrapped(assertion, forged, wrap["way"])
        found = (
            f'<samlp:Response xmlns:samlp="{P}" xmlns:saml="{A}" ID="r{uuid.uuid4().hex}" Version="2.0" '
            f'IssueInstant="{moment(0)}"{attribute("Destination", self.said("destination", acs))}'
            f"{attribute('InResponseTo', answered)}><saml:Issuer>{sender}</saml:Issuer><samlp:Status>"
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f"{assertion}</samlp:Response>"
        )
        return (self.signed(found, "assertion") if how == "response" else found).encode()

    def assertion(self, name: str, at: float, request: str, acs: str, issuer: str) -> str:
        expires = float(self.plan.get("expires", 300))
        until = moment(expires)
        instant = dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        attributes: dict[str, list[str]] = self.plan.get("attributes", {"mail": [f"{name}@school.example"]})
        said = "".join(
            f'<saml:Attribute Name="{key}">'
            + "".join(f"<saml:AttributeValue>{html.escape(value)}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for key, values in attributes.items()
        )
        audience, name_id = self.said("audience", issuer), self.said("name_id", f"sub-{name}")
        where, until_here = self.said("recipient", acs), self.said("until", until)
        context = self.said("context", PASSWORD)
        limits = f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>"
        return (
            f'<saml:Assertion xmlns:saml="{A}" ID="a{uuid.uuid4().hex}" Version="2.0" IssueInstant="{moment(0)}">'
            f"<saml:Issuer>{self.said('issuer', self.base)}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="{self.said("format", PERSISTENT)}">{name_id}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData'
            f"{attribute('InResponseTo', self.said('subject_answered', request))}"
            f"{attribute('Recipient', where)}{attribute('NotOnOrAfter', until_here)}/>"
            f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{moment(min(-60, expires - 60))}" '
            f'NotOnOrAfter="{until}">{limits if audience else ""}</saml:Conditions>'
            f'<saml:AuthnStatement AuthnInstant="{self.said("instant", instant)}"><saml:AuthnContext>'
            f"<saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement>{f'<saml:AttributeStatement>{said}</saml:AttributeStatement>' if said else ''}"
            "</saml:Assertion>"
        )

    def signed(self, xml: str, how: str) -> str:
        key, certificate = self.keys["other" if how == "other" else "own"]
        found: Any = OneLogin_Saml2_Utils.add_sign(
            xml,
            key,
            certificate,
            sign_algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
        )
        return found.decode() if isinstance(found, bytes) else str(found)


def wrapped(signed: str, forged: str, way: str) -> str:
    """The well-known ways to put another assertion where a careless reader looks."""
    if way == "first":
        return forged + signed
    if way == "inside":
        return forged.replace("</saml:Assertion>", f"{signed}</saml:Assertion>")
    number = etree.fromstring(signed.encode()).get("ID")
    tree = etree.fromstring(forged.encode())
    tree.set("ID", number or "")
    return etree.tostring(tree).decode() + signed


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    Provider.keys = {
        name: ((folder / f"{name}.key").read_text(), (folder / f"{name}.crt").read_text()) for name in ("own", "other")
    }
    serve(Provider)
