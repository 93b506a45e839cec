"""The question about whom something is, on the forms of a case that is about several people."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.about import Involved
from signals.models.signal import PersonRole


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
