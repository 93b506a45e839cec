"""The forms of contacts and of the school calendar."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.hours import WEEKDAYS, Hours
from accounts.models import Region, User
from escalation.texts import day_name

LONGEST = timedelta(days=92)


class Clock(forms.TimeInput):
    """A time as the browser asks for it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%H:%M")


class ContactForm(forms.Form):
    """Who, on which number or address (at least one of the two), when, and who keeps it right."""

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
    days = forms.MultipleChoiceField(
        label=_("On which days can they be reached?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave the days and times empty if you don't know."),
    )
    opens = forms.TimeField(label=_("From what time"), required=False, widget=Clock)
    closes = forms.TimeField(
        label=_("Until what time"),
        required=False,
        widget=Clock,
        help_text=_("Day and night: tick all days, from 00:00 until 23:59."),
    )
    owner = forms.ChoiceField(
        label=_("Who keeps this contact right?"),
        help_text=_("They get a mail when it has not been checked for half a year."),
    )
    for_all = forms.ChoiceField(label=_("For whom is this contact?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, owners: Iterable[User], place: str = "", **kwargs: Any) -> None:
        """owners: who can keep it. place: in words, where else it can hold; empty asks nothing."""
        super().__init__(*args, **kwargs)
        self.owners = {user.reference: user for user in owners}
        self.fields["days"].choices = [(str(day), capfirst(day_name(day))) for day in WEEKDAYS]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [(key, user.name) for key, user in self.owners.items()]  # type: ignore[attr-defined]
        if place:
            self.fields["for_all"].choices = [("", _("This school alone")), ("yes", place)]  # type: ignore[attr-defined]
            self.fields["for_all"].required = False
        else:
            del self.fields["for_all"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if not data.get("phone") and not data.get("email") and {"phone", "email"}.isdisjoint(self.errors):
            self.add_error("phone", gettext("Fill in a phone number or an e-mail address."))
        data["owner"] = self.owners.get(data.get("owner", ""))
        data["hours"] = self._hours()
        return data

    def _hours(self) -> Hours | None:
        data = self.cleaned_data
        days, opens, closes = data.get("days"), data.get("opens"), data.get("closes")
        if not {"days", "opens", "closes"}.isdisjoint(self.errors) or not (days or opens or closes):
            return None
        if not days:
            self.add_error("days", gettext("Choose the days to which these times belong."))
        elif opens is None or closes is None:
            self.add_error("closes" if opens else "opens", gettext("Fill in both times."))
        elif opens >= closes:
            self.add_error("closes", gettext("The end must be later than the start."))
        else:
            return Hours({int(day): (opens, closes) for day in days})
        return None


class CalendarForm(forms.Form):
    """The region of the school holidays, and for each weekday from when until when the school is open."""

    region = forms.ChoiceField(
        label=_("Region of the school holidays"),
        required=False,
        choices=[("", _("None: open in school holidays")), *Region.choices],
        help_text=_("Childcare and higher education usually have none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEKDAYS:
            name = day_name(day)
            opens = forms.TimeField(required=False, widget=Clock, label=gettext("%(day)s from") % {"day": name})
            closes = forms.TimeField(required=False, widget=Clock, label=gettext("%(day)s until") % {"day": name})
            self.fields[f"opens_{day}"], self.fields[f"closes_{day}"] = opens, closes

    def week(self) -> list[dict[str, Any]]:
        """For the template: each day with its two fields."""
        return [
            {"name": capfirst(day_name(day)), "fields": [self[f"opens_{day}"], self[f"closes_{day}"]]}
            for day in WEEKDAYS
        ]

    def clean(self) -> dict[str, Any]:
        super().clean()
        found: dict[int, tuple[time, time]] = {}
        for day in WEEKDAYS:
            opens, closes = self.cleaned_data.get(f"opens_{day}"), self.cleaned_data.get(f"closes_{day}")
            if self.errors.keys() & {f"opens_{day}", f"closes_{day}"} or not (opens or closes):
                continue
            if opens is None or closes is None:
                field = f"closes_{day}" if opens else f"opens_{day}"
                self.add_error(field, gettext("Fill in both times of %(day)s.") % {"day": day_name(day)})
            elif opens >= closes:
                words = gettext("On %(day)s the end must be later than the start.") % {"day": day_name(day)}
                self.add_error(f"closes_{day}", words)
            else:
                found[day] = (opens, closes)
        if not found and not self.errors:
            self.add_error("opens_0", gettext("Fill in at least one day on which the school is open."))
        self.cleaned_data["hours"] = Hours(found) if found else None
        return self.cleaned_data


class ClosingForm(forms.Form):
    """Days on which the school is closed."""

    label = forms.CharField(
        label=_("What is it?"),
        min_length=2,
        max_length=60,
        help_text=_("For example: study day, extra week in May. No names."),
        error_messages={"required": _("Fill in what it is.")},
    )
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Fill in the first day.")},
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Leave empty for one day."),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        starts, ends = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if starts and "ends_on" not in self.errors:
            ends = self.cleaned_data["ends_on"] = ends or starts
            if ends < starts:
                self.add_error("ends_on", gettext("The last day can't be before the first."))
            elif ends - starts > LONGEST:
                self.add_error("ends_on", gettext("That is longer than three months. Enter a shorter period."))
        return self.cleaned_data
