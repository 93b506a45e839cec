"""What was done in a step: when, by whom, what was shared of the case, and what the other told."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from escalation.findings import Finding
from signals.forms.fields import OLDEST, DateInput, LineField, StoryField, TimeInput, at, in_future
from signals.models.step import Consent, Ground
from signals.services.steps import Done


class DoneForm(forms.Form):
    """What was done, when, by whom, with whom, and what was shared.

    `consent` is only there for somebody outside, `finding` for who may tell something new, and `about` where it may
    turn out to be about somebody who works here.
    """

    happened_on = forms.DateField(
        label=_("Which day was it done?"),
        widget=DateInput,
        error_messages={"required": _("Fill in on which day it was done.")},
    )
    happened_time = forms.TimeField(
        label=_("What time?"),
        widget=TimeInput,
        error_messages={"required": _("Fill in at what time it was done. A guess is fine.")},
    )
    by_whom = LineField(label=_("Who did it?"), max_length=120, error_messages={"required": _("Fill in who did it.")})
    with_whom = LineField(
        label=_("Whom did they speak to?"), max_length=200, required=False, help_text=_("Name and function.")
    )
    reference_number = LineField(label=_("Their reference number"), max_length=80, required=False)
    pick = forms.MultipleChoiceField(label=_("What was shared?"), required=False)
    shared = StoryField(
        label=_("What else was shared?"),
        rows=2,
        required=False,
        max_length=2000,
        help_text=_("In your own words. Leave empty when nothing else was shared."),
    )
    ground = forms.ChoiceField(label=_("On what ground was it shared?"), required=False)
    consent = forms.ChoiceField(
        label=_("Was consent asked?"),
        required=False,
        choices=[("", _("Nothing personal was shared")), *((code, capfirst(text)) for code, text in Consent.choices)],
    )
    consent_reason = LineField(
        label=_("Why not, or why shared all the same?"),
        max_length=500,
        required=False,
        help_text=_("Only when consent was refused or not asked."),
    )
    finding = forms.ChoiceField(
        label=_("Did they tell something that changes an answer?"),
        required=False,
        help_text=_("The steps are then looked at again at once."),
    )
    about = forms.ChoiceField(
        label=_("Which colleague is it about?"),
        required=False,
        help_text=_("Only if it turns out to be about somebody who works here: they never see this case."),
    )

    def __init__(
        self,
        *args: Any,
        texts: Mapping[str, str],
        outside: bool,
        findings: Sequence[Finding] = (),
        staff: Sequence[tuple[str, str]] = (),
        naming: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """naming: the findings with which one of `staff` can be chosen."""
        super().__init__(*args, **kwargs)
        self.texts, self.naming = texts, naming
        grounds = [("", _("Nothing was shared")), *((code, capfirst(label)) for code, label in Ground.choices)]
        told = [("", gettext("Nothing new")), *((finding.code, finding.label) for finding in findings)]
        self._choose("pick", list(texts.items()))
        self._choose("ground", grounds)
        self._choose("finding", told if findings else [])
        self._choose("about", [("", gettext("Nobody in particular")), *staff] if staff else [])
        if not outside:
            del self.fields["consent"], self.fields["consent_reason"]
        now = timezone.localtime()
        self.fields["happened_on"].initial = now.date()
        self.fields["happened_time"].initial = now.time().replace(second=0, microsecond=0)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        if choices:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def told(self) -> str:
        """Line by line what was shared: what was picked in the order of the case, then one's own words."""
        picked = set(self.cleaned_data.get("pick", ()))
        lines = [text for key, text in self.texts.items() if key in picked]
        return "\n".join([*lines, self.cleaned_data.get("shared", "")]).strip()

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        day, moment = data.get("happened_on"), data.get("happened_time")
        if day and day < OLDEST:
            self.add_error("happened_on", gettext("This day is too long ago. Check the year."))
        if day and moment and in_future(day, moment):
            self.add_error("happened_on", gettext("This moment has yet to come. Choose a moment in the past."))
        if self.told() and not data.get("ground") and "ground" not in self.errors:
            self.add_error("ground", gettext("Choose on what ground it was shared."))
        if data.get("about") and data.get("finding", "") not in self.naming:
            self.add_error("about", gettext("Choose above that there is a suspicion against a member of staff first."))
        if "consent" in self.fields and self._personal() and not self.errors:
            self._check_consent()
        return data

    def _personal(self) -> bool:
        """Whether something about somebody was shared."""
        return bool(self.told()) and self.cleaned_data.get("ground") != Ground.NOTHING_PERSONAL

    def _check_consent(self) -> None:
        data = self.cleaned_data
        if not data["consent"]:
            self.add_error("consent", gettext("Choose whether consent was asked."))
        elif data["ground"] == Ground.CONSENT and data["consent"] != Consent.GIVEN:
            self.add_error("consent", gettext("You chose consent as the ground. Then it was asked, and given."))
        elif data["consent"] != Consent.GIVEN and not data["consent_reason"]:
            self.add_error("consent_reason", gettext("Write down why it was shared without consent."))

    def done(self, staff: Mapping[str, User]) -> Done:
        """The cleaned content as the service wants it. `staff`: colleagues by the value of `about`."""
        data = self.cleaned_data
        about = staff.get(data.get("about", ""))
        consent = data.get("consent", "") if self._personal() else ""
        return Done(
            happened_at=at(data["happened_on"], data["happened_time"]),
            by_whom=data["by_whom"],
            with_whom=data["with_whom"],
            reference_number=data["reference_number"],
            shared=self.told(),
            ground=data["ground"] if self.told() else "",
            consent=consent,
            consent_reason=data["consent_reason"] if consent and consent != Consent.GIVEN else "",
            finding=data.get("finding", ""),
            keep_out=(about,) if about else (),
        )
