"""What a handler fills in: notes, outcomes of steps, reasons, the closing."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.fields import DateInput, StoryField, check_year
from signals.models.case import CaseOutcome


class TextForm(forms.Form):
    """One text with a key that makes a second click harmless: a note, or an addition to a report."""

    text = StoryField(label=_("Text"), rows=4, error_messages={"required": _("Write something first.")})
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        if label:
            self.fields["text"].label = label


class ReasonForm(forms.Form):
    """A reason, long enough to mean something."""

    reason = StoryField(
        label=_("Reason"),
        rows=4,
        min_length=10,
        error_messages={
            "required": _("Write down why. Others must be able to follow it later."),
            "min_length": _("Write a little more, so that others can follow it later."),
        },
    )


class DeclineForm(ReasonForm):
    """Deciding against a step, or saying that it does not fit this case."""

    applies = forms.ChoiceField(
        label=_("What did you decide?"),
        choices=(
            ("yes", _("We don't take this step")),
            ("no", _("This step does not apply here")),
        ),
        initial="yes",
        widget=forms.RadioSelect,
    )
    look_again_on = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        widget=DateInput,
        help_text=_("On this day it comes back on the desk."),
    )
    field_order = ("applies", "reason", "look_again_on")

    def clean_look_again_on(self) -> date | None:
        day: date | None = self.cleaned_data["look_again_on"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError(gettext("Choose a day that has yet to come."))
        check_year(day)
        if day and self.cleaned_data.get("applies") == "no":
            raise forms.ValidationError(gettext("What does not apply is not looked at again. Leave the day empty."))
        return day


class CloseForm(ReasonForm):
    """The outcome of a case and why it can be closed."""

    outcome = forms.ChoiceField(
        label=_("How does it end?"),
        choices=CaseOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it ends.")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("outcome", "reason", "version")
