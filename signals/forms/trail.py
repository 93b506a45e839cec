"""What somebody fills in to narrow the trail, or to check it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals.forms.fields import DateInput
from signals.kinds import Kind
from signals.trail_filter import Filters

PASTE = 100_000  # characters: some hundreds of notes
WRONG_DAY = _("Fill in a day, such as 31-12-2026.")


class TrailForm(forms.Form):
    """The filters of the trail. What is unknown finds nothing; only a day that is no day is an error."""

    partial = True  # nothing here is asked, so nothing needs the word "optional"

    person = forms.Field(label=_("Who"), required=False)
    case = forms.Field(
        label=_("Case"), required=False, widget=forms.TextInput(attrs={"maxlength": 12, "autocomplete": "off"})
    )
    kind = forms.Field(label=_("What kind"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput, error_messages={"invalid": WRONG_DAY})
    until = forms.DateField(
        label=_("Until and including"), required=False, widget=DateInput, error_messages={"invalid": WRONG_DAY}
    )
    refused = forms.BooleanField(label=_("Only what was refused"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.label) for kind in Kind]
        asked = self.data.get("person", "")
        if asked and asked not in dict(people):
            people = [*people, (asked, gettext("Somebody who is not in the list"))]
        self.fields["person"].widget = forms.Select(choices=[("", _("Everybody")), *people])
        self.fields["kind"].widget = forms.Select(choices=[("", _("Everything")), *kinds])
        self.fields["case"].help_text = _("The reference, such as 7K3M-9QXD-T4.")
        self.fields["refused"].widget = forms.CheckboxInput(attrs={"value": "1"})
        if len(people) < 2 and not asked:
            del self.fields["person"]

    def clean_refused(self) -> bool:
        return self.data.get("refused", "") in ("1", "on", "true")

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("This day lies before the first day. Turn them round."))
        if until == date.max:
            self.add_error("until", gettext("This day is too far away. Check the year."))
        return self.cleaned_data

    def filters(self) -> Filters:
        """What was filled in."""
        data = self.cleaned_data
        return Filters(
            person=(data.get("person") or "").strip(),
            case=(data.get("case") or "").strip().upper(),
            kind=data.get("kind") or "",
            since=data["since"],
            until=data["until"],
            refused=data["refused"],
        )


class PasteForm(forms.Form):
    """A mailed seal or a receipt, as it came."""

    pasted = forms.CharField(
        label=_("Paste a mailed seal or a receipt here"),
        max_length=PASTE,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("The whole text of the mail is fine too. It may hold several."),
        error_messages={"required": _("Paste the text of a seal or a receipt first.")},
    )


class ProofForm(forms.Form):
    """The event to prove."""

    event = forms.UUIDField(
        label=_("Reference of the event"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It stands on a receipt and in an export of the logbook."),
        error_messages={
            "required": _("Fill in the reference of an event."),
            "invalid": _("This is not the reference of an event. Copy all of it, with the dashes."),
        },
    )


class GrowthForm(forms.Form):
    """The two sizes between which a log must only have grown."""

    log = forms.ChoiceField(label=_("Log"), error_messages={"invalid_choice": _("Choose one of your logs.")})
    old = forms.IntegerField(label=_("Number of events then"), min_value=1, max_value=10**15)
    new = forms.IntegerField(label=_("Number of events later"), min_value=1, max_value=10**15)

    def __init__(self, *args: Any, logs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        log = self.fields["log"]
        assert isinstance(log, forms.ChoiceField)  # noqa: S101 - for the type checker
        log.choices = [(name, name) for name in logs]
