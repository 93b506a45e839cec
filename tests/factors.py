"""Second steps for tests: the code of this moment, and a passkey in Python that a server can't tell from a real one."""

import hashlib
import json
import os
import time
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOST = "localhost"
PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What an app with this secret shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(user: User, secret: str = SECRET) -> Authenticator:
    """Set an app up for somebody, with recovery codes, without any screen."""
    row: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user).mark_as_viewed()
    return row


def recovery_codes(user: User) -> list[str]:
    """The codes that still work."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    found: list[str] = row.wrap().get_unused_codes()
    return found


class Passkey:
    """A passkey at one origin. `verified`: asks for a finger, face or PIN."""

    def __init__(self, origin: str = f"http://{HOST}", *, verified: bool = True) -> None:
        self.origin, self.verified = origin, verified
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.user = b""

    def create(self, options: dict[str, Any]) -> str:
        """What the browser sends after navigator.credentials.create()."""
        public = options["publicKey"]
        self.user = websafe_decode(public["user"]["id"])
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        attested = AttestationObject.create("none", self._data(public["rp"]["id"], NEW, credential), {})
        client = self._client("webauthn.create", public["challenge"])
        response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attested)}
        return json.dumps(self._answer(response) | {"clientExtensionResults": {"credProps": {"rk": True}}})

    def get(self, options: dict[str, Any]) -> str:
        """What the browser sends after navigator.credentials.get()."""
        public = options["publicKey"]
        data, client = self._data(public["rpId"], 0), self._client("webauthn.get", public["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.user),
        }
        return json.dumps(self._answer(response) | {"clientExtensionResults": {}})

    def _data(self, host: str, flags: int, credential: bytes = b"") -> AuthenticatorData:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 0, credential)

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": response,
        }


def give_passkey(user: User, name: str = "Mijn telefoon") -> tuple[Authenticator, Passkey]:
    """Set a passkey up for somebody without any screen."""
    passkey = Passkey()
    handle = websafe_encode(user_pk_to_url_str(user).encode())
    options = {"rp": {"id": HOST}, "user": {"id": handle}, "challenge": websafe_encode(b"challenge")}
    data = {"name": name, "credential": json.loads(passkey.create({"publicKey": options}))}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data), passkey
