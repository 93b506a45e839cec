"""Handing a case over, and an absence with a deputy."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from signals.forms.case import ReasonForm
from signals.forms.fields import DateInput, StoryField, check_year
from signals.models import Absence


def choices_of(people: Iterable[User], away: Mapping[int, Absence] | None = None) -> list[tuple[str, str]]:
    """By reference; of who is away, until when and who stands in."""
    return [(user.reference, _called(user, (away or {}).get(user.pk))) for user in people]


def _called(user: User, absence: Absence | None) -> str:
    if absence is None:
        return user.name
    words = {"name": user.name, "day": date_format(absence.ends_on, "j F"), "deputy": absence.deputy.name}
    return gettext("%(name)s (away until %(day)s, %(deputy)s stands in)") % words


class PeopleForm(forms.Form):
    """A form in which colleagues are chosen, by their reference."""

    def __init__(
        self, *args: Any, people: Sequence[User], away: Mapping[int, Absence] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_reference = {user.reference: user for user in people}
        for name in self.fields:
            if name.startswith(("to", "assignee", "user", "deputy")):
                self.fields[name].choices = [("", gettext("Choose a colleague")), *choices_of(people, away)]  # type: ignore[attr-defined]

    def person(self, name: str) -> User | None:
        """Whom somebody chose, once the form is valid."""
        return self.by_reference.get(self.cleaned_data[name])


class HandOverForm(PeopleForm):
    """Whom to ask, and what they have to know."""

    to = forms.ChoiceField(
        label=_("Who takes it over?"), error_messages={"required": _("Choose who takes this case over.")}
    )
    text = StoryField(
        label=_("What do they have to know?"),
        rows=4,
        min_length=10,
        help_text=_("Your colleague reads this, and it stays with the case."),
        error_messages={
            "required": _("Write down why you hand it over and what is waiting."),
            "min_length": _("Write a little more, so that others can follow it later."),
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class RefuseForm(ReasonForm):
    """Why one does not take a case over. `asked`: the question on the screen."""

    asked = forms.CharField(max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why not?")


class AbsenceForm(PeopleForm):
    """Who is away, from when until when, and who stands in."""

    user = forms.ChoiceField(label=_("Who is away?"), error_messages={"required": _("Choose who is away.")})
    starts_on = forms.DateField(
        label=_("From"), widget=DateInput, error_messages={"required": _("Fill in the first day.")}
    )
    ends_on = forms.DateField(
        label=_("Until and including"), widget=DateInput, error_messages={"required": _("Fill in the last day.")}
    )
    deputy = forms.ChoiceField(
        label=_("Who stands in?"),
        help_text=_("Somebody who handles these cases already. Nobody gets to see more by it."),
        error_messages={"required": _("Choose who stands in.")},
    )

    def clean_starts_on(self) -> date:
        check_year(self.cleaned_data["starts_on"])
        return cast(date, self.cleaned_data["starts_on"])

    def clean_ends_on(self) -> date:
        check_year(self.cleaned_data["ends_on"])
        return cast(date, self.cleaned_data["ends_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and (last < first or last < timezone.localdate()):
            self.add_error("ends_on", gettext("Choose a last day that is not over, and not before the first."))
        if data.get("user") and data.get("user") == data.get("deputy"):
            self.add_error("deputy", gettext("Choose somebody else: this is who is away."))
        return data
