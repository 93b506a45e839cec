"""What is asked besides when somebody types a report that was written on paper: by whom, and when."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from signals import people
from signals.forms.fields import DateInput, LineField, PlainForm, TimeInput, own_choices

OTHER = "other"
FIELDS = ("paper_by", "paper_name", "paper_on", "paper_time")


class PaperForm(PlainForm):
    """The part of the concern form that is only there when the report comes from paper."""

    paper = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    paper_by = forms.ChoiceField(
        label=_("Who wrote it?"), error_messages={"required": _("Choose who wrote it, or fill in a name.")}
    )
    paper_name = LineField(
        required=False,
        max_length=120,
        label=_("Or the name of who wrote it"),
        help_text=_("For somebody who has no account here."),
    )
    paper_on = forms.DateField(
        label=_("Which day was it written?"),
        widget=DateInput,
        error_messages={"required": _("Fill in the day that stands on the paper.")},
    )
    paper_time = forms.TimeField(required=False, label=_("What time?"), widget=TimeInput)

    @property
    def from_paper(self) -> bool:
        return "paper_on" in self.fields

    def fit_paper(self, *, schools: list[School], user: User) -> None:
        """Leave the questions about paper out, or fill the list of colleagues. Called when the form is made."""
        given = self.data if self.is_bound else self.initial
        if not given.get("paper"):
            for name in FIELDS:
                del self.fields[name]
            return
        self.writers = {one.reference: one for one in (user, *people.colleagues(schools, but_not=user))}
        others = [(key, one.name) for key, one in self.writers.items() if one != user]
        first = [(OTHER, gettext("Somebody without an account")), (user.reference, gettext("Myself"))]
        own_choices(self.fields["paper_by"], [*first, *others])

    def clean_paper_by(self) -> User | None:
        return self.writers.get(self.cleaned_data["paper_by"])

    def check_paper(self, *, partial: bool) -> None:
        """One writer, who is not whom it is about."""
        data = self.cleaned_data
        writer, name = data.get("paper_by"), data.get("paper_name")
        if writer and name:
            self.add_error("paper_name", gettext("Choose somebody or fill in a name, not both."))
        elif not writer and not name and not partial and "paper_by" not in self.errors:
            self.add_error("paper_name", gettext("Choose who wrote it, or fill in a name."))
        found = data.get("person")
        if writer and found and found.user == writer:
            self.add_error("paper_by", gettext("Somebody can't write a report about themselves."))


def paper_of(data: dict[str, Any]) -> dict[str, Any]:
    """The part of a checked form about the paper, as a report holds it; empty when it does not come from paper."""
    if not data.get("paper_on"):
        return {}
    return {
        "on_paper_by": data["paper_by"],
        "on_paper_by_name": data["paper_name"],
        "on_paper_on": data["paper_on"],
        "on_paper_time": data["paper_time"],
    }
