"""The forms of the second step: django-allauth's, with errors that say what to do and events of what failed."""

import struct
from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.events import account_event
from audit.actions import Action

NO_PASSKEY = _("This passkey did not work. Try again, or choose another way.")
FILL_IN = _("Fill in the code.")
CODE = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
NAME = 60
LARGEST = 65_536  # characters; with the certificates of a security key it is a few thousand
# What parsing raises for bytes that no browser sends.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, struct.error)


class _CodeMixin:
    """The box for a code; `failed` is recorded when it is not right, or tried too often."""

    failed: Action | None = None
    first = True  # nothing on the page comes before it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        box = self.fields["code"]  # type: ignore[attr-defined]
        box.label, box.error_messages["required"] = _("Code"), FILL_IN
        box.widget.attrs = CODE | ({"autofocus": True} if self.first else {})

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError as error:
            _record_failure(self.failed, self.user, error)  # type: ignore[attr-defined]
            raise


class AuthenticateForm(_CodeMixin, base.AuthenticateForm):  # type: ignore[misc]
    """At log-in: a code of the app, or a recovery code."""

    failed = Action.FACTOR_FAILED


class ReauthenticateForm(_CodeMixin, base.ReauthenticateForm):  # type: ignore[misc]
    """The same, for somebody who is asked again."""

    failed = Action.CONFIRM_FAILED


class ActivateTOTPForm(_CodeMixin, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app; it does not work a second time to log in."""

    first = False

    def clean_code(self) -> str:
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


class CredentialField(forms.JSONField):
    """What the browser hands over for a passkey: one JSON object, and not a large one."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(error_messages={"required": NO_PASSKEY, "invalid": NO_PASSKEY})

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value) if len(value or "") <= LARGEST else None
        except RecursionError:
            found = None
        if not isinstance(found, dict):
            raise ValidationError(NO_PASSKEY, code="required")
        return found


class _CredentialMixin(forms.Form):
    """A form with a passkey; `failed` is recorded when it is not right."""

    failed: Action | None = None
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            _record_failure(self.failed, self.user, error)  # type: ignore[attr-defined]
            raise _of_passkey(error) from error
        except MALFORMED as error:
            wrong = ValidationError(NO_PASSKEY, code="malformed")
            _record_failure(self.failed, self.user, wrong)  # type: ignore[attr-defined]
            raise wrong from error
        return found


class AuthenticateWebAuthnForm(_CredentialMixin, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    failed = Action.FACTOR_FAILED


class ReauthenticateWebAuthnForm(_CredentialMixin, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    failed = Action.CONFIRM_FAILED


class LoginWebAuthnForm(_CredentialMixin, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Logging in with a passkey alone. Whose it would be is not proven, so a failure is nobody's."""


class AddWebAuthnForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. It always asks for a finger, face or PIN, so that it is two steps in one."""

    passwordless = None
    credential = CredentialField()
    name = forms.CharField(
        label=_("Name"), required=False, max_length=NAME, help_text=_("So that you know it again: “my phone”.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValidationError as error:
            raise _of_passkey(error) from error
        except MALFORMED as error:
            raise ValidationError(NO_PASSKEY, code="malformed") from error


class EditWebAuthnForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=NAME, error_messages={"required": _("Fill in a name.")})


def _of_passkey(error: ValidationError) -> ValidationError:
    """The same error in words about a passkey: django-allauth speaks of a code."""
    return ValidationError(NO_PASSKEY, code=error.code) if error.code == "incorrect_code" else error


def _record_failure(action: Action | None, user: Any, error: ValidationError) -> None:
    if action is not None:
        account_event(action, user, refused=True, rule=str(error.code or ""))
