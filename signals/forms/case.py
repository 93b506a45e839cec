"""What a handler fills in: notes, outcomes of steps, reasons, the closing."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.fields import OLDEST, DateInput, LineField, StoryField, TimeInput, at, in_future
from signals.models.case import CaseOutcome
from signals.models.step import Ground
from signals.services.steps import Done


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
    field_order = ("applies", "reason")


class DoneForm(forms.Form):
    """What was done, when, by whom, with whom, and what was shared."""

    happened_on = forms.DateField(
        label=_("Which day was it done?"),
        widget=DateInput,
        error_messages={"required": _("Fill in on which day it was done.")},
    )
    happened_time = forms.TimeField(
        label=_("What time?"),
        widget=TimeInput,
        error_messages={"required": _("Fill in at what time it was done. A guess is fine.")},
    )
    by_whom = LineField(label=_("Who did it?"), max_length=120, error_messages={"required": _("Fill in who did it.")})
    with_whom = LineField(
        label=_("Whom did they speak to?"), max_length=200, required=False, help_text=_("Name and function.")
    )
    reference_number = LineField(label=_("Their reference number"), max_length=80, required=False)
    shared = StoryField(
        label=_("What was shared?"),
        rows=4,
        required=False,
        help_text=_("Exactly what was told or handed over. Leave empty when nothing was shared."),
    )
    ground = forms.ChoiceField(label=_("On what ground was it shared?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = self.fields["ground"]
        assert isinstance(ground, forms.ChoiceField)  # noqa: S101 - for the type checker
        ground.choices = [("", _("Nothing was shared")), *((code, capfirst(label)) for code, label in Ground.choices)]
        now = timezone.localtime()
        self.fields["happened_on"].initial = now.date()
        self.fields["happened_time"].initial = now.time().replace(second=0, microsecond=0)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        day, moment = data.get("happened_on"), data.get("happened_time")
        if day and day < OLDEST:
            self.add_error("happened_on", gettext("This day is too long ago. Check the year."))
        if day and moment and in_future(day, moment):
            self.add_error("happened_on", gettext("This moment has yet to come. Choose a moment in the past."))
        if data.get("shared") and not data.get("ground") and "ground" not in self.errors:
            self.add_error("ground", gettext("Choose on what ground it was shared."))
        return data

    def done(self) -> Done:
        """The cleaned content as the service wants it."""
        data = self.cleaned_data
        return Done(
            happened_at=at(data["happened_on"], data["happened_time"]),
            by_whom=data["by_whom"],
            with_whom=data["with_whom"],
            reference_number=data["reference_number"],
            shared=data["shared"],
            ground=data["ground"] if data["shared"] else "",
        )


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
