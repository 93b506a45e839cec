"""What an administrator fills in about people."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import Reach
from accounts.errors import RoleError
from accounts.models import Board, School
from accounts.people import Narrow, place_choices
from accounts.roles import SCHOOL_ROLES, Role
from accounts.services.invitations import Offer

CHOOSE = _("Choose one from the list.")
SHORTEST = 2
HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs")


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _offer(form: forms.Form, name: str, first: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Fill a list to choose from; its first line stands for nothing."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", first), *choices]


class NarrowForm(forms.Form):
    """Which part of the people to show. What it does not know shows everything."""

    place = forms.ChoiceField(label=_("School"), required=False)
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args: Any, within: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "place", gettext("All schools"), place_choices(within))
        _offer(self, "role", gettext("All roles"), Role.choices)
        self.partial = True  # nothing here needs filling in, so no field says that it is optional

    def narrow(self) -> Narrow:
        self.is_valid()
        return Narrow(self.cleaned_data.get("place", ""), self.cleaned_data.get("role", ""))


class SearchForm(NarrowForm):
    """A name or an address; it is sent, so that it stands in no address bar and no log of a server."""

    query = forms.CharField(
        label=_("Name or e-mail address"),
        min_length=SHORTEST,
        max_length=100,
        error_messages={
            "required": _("Fill in a part of a name or of an e-mail address."),
            "min_length": _("Fill in at least two letters."),
        },
    )
    field_order = ("query", "place", "role")


class RoleForm(forms.Form):
    """A role, where, and from when until when."""

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})
    place = forms.ChoiceField(label=_("Where"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})
    starts_on = forms.DateField(
        label=_("First day"),
        widget=DayInput(),
        error_messages={"required": _("Fill in the first day."), "invalid": _("Fill in a day, such as 31-07-2027.")},
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=DayInput(),
        required=False,
        help_text=_("Leave it empty when you don't know yet."),
        error_messages={"invalid": _("Fill in a day, such as 31-07-2027.")},
    )
    field_order = ("name", "email", "role", "place", "starts_on", "ends_on")

    def __init__(self, *args: Any, within: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = within.places()
        _offer(self, "role", gettext("Choose a role"), Role.choices)
        _offer(self, "place", gettext("Choose a school or the board"), place_choices(within))
        self.fields["starts_on"].initial = timezone.localdate

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(gettext("A role starts today or later."))
        return day

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", gettext("The last day can't be before the first one."))
        if data.get("role") and data.get("place"):
            at_school = isinstance(self.places[data["place"]], School)
            if data["role"] in SCHOOL_ROLES and not at_school:
                self.add_error("place", gettext("This role is at a school. Choose which one."))
            if data["role"] not in SCHOOL_ROLES and at_school:
                self.add_error("place", gettext("This role is for the whole board. Choose the board here."))
        return data

    def offer(self) -> Offer:
        """The role that was filled in."""
        data = self.cleaned_data
        place: Board | School = self.places[data["place"]]
        return Offer(data["role"], place, data["starts_on"], data["ends_on"])

    def refuse(self, error: RoleError) -> None:
        """Show what a service did not allow, at its field where there is one."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class InviteForm(RoleForm):
    """Somebody new, with their first role."""

    name = forms.CharField(
        label=_("Name"),
        min_length=2,
        max_length=120,
        help_text=_("As colleagues know this person."),
        error_messages={"required": _("Fill in the name."), "min_length": _("Fill in the whole name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The person's own address at work. The link to start goes there."),
        error_messages={"required": _("Fill in the e-mail address.")},
    )

    def clean_name(self) -> str:
        """One line, without signs that can't be seen: they would make one name look like another."""
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if any(unicodedata.category(sign) in HIDDEN for sign in name):
            raise forms.ValidationError(gettext("This name holds a sign that can't be seen. Type it again."))
        return name

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
