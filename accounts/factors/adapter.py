"""How this product uses django-allauth's second steps: secrets encrypted, the QR code without inline style."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.adapter import WRONG_CODE
from accounts.factors import keys
from accounts.models import User
from audit import qr


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """See settings.MFA_ADAPTER."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": _("Set up a second step first."),
    }

    def encrypt(self, text: str) -> str:
        return keys.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return keys.decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        return qr.svg(url)

    def _get_site_name(self) -> str:
        return "Schoolsafety"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A name in case none was given."""
        return gettext("My passkey")
