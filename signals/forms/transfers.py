"""Taking a report to another case, splitting it off, or putting the whole case with another one."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.case import ReasonForm
from signals.models import Case

ALL, BY_NUMBER, OWN = "all", "number", "own"


class TransferForm(ReasonForm):
    """What goes, where to, and why. `key` makes a second click harmless."""

    what = forms.ChoiceField(
        label=_("What do you want to move?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to move.")},
    )
    where = forms.ChoiceField(
        label=_("Where does it go?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where it goes.")},
    )
    number = forms.CharField(
        label=_("Number of the other case"),
        required=False,
        max_length=40,
        help_text=_("Only needed for another case, by its number. For example 7K3M-9QXD-T4."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("what", "where", "number", "reason", "key")

    def __init__(
        self,
        *args: Any,
        reports: Sequence[tuple[str, str]],
        cases: Sequence[tuple[str, str]],
        find: Callable[[str], Case | None],
        **kwargs: Any,
    ) -> None:
        """reports, cases: value and label. find: the case of a number, if this person may put something with it."""
        super().__init__(*args, **kwargs)
        self.find = find
        self.fields["key"].initial = uuid.uuid4
        self.fields["reason"].label = _("Why?")
        whole = (ALL, gettext("The whole case: it becomes one with the other"))
        own = [(OWN, gettext("A new case of its own"))]
        several = len(reports) > 1
        places = [*cases, (BY_NUMBER, gettext("Another case, by its number")), *(own if several else [])]
        self.fields["what"].choices = [*reports, whole] if several else [whole]  # type: ignore[attr-defined]
        self.fields["where"].choices = places  # type: ignore[attr-defined]
        if not several:
            self.fields["what"].initial = ALL
            self.fields["what"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        where, data["target"] = data.get("where"), None
        if where == OWN and data.get("what") == ALL:
            self.add_error("where", gettext("The whole case is a case of its own already. Choose one report."))
        elif where and where != OWN:
            field = "number" if where == BY_NUMBER else "where"
            data["target"] = self.find(data.get("number", "") if where == BY_NUMBER else where)
            if data["target"] is None:
                self.add_error(field, gettext("Choose an open case of the same school that you handle."))
        return data
