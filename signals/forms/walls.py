"""Putting a wall around a case by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.case import ReasonForm

BOARD = "board"


class WallForm(ReasonForm):
    """Why, who goes on with the case, and perhaps who may never see it."""

    keeper = forms.ChoiceField(
        label=_("Who goes on with it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who goes on with this case.")},
    )
    bar = forms.ChoiceField(
        label=_("A colleague who must be kept out"),
        required=False,
        help_text=_("For example a parent of the pupil. They never see this case, whatever their role."),
    )
    field_order = ("reason", "keeper", "bar")

    def __init__(
        self, *args: Any, keepers: Sequence[tuple[str, str]], staff: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why does it need a wall?")
        self.fields["keeper"].choices = keepers  # type: ignore[attr-defined]
        self.fields["bar"].choices = [("", gettext("Nobody in particular")), *staff]  # type: ignore[attr-defined]

    def clean_bar(self) -> str:
        bar = str(self.cleaned_data["bar"])
        if bar and bar == self.cleaned_data.get("keeper"):
            raise forms.ValidationError(gettext("Who goes on with it can't be kept out. Choose somebody else."))
        return bar
