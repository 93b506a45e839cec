"""The box in which a case is searched."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from signals.search import LONGEST, SHORTEST, cleaned


class SearchForm(forms.Form):
    """One box. `names`: this person may read stories, so names find cases too."""

    partial = True  # nothing else is asked, so nothing needs the word "optional"

    q = forms.CharField(
        max_length=LONGEST * 10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        box = self.fields["q"]
        box.label = _("Case number, name, or words from a case") if names else _("Case number")
        box.error_messages["required"] = (
            _("Type a case number, a name or a word first.") if names else _("Type a case number first.")
        )

    def clean_q(self) -> str:
        query = cleaned(self.cleaned_data["q"])
        if len(query) < SHORTEST:
            raise forms.ValidationError(_("Type at least two characters."))
        return query
