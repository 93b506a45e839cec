"""OpenID Connect, stricter than django-allauth: it skips the signature, sends no nonce, and keeps all claims."""

import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from accounts.sso.config import SchoolAccount, find
from accounts.sso.seen import SKEW, Seen, texts
from accounts.sso.steps import CONFIRM, SeenProvider, site_url

# Signatures that only the provider can make. None with a shared key: whoever knows the public key could make those.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "nonce"]


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The conversation with the provider behind the browser's back."""

    @property
    def account(self) -> SchoolAccount:
        found = find(self.provider_id)
        if found is None:
            raise SocialApp.DoesNotExist
        return found

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider publishes about itself; it must be about the issuer that was configured."""
        config: dict[str, Any] = super().openid_config
        if not all(isinstance(config.get(name), str) for name in ENDPOINTS) or config["issuer"] != self.account.issuer:
            raise ProviderException("the configuration is not that of the issuer")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return site_url("openid_connect_callback", self.provider_id)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = self._checked(str(kwargs["response"].get("id_token") or ""))
        wanted = {self.account.email, "email_verified", *self.account.require}
        extra = self._more(token, claims) if wanted - set(claims) and "userinfo_endpoint" in self.openid_config else {}
        return self.get_provider().sociallogin_from_response(request, self._seen(claims, extra | claims))

    def _checked(self, token: str) -> dict[str, Any]:
        """The claims of an ID token, after its signature, issuer, audience and moments were checked."""
        account = self.account
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=sorted(ALGORITHMS & {key.algorithm_name}),
                audience=account.client_id,
                issuer=account.issuer,
                leeway=SKEW,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("the ID token does not hold") from error
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if many else account.client_id) != account.client_id:
            raise OAuth2Error("the ID token was made for somebody else")
        return claims

    def _key(self, kid: str | None) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
        found = [key for key in keys if key.key_id == kid] if kid else keys
        if len(found) != 1:
            raise OAuth2Error("no key of the provider fits")
        return found[0]

    def _more(self, token: SocialToken, claims: dict[str, Any]) -> dict[str, Any]:
        """Claims that some providers give only when asked apart; they must be about the same person."""
        found: dict[str, Any] = self._fetch_user_info(token.token)
        if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
            raise OAuth2Error("the user info is about somebody else")
        return found

    def _seen(self, claims: dict[str, Any], all_claims: dict[str, Any]) -> Seen:
        """`claims`: what is signed. How somebody was known is read from there alone."""
        at, email = claims.get("auth_time"), all_claims.get(self.account.email)
        return Seen(
            issuer=claims["iss"],
            subject=claims["sub"],
            email=email if isinstance(email, str) else "",
            email_verified=all_claims.get("email_verified") is True,
            contexts=texts(claims.get("acr")) | texts(claims.get("acrs")) | texts(claims.get("amr")),
            at=float(at) if isinstance(at, int | float) else None,
            nonce=str(claims["nonce"]),
            values={name: texts(all_claims.get(name)) for name in self.account.require},
        )


class OidcProvider(SeenProvider, OpenIDConnectProvider):  # type: ignore[misc]
    """Asks for as little as possible: who it is and the address."""

    pkce_enabled_default = True
    oauth2_adapter_class = OidcAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid", "email"]

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        params = {"nonce": nonce}
        if self.school_account.ask:
            params["acr_values"] = " ".join(self.school_account.ask)
        if data["step"] == CONFIRM:
            params |= {"prompt": "login", "max_age": "0"}
        found: HttpResponse = super().redirect(request, process, next_url, data, auth_params=params, nonce=nonce)
        return found
