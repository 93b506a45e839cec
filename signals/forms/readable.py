"""Whom, and which day, somebody asks about who answers for the privacy of a board."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.fields import OLDEST, DateInput
from signals.forms.trail import WRONG_DAY


class ReadableForm(forms.Form):
    """A person found by name, and a day that has come."""

    partial = True  # all of it is asked, so nothing needs the word "optional"

    person_query = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=80,
        help_text=_("Type a name. Colleagues who left are found too."),
    )
    person = forms.CharField(required=False, max_length=40)
    day = forms.DateField(
        label=_("Which day"),
        widget=DateInput,
        error_messages={"required": _("Choose a day."), "invalid": WRONG_DAY},
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day still has to come. Choose today or a day before."))
        if day < OLDEST:
            raise forms.ValidationError(gettext("This day is too long ago. Check the year."))
        return day

    def need_person(self, found: Any) -> None:
        """Say that somebody has to be chosen, when nobody is."""
        if found is None:
            self.add_error("person_query", gettext("Search for a name, then choose somebody from the list."))
