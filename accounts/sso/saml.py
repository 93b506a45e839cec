"""SAML 2.0 with python3-saml, through the log-in flow of django-allauth.

The views of django-allauth leave a few things open that a school's children should not depend on: InResponseTo is read
from where it may not be signed, and recipient and audience are checked only where they are present.
"""

import base64
import binascii
from datetime import datetime
from typing import Any

from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from accounts.sso.config import SchoolAccount
from accounts.sso.seen import Seen
from accounts.sso.steps import CONFIRM, SeenProvider, site_url

LONGEST = 200_000  # characters of an answer
SECURITY = {
    "wantAssertionsSigned": True,
    "wantNameId": False,
    "wantAttributeStatement": False,
    "rejectDeprecatedAlgorithm": True,
    "allowRepeatAttributeName": True,
    "requestedAuthnContext": False,
    "signatureAlgorithm": Names.RSA_SHA256,
    "digestAlgorithm": Names.SHA256,
}
BROKEN = (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, LxmlError, binascii.Error, ValueError, TypeError)


def acs_url(account: SchoolAccount) -> str:
    return site_url("saml_acs", account.slug)


def entity_id(account: SchoolAccount) -> str:
    """The name under which this program is known at the provider."""
    return site_url("saml_metadata", account.slug)


def toolkit_settings(account: SchoolAccount, ask: tuple[str, ...] = ()) -> dict[str, Any]:
    """The settings of python3-saml. There is no single log-out: see docs/operations.md."""
    return {
        "strict": True,
        "security": SECURITY | ({"requestedAuthnContext": list(ask)} if ask else {}),
        "sp": {
            "entityId": entity_id(account),
            "assertionConsumerService": {"url": acs_url(account), "binding": Names.BINDING_HTTP_POST},
            "NameIDFormat": Names.NAMEID_UNSPECIFIED if account.subject else Names.NAMEID_PERSISTENT,
        },
        "idp": {
            "entityId": account.issuer,
            "x509cert": account.certificate,
            "singleSignOnService": {"url": account.sso_url, "binding": Names.BINDING_HTTP_REDIRECT},
        },
    }


def metadata(account: SchoolAccount) -> bytes:
    """What the provider needs to know of this program, as XML."""
    found: str | bytes = OneLogin_Saml2_Settings(toolkit_settings(account), sp_validation_only=True).get_sp_metadata()
    return found if isinstance(found, bytes) else found.encode()


def read(account: SchoolAccount, answer: str) -> tuple[str, Seen]:
    """Check an answer of the provider.

    Returns:
        The id of the request that it answers, which the caller must know, and what it says.

    Raises:
        ProviderException: it does not hold, with the reason.
    """
    base, _, host = settings.SITE_URL.partition("://")
    request = {"https": "on" if base == "https" else "off", "http_host": host, "script_name": ""}
    try:
        base64.b64decode(answer, validate=True)
        response = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(toolkit_settings(account)), answer)
        path = reverse("saml_acs", args=[account.slug])
        response.is_valid({**request, "path_info": path, "get_data": {}, "post_data": {}}, raise_exceptions=True)
        return _answers(account, response), _seen(account, response)
    except BROKEN as error:
        raise ProviderException(str(error)) from error


def _answers(account: SchoolAccount, response: OneLogin_Saml2_Response) -> str:
    """The request that the signed part answers; made for us, to be delivered here, before a moment."""
    if entity_id(account) not in response.get_audiences():
        raise ProviderException("made for somebody else")
    found = response._query_assertion("/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
    if len(found) != 1:
        raise ProviderException("not exactly one confirmation")
    data, answered = found[0], str(found[0].get("InResponseTo") or "")
    if data.getparent().get("Method") != Names.CM_BEARER or data.get("Recipient") != acs_url(account):
        raise ProviderException("to be delivered elsewhere")
    if not data.get("NotOnOrAfter"):
        raise ProviderException("holds for ever")
    if not answered or response.get_in_response_to() != answered:
        raise ProviderException("nobody asked")
    return answered


def _seen(account: SchoolAccount, response: OneLogin_Saml2_Response) -> Seen:
    said: dict[str, list[str]] = response.get_attributes()
    return Seen(
        issuer=account.issuer,
        subject=_subject(account, response, said),
        email=next(iter(said.get(account.email) or []), "") or "",
        contexts=frozenset(text.strip() for text in response.get_authn_contexts() if text),
        at=_instant(response),
        values={name: frozenset(value for value in said.get(name, []) if value) for name in account.require},
    )


def _subject(account: SchoolAccount, response: OneLogin_Saml2_Response, said: dict[str, list[str]]) -> str:
    """Who it is: an attribute that was configured, or a NameID that is meant to stay the same."""
    if account.subject:
        values = [value for value in said.get(account.subject, []) if value]
        if len(values) == 1:
            return values[0]
    elif response.get_nameid() and response.get_nameid_format() == Names.NAMEID_PERSISTENT:
        return str(response.get_nameid())
    raise ProviderException("does not say who it is in a way that stays the same")


def _instant(response: OneLogin_Saml2_Response) -> float | None:
    found = response._query_assertion("/saml:AuthnStatement")
    text = found[0].get("AuthnInstant") if found else None
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


class SamlProvider(SeenProvider, SAMLProvider):  # type: ignore[misc]
    """Sends somebody to a SAML provider."""

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        account = self.school_account
        host = settings.SITE_URL.partition("://")[2]
        auth = OneLogin_Saml2_Auth(
            {"http_host": host, "script_name": "", "get_data": {}, "post_data": {}},
            toolkit_settings(account, account.ask),
        )
        url = auth.login(return_to="", force_authn=data["step"] == CONFIRM)
        self.stash_redirect_state(request, process, next_url, data, state_id=auth.get_last_request_id(), **kwargs)
        return HttpResponseRedirect(url)
