"""A task: what, who and before which day; and what came of it."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escalation.schooldays import Calendar
from signals.forms.fields import FAR, DateInput, StoryField
from signals.forms.handover import PeopleForm
from signals.models.work import Remind
from signals.services.tasks import Wanted
from signals.workdays import next_school_day


class TaskForm(PeopleForm):
    """What, who, before which day. A day on which the school is closed is asked about once."""

    text = StoryField(
        label=_("What has to be done?"),
        rows=3,
        max_length=1000,
        error_messages={"required": _("Write down what has to be done.")},
    )
    assignee = forms.ChoiceField(label=_("Who does it?"), error_messages={"required": _("Choose who does it.")})
    due_on = forms.DateField(
        label=_("Before or on which day?"), widget=DateInput, error_messages={"required": _("Fill in a day.")}
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput, label=_("Keep this day, though it is closed"))
    remind = forms.ChoiceField(
        label=_("When does a mail remind of it?"),
        choices=Remind.choices,
        initial=Remind.DAY_BEFORE,
        widget=forms.RadioSelect,
        help_text=_("The mail holds only the number of the case and a link."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar, self.had = calendar, self.initial.get("due_on")
        self.fields["key"].initial = uuid.uuid4
        if self.is_bound and self.data.get("anyway"):
            self.fields["anyway"].widget = forms.CheckboxInput()

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if day != self.had and not today <= day <= today + FAR:
            raise forms.ValidationError(gettext("Choose today or a day that has yet to come."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("due_on")
        if day and day != self.had and not data.get("anyway") and not self.calendar.is_school_day(day):
            self.fields["anyway"].widget = forms.CheckboxInput()
            self.add_error("due_on", closed_words(day, self.calendar))
        return data

    def wanted(self) -> Wanted:
        person = self.person("assignee")
        if person is None:
            raise ValueError("the form is not valid")
        data = self.cleaned_data
        return Wanted(data["text"], person, data["due_on"], data["remind"])


def closed_words(day: date, calendar: Calendar) -> str:
    """What to do with a day on which the school is closed."""
    words = {"day": date_format(day, "l j F"), "next": date_format(next_school_day(day, calendar), "l j F")}
    text = gettext("The school is closed on %(day)s. The first school day after it is %(next)s.") % words
    choice = gettext("Choose another day, or tick that you keep this one.")
    return f"{text} {choice}"


class TaskEndForm(forms.Form):
    """Done, or not done because."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=(("done", _("It is done")), ("dropped", _("It is not done, because:"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    text = StoryField(label=_("Reason or remark"), rows=3, required=False, help_text=_("Needed when it is not done."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("outcome") == "dropped" and "text" not in self.errors and len(data.get("text", "")) < 10:
            self.add_error("text", gettext("Write down why. Others must be able to follow it later."))
        return data
