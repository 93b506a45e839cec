"""The log-in and reset forms of django-allauth, with errors that say what to do."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

FILL_IN_EMAIL = _("Fill in your e-mail address.")
NEW = {"password1": _("Fill in a new password."), "password2": _("Fill in the new password once more.")}


class LoginForm(forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = FILL_IN_EMAIL
        self.fields["password"].error_messages["required"] = _("Fill in your password.")


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]
    """The address to which the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = FILL_IN_EMAIL


class NewPasswordForm(forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice; by a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in NEW.items():
            self.fields[name].error_messages["required"] = words


class ChangePasswordForm(forms.ChangePasswordForm):  # type: ignore[misc]
    """The password of now, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (NEW | {"oldpassword": _("Fill in your password of now.")}).items():
            self.fields[name].error_messages["required"] = words
