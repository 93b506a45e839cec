"""Opening a case by break-glass, and looking into it afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.references import is_reference
from signals.forms.fields import LineField, StoryField
from signals.models.rights import REASON_LENGTH


class GlassForm(forms.Form):
    """The number of a case, as somebody gave it by telephone, and why it can't wait."""

    reference = LineField(
        label=_("Case number"),
        max_length=40,
        help_text=_("As in 7K3M-9QXD-T4. Capitals, dashes and spaces don't matter."),
        error_messages={"required": _("Fill in the number of the case.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    reason = StoryField(
        label=_("Why do you have to read this now?"),
        rows=4,
        min_length=REASON_LENGTH,
        help_text=_("At least 30 characters. Write it for somebody who was not there."),
        error_messages={
            "required": _("Write down why you have to read this now."),
            "min_length": _("Write a little more: at least 30 characters, so that others can follow it later."),
        },
    )

    def clean_reference(self) -> str:
        found = normalised(self.cleaned_data["reference"])
        if not is_reference(found):
            raise forms.ValidationError(gettext("This is not a whole case number. It looks like 7K3M-9QXD-T4."))
        return found


class ReviewForm(forms.Form):
    """What came of looking into it."""

    review = StoryField(
        label=_("What did you find?"),
        rows=4,
        min_length=10,
        help_text=_("Whom you spoke to, whether it was needed, and what you agreed on."),
        error_messages={
            "required": _("Write down what you found."),
            "min_length": _("Write a little more, so that others can follow it later."),
        },
    )


def normalised(text: Any) -> str:
    """A case number as it is stored, from what was typed: "7k3m 9qxdt4" is 7K3M-9QXD-T4."""
    signs = "".join(sign for sign in str(text).upper() if sign.isalnum())
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"
