"""The forms of contacts and of the school calendar."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from localflavor.nl.forms import NLZipCodeField
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


class WeekForm(forms.Form):
    """For each weekday from when until when."""

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

    def hours(self) -> Hours | None:
        """What was filled in, None for nothing. Adds an error to the field that doesn't fit with the other."""
        found: dict[int, tuple[time, time]] = {}
        for day in WEEKDAYS:
            opens, closes = self.cleaned_data.get(f"opens_{day}"), self.cleaned_data.get(f"closes_{day}")
            if self.errors.keys() & {f"opens_{day}", f"closes_{day}"} or (opens is None and closes is None):
                continue
            if opens is None or closes is None:
                field = f"opens_{day}" if opens is None else f"closes_{day}"
                self.add_error(field, gettext("Fill in both times of %(day)s.") % {"day": day_name(day)})
            elif opens >= closes:
                words = gettext("On %(day)s the end must be later than the start.") % {"day": day_name(day)}
                self.add_error(f"closes_{day}", words)
            else:
                found[day] = (opens, closes)
        return Hours(found) if found else None


def week_initial(hours: Hours | None) -> dict[str, time]:
    """What stands in a WeekForm before anybody types."""
    found: dict[str, time] = {}
    for day, (opens, closes) in hours.days.items() if hours else ():
        found |= {f"opens_{day}": opens, f"closes_{day}": closes}
    return found


class ContactForm(WeekForm):
    """Who, on which number or address (a number or an e-mail address at least), when, and who keeps it right."""

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
    street = forms.CharField(
        label=_("Street and number, or P.O. box"),
        required=False,
        max_length=120,
        help_text=_("For a letter or a visit."),
    )
    postcode = NLZipCodeField(
        label=_("Postcode"),
        required=False,
        error_messages={"invalid": _("This is not a postcode. Write it like 3511 AB.")},
    )
    town = forms.CharField(label=_("Town"), required=False, max_length=80)
    owner = forms.ChoiceField(
        label=_("Who keeps this contact right?"),
        help_text=_("They get a mail when it has not been checked for half a year."),
    )
    for_all = forms.ChoiceField(label=_("For whom is this contact?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, owners: Iterable[User], place: str = "", **kwargs: Any) -> None:
        """owners: who can keep it. place: in words, where else it can hold; empty asks nothing."""
        super().__init__(*args, **kwargs)
        self.owners = {user.reference: user for user in owners}
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
        self._whole_address()
        data["hours"] = self.hours()
        return data

    def _whole_address(self) -> None:
        """A street without a town reaches nobody; of a town without a street nobody can make an envelope either."""
        parts = ("street", "postcode", "town")
        if any(self.cleaned_data.get(name) for name in parts):
            for name in parts:
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Fill in the whole address: street, postcode and town."))


class CalendarForm(WeekForm):
    """The region of the school holidays, and for each weekday from when until when the school is open."""

    region = forms.ChoiceField(
        label=_("Region of the school holidays"),
        required=False,
        choices=[("", _("None: open in school holidays")), *Region.choices],
        help_text=_("Childcare and higher education usually have none."),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.cleaned_data["hours"] = hours = self.hours()
        if hours is None and not self.errors:
            self.add_error("opens_0", gettext("Fill in at least one day on which the school is open."))
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
