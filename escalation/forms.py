"""The contact form."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField


class ContactForm(forms.Form):
    """Who, on which number or address; at least one of the two."""

    name = forms.CharField(
        label=_("Name and function"),
        min_length=2,
        max_length=120,
        help_text=_("As the teacher will see it."),
        error_messages={"required": _("Fill in a name and a function.")},
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        required=False,
        region="NL",
        error_messages={"invalid": _("This is not a phone number. Write it like 030 123 45 67 or 06 12 34 56 78.")},
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if not data.get("phone") and not data.get("email") and not self.errors:
            self.add_error("phone", gettext("Fill in a phone number or an e-mail address."))
        return data
