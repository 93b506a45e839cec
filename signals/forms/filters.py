"""The name of a filter that somebody keeps."""

from django import forms
from django.utils.translation import gettext_lazy as _

from signals.models.saved import NAME


class FilterNameForm(forms.Form):
    """One name."""

    partial = True  # nothing else is asked, so nothing needs the word "optional"

    name = forms.CharField(
        label=_("Name of the filter"),
        max_length=NAME,
        help_text=_("For example: my cases at Veilig Thuis. No names of pupils."),
        error_messages={"required": _("Give the filter a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
