"""The people of a case: about whom something is, their role, and who is added."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from signals.about import Involved
from signals.forms.fields import LineField
from signals.models.signal import PersonRole
from signals.people import Found, find
from signals.services.persons import Newcomer


def ask_whom(form: forms.Form, people: Sequence[Involved]) -> None:
    """Add the question, unless there is but one answer to it."""
    if len(people) < 2 or "whom" in form.fields:
        return
    form.fields["whom"] = forms.ChoiceField(
        label=_("About whom is this?"),
        required=False,
        choices=[("", gettext("About the whole case")), *((one.reference, one.name) for one in people)],
        help_text=_("What is about one person also stands in the view of that person. It can't be changed later."),
        error_messages={"invalid_choice": _("This person is no longer in the case. Choose again.")},
    )


def chosen(form: forms.Form, people: Sequence[Involved]) -> str:
    """The key of whom somebody chose in a form that is valid; empty: the whole case."""
    reference = form.cleaned_data.get("whom") or ""
    return next((one.key for one in people if reference in one.references), "")


class RoleForm(forms.Form):
    """What somebody is in the case."""

    role = forms.ChoiceField(label=_("Role in this case"), choices=PersonRole.choices)


class PersonForm(forms.Form):
    """Who else belongs in a case: somebody on the lists of its school, or somebody who is described; and what they are.

    Args:
        school: the school of the case.
        loses: what a colleague can't open any more by it, in sentences. That is shown first, and has to be ticked: a
            witness who handles the case would lose it without a word.
    """

    person = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    person_query = LineField(
        required=False,
        max_length=80,
        label=_("Search by name"),
        help_text=_("Pupils and colleagues of this school are found."),
    )
    description = LineField(
        required=False,
        max_length=500,
        label=_("Or describe this person"),
        help_text=_("A parent, a neighbour, somebody from outside: who it is, as far as you know."),
    )
    role = forms.ChoiceField(
        label=_("Role in this case"),
        choices=PersonRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what this person is in the case.")},
    )
    sure = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)  # of whom one knows it
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, school: School, loses: Callable[[User], list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.loses = school, loses
        self.lost: list[str] = []
        self.fields["key"].initial = uuid.uuid4

    @property
    def chosen_person(self) -> Found | None:
        """The person that was picked, if they are at the school."""
        return find(str(self["person"].value() or "")[:40], [self.school])

    def clean_person(self) -> Found | None:
        found = find(self.cleaned_data["person"], [self.school])
        if self.cleaned_data["person"] and found is None:
            raise forms.ValidationError(gettext("Choose a person from the list, or describe them."))
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        found, described = data.get("person"), data.get("description")
        if found and described:
            self.add_error("description", gettext("Choose a person from the list or describe them, not both."))
        elif not found and not described and not self.errors.keys() & {"person", "description"}:
            self.add_error("description", gettext("Search for the person, or describe in a few words who it is."))
        self._check_sure(found)
        return data

    def _check_sure(self, found: Found | None) -> None:
        self.lost = self.loses(found.user) if found and found.user else []
        if found and self.lost and self.cleaned_data.get("sure") != found.value:
            words = {"name": found.name}
            self.add_error("sure", gettext("Read what changes for %(name)s, and tick that they may lose this.") % words)

    def newcomer(self) -> Newcomer:
        """Who is added, of a form that is valid."""
        found: Found | None = self.cleaned_data["person"]
        if found:
            return Newcomer(pupil=found.pupil, user=found.user)
        return Newcomer(description=self.cleaned_data["description"])
