"""The first page of a report: whom, what, what happened, when."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from escalation.protocol import current_protocol
from escalation.texts import say
from signals.forms.fields import (
    OLDEST,
    DateInput,
    DayField,
    LineField,
    SharedFields,
    StoryField,
    TimeInput,
    in_future,
    own,
    own_choices,
)
from signals.forms.paper import PaperForm
from signals.people import Found, find

STAFF_ROLES = frozenset({"staff", "principal"})


@dataclass(frozen=True)
class Choice:
    """One radio button of the concern list."""

    value: str
    label: str
    hint: str
    checked: bool
    id: str


class ConcernForm(PaperForm):
    """Whom, what, what happened and when.

    Args:
        user: the writer.
        schools: the schools the writer may write for.
        partial: True when a draft is only kept; then nothing is required.
    """

    school = forms.ChoiceField(label=_("School"))
    subject_role = forms.ChoiceField(label=_("Whom is it about?"), widget=forms.RadioSelect, initial="pupil")
    person = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    person_query = LineField(required=False, max_length=80, label=_("Search by name"))
    subject_description = LineField(
        required=False,
        max_length=500,
        label=_("Or describe this person"),
        help_text=_("When you don't know the name: how old, what they look like, where you saw them."),
    )
    concern = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about. Not sure? Choose what comes closest.")},
    )
    observed = StoryField(
        label=_("What did you see or hear yourself?"),
        help_text=_("Where, when, who was there. Words that were said between quotation marks."),
        error_messages={
            "required": _("Write down what you saw or heard. One sentence is enough; you can add more later.")
        },
    )
    told = StoryField(
        required=False,
        rows=3,
        label=_("What did others say?"),
        help_text=_("Who said it, and how they know. Initials are enough for other pupils."),
    )
    opinion = StoryField(required=False, rows=3, label=_("What do you think of it?"))
    against = StoryField(
        required=False,
        rows=3,
        label=_("What speaks against it?"),
        help_text=_("What goes well, or another explanation."),
    )
    happened_on = DayField(
        label=_("Which day did it happen?"),
        widget=DateInput,
        error_messages={
            "required": _("Fill in when it happened. Not sure? Choose the most likely day and tick 'about'.")
        },
    )
    happened_time = forms.TimeField(required=False, label=_("What time?"), widget=TimeInput)
    happened_about = forms.BooleanField(required=False, label=_("About; I am not sure of the day or time"))
    known_on = DayField(
        label=_("Which day did the school get to know?"),
        widget=DateInput,
        error_messages={"required": _("Fill in when you or a colleague first knew about it.")},
    )
    known_time = forms.TimeField(required=False, label=_("What time?"), widget=TimeInput)

    def __init__(self, *args: Any, user: User, schools: list[School], partial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.schools, self.partial = user, schools, partial
        self.show_school = len(schools) > 1
        own_choices(self.fields["school"], [(school.reference, school.name) for school in schools])
        for name, field in _listed(current_protocol().version, get_language()).items():
            self.fields[name] = own(field)
        self.fit_paper(schools=schools, user=user)
        today = timezone.localdate()
        self.fields["happened_on"].initial = self.fields["known_on"].initial = today
        if schools:
            self.fields["school"].initial = schools[0].reference
        self.fields["school"].required = self.show_school
        if partial:
            for field in self.fields.values():
                field.required = False

    @property
    def concern_groups(self) -> list[tuple[str, list[Choice]]]:
        """The concerns under their headings, for the template."""
        protocol, picked = current_protocol(), self["concern"].value()
        return [
            (
                say(group.name),
                [
                    Choice(code, say(label.name), say(label.hint), code == picked, f"id_concern_{code}")
                    for code, label in protocol.concerns.items()
                    if label.group == key
                ],
            )
            for key, group in protocol.concern_groups.items()
        ]

    def find(self, value: str) -> Found | None:
        """The person behind a value of the form."""
        return find(value, self.schools)

    @property
    def chosen_person(self) -> Found | None:
        """The person that was picked, if it is one of a school of the writer."""
        return self.find(str(self["person"].value() or ""))

    def clean_school(self) -> School:
        wanted = self.cleaned_data["school"] or (self.schools[0].reference if self.schools else "")
        for school in self.schools:
            if school.reference == wanted:
                return school
        raise ValidationError(gettext("Choose your school."))

    def clean_person(self) -> Found | None:
        value = self.cleaned_data["person"]
        found = self.find(value)
        if value and found is None:
            raise ValidationError(gettext("Choose a person from the list, or describe them."))
        if found and found.user == self.user:
            raise ValidationError(gettext("You can't write a report about yourself."))
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_person()
        self._check_moments()
        if self.from_paper:
            self.check_paper(partial=self.partial)
        return self.cleaned_data

    def _check_person(self) -> None:
        found: Found | None = self.cleaned_data.get("person")
        role = self.cleaned_data.get("subject_role")
        school = self.cleaned_data.get("school")
        if found and school and school.pk not in found.school_ids:
            self.add_error("person_query", gettext("This person is not at the school you chose."))
        if found and role and (found.user is not None) != (role in STAFF_ROLES):
            self.add_error("subject_role", gettext("This does not fit the person you chose. Choose again."))
        missing = not found and not self.cleaned_data.get("subject_description")
        if missing and not self.partial and "person" not in self.errors:
            self.add_error(
                "subject_description",
                gettext("Search for the person, or describe in a few words whom it is about."),
            )

    def _check_moments(self) -> None:
        data = self.cleaned_data
        for name in ("happened", "known", "paper"):
            day, moment = data.get(f"{name}_on"), data.get(f"{name}_time")
            if day and day < OLDEST:
                self.add_error(f"{name}_on", gettext("This day is too long ago. Check the year."))
            elif day and in_future(day, moment):
                field = f"{name}_on" if day > timezone.localdate() else f"{name}_time"
                self.add_error(field, gettext("This moment has yet to come. Choose a moment in the past."))
        if _later(data, "happened", "paper"):
            self.add_error("paper_on", gettext("It can't have been written before it happened. Change one of the two."))
        if _later(data, "happened", "known"):
            self.add_error(
                "known_on",
                gettext("The school can't have known before it happened. Change one of the two moments."),
            )


ConcernForm.base_fields = SharedFields(ConcernForm.base_fields)


@lru_cache(maxsize=16)
def _listed(_version: str, _language: str | None) -> dict[str, forms.Field]:
    """The fields with the lists of the protocol, made once for each language."""
    protocol, made = current_protocol(), {}
    for name, labels in (("subject_role", protocol.subject_roles), ("concern", protocol.concerns)):
        made[name] = own(ConcernForm.base_fields[name])
        own_choices(made[name], [(code, say(label.name)) for code, label in labels.items()])
    return made


def _later(data: dict[str, Any], first: str, second: str) -> bool:
    """True when the first moment lies after the second; times count only when both are there."""
    day, other = data.get(f"{first}_on"), data.get(f"{second}_on")
    if not day or not other:
        return False
    if day != other:
        return bool(day > other)
    moment, later = data.get(f"{first}_time"), data.get(f"{second}_time")
    return bool(moment and later and moment > later)
