"""An OpenID Connect provider as a process. The plan of a test may hold

claims, userinfo: what to put over what it would say; None leaves a claim out
sign: "other" (a key it does not publish), "none" (no signature), "hs256" (signed with the public key as a secret),
    "tampered" (claims changed after signing)
config: what to put over the discovery document
error: what it sends back instead of a code
down, slow, forget: see base
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from http import HTTPStatus
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.idp.base import Handler, serve
from tests.idp.oidc_names import CLIENT, SECRET

KID = "key-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
CODES: dict[str, dict[str, Any]] = {}
TOKENS: dict[str, str] = {}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def over(found: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


class Provider(Handler):
    """Logs in anybody by name: subject `sub-NAME`, address `NAME@school.example`, not verified unless planned."""

    def on_well_known_openid_configuration(self, data: dict[str, str]) -> None:
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks",
        }
        config = {"issuer": self.base, **{name: f"{self.base}/{path}" for name, path in names.items()}}
        config["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        self.json(over(config, self.plan.get("config", {})))

    def on_jwks(self, data: dict[str, str]) -> None:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        self.json({"keys": [{**key, "kid": KID, "use": "sig", "alg": "RS256"}]})

    def on_authorize(self, data: dict[str, str]) -> None:
        if data.get("client_id") != CLIENT or data.get("response_type") != "code":
            return self.json({"error": "unauthorized_client"}, HTTPStatus.BAD_REQUEST)
        if error := self.plan.get("error"):
            return self.go(data["redirect_uri"], error=error, state=data["state"])
        known = self.welcome(data.pop("username")) if data.get("username") else self.who()
        asked_again = data.get("prompt") == "login" and not self.plan.get("ignore_prompt")
        if not known or (asked_again and not self.cookie):
            return self.ask_name("/authorize", data)
        code = secrets.token_urlsafe(16)
        CODES[code] = {**data, "name": known[0], "at": known[1]}
        return self.go(data["redirect_uri"], code=code, state=data["state"])

    def on_token(self, data: dict[str, str]) -> None:
        asked = CODES.pop(data.get("code", ""), None)
        if (
            asked is None
            or (data.get("client_id"), data.get("client_secret")) != (CLIENT, SECRET)
            or data.get("redirect_uri") != asked["redirect_uri"]
            or asked.get("code_challenge_method") != "S256"
            or b64(hashlib.sha256(data.get("code_verifier", "").encode()).digest()) != asked["code_challenge"]
        ):
            return self.json({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
        token = secrets.token_urlsafe(16)
        TOKENS[token] = asked["name"]
        return self.json({"access_token": token, "token_type": "Bearer", "id_token": self.signed(self.claims(asked))})

    def claims(self, asked: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        found = {
            "iss": self.base,
            "sub": f"sub-{asked['name']}",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "auth_time": int(asked["at"]),
            "name": "Een Naam",
        }
        return over(found, self.plan.get("claims", {}))

    def signed(self, claims: dict[str, Any]) -> str:
        how, head = self.plan.get("sign"), {"kid": KID}
        if how == "none":
            return jwt.encode(claims, None, algorithm="none", headers=head)
        if how == "hs256":  # by hand: PyJWT refuses to make these
            parts = [b64(json.dumps(part).encode()) for part in ({"alg": "HS256", **head}, claims)]
            return ".".join([*parts, b64(hmac.digest(PUBLIC_PEM, ".".join(parts).encode(), "sha256"))])
        token = jwt.encode(claims, OTHER if how == "other" else KEY, algorithm="RS256", headers=head)
        if how == "tampered":
            first, _middle, last = token.split(".")
            return ".".join([first, b64(json.dumps({**claims, "sub": "sub-coordinator"}).encode()), last])
        return token

    def on_userinfo(self, data: dict[str, str]) -> None:
        name = TOKENS.get((self.headers.get("Authorization") or "").removeprefix("Bearer "))
        if name is None:
            return self.json({"error": "invalid_token"}, HTTPStatus.UNAUTHORIZED)
        found = {"sub": f"sub-{name}", "email": f"{name}@school.example", "name": "Een Naam"}
        return self.json(over(found, self.plan.get("userinfo", {})))


if __name__ == "__main__":
    serve(Provider)
