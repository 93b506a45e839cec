"""Sharing a case: with whom, to do what, why, and until when."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from signals import rules
from signals.colleagues import Colleague, find
from signals.forms.case import ReasonForm
from signals.forms.fields import DateInput, LineField
from signals.models import Case
from signals.models.rights import Level


class ShareForm(ReasonForm):
    """One colleague, a level, a reason and a last day.

    Args:
        case: what is shared; only who can receive it is accepted.
    """

    colleague = forms.CharField(
        max_length=40,
        widget=forms.HiddenInput,
        error_messages={"required": _("Search for a colleague and choose one.")},
    )
    colleague_query = LineField(required=False, max_length=80, label=_("Search for a colleague by name"))
    level = forms.ChoiceField(
        label=_("What may this colleague do?"),
        choices=(
            (Level.READ, _("Only read: the whole case, without changing anything")),
            (Level.CONTRIBUTE, _("Read and add: also write notes in the case")),
        ),
        initial=Level.READ,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what your colleague may do.")},
    )
    ends_on = forms.DateField(
        label=_("Until which day?"),
        widget=DateInput,
        error_messages={"required": _("Fill in the last day on which your colleague can open the case.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("colleague", "colleague_query", "level", "reason", "ends_on", "key")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.today = timezone.localdate()
        self.latest = rules.latest_share_day(self.today)
        self.fields["key"].initial = uuid.uuid4
        self.fields["reason"].label = _("Why do you share this case?")
        self.fields["reason"].help_text = _("Your colleague reads this, and it stays with the case.")
        day = self.fields["ends_on"]
        day.initial = self.today + timedelta(days=rules.SHARE_DAYS)
        day.help_text = gettext("It stops by itself after this day. %(day)s at the latest.") % {"day": self.last_day}
        day.widget.attrs.update(min=self.today.isoformat(), max=self.latest.isoformat())

    @property
    def last_day(self) -> str:
        """The latest day that can be chosen, in words."""
        return date_format(self.latest, "j F Y")

    @property
    def chosen(self) -> Colleague | None:
        """The colleague that was picked, if they can receive the case."""
        return find(str(self["colleague"].value() or ""), self.case)

    def clean_colleague(self) -> Colleague:
        found = find(self.cleaned_data["colleague"], self.case)
        if found is None:
            raise ValidationError(gettext("Search for a colleague and choose one."))
        return found

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        if not self.today <= day <= self.latest:
            raise ValidationError(gettext("Choose a day from today until %(day)s.") % {"day": self.last_day})
        return day
