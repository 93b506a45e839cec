"""The form in which somebody chooses when to get mail."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Rhythm
from accounts.quiet import Wish

EVENING, MORNING = time(19, 0), time(7, 0)


class Clock(forms.TimeInput):
    """A time as the browser asks for it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%H:%M")


class MessagesForm(forms.Form):
    """How often, and when not."""

    rhythm = forms.ChoiceField(
        label=_("How often do you want mail about cases?"),
        choices=[
            (Rhythm.AT_ONCE, _("Each one at once")),
            (Rhythm.DAILY, _("Together, every day at 8:00")),
            (Rhythm.WEEKLY, _("Together, on Monday at 8:00")),
        ],
        widget=forms.RadioSelect,
        help_text=_("What has to be done today always comes at once."),
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    quiet = forms.BooleanField(label=_("No mail in the evening and at night"), required=False)
    quiet_from = forms.TimeField(label=_("From what time"), required=False, widget=Clock)
    quiet_until = forms.TimeField(label=_("Until what time"), required=False, widget=Clock)
    weekend = forms.BooleanField(label=_("No mail on Saturday and Sunday"), required=False)

    @staticmethod
    def filled(wish: Wish) -> dict[str, Any]:
        """The form as somebody chose before. The usual hours stand in it for who has none yet."""
        start, end = wish.quiet or (EVENING, MORNING)
        return {
            "rhythm": wish.rhythm,
            "quiet": wish.quiet is not None,
            "quiet_from": start,
            "quiet_until": end,
            "weekend": wish.weekend,
        }

    def times(self) -> list[forms.BoundField]:
        """For the template: the two that stand beside each other."""
        return [self["quiet_from"], self["quiet_until"]]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if not data.get("quiet"):
            for name in ("quiet_from", "quiet_until"):
                self.errors.pop(name, None)  # what stands there does not count
            return data
        if not {"quiet_from", "quiet_until"}.isdisjoint(self.errors):
            return data
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if start is None or end is None:
            self.add_error("quiet_from" if start is None else "quiet_until", gettext("Fill in both times."))
        elif start == end:
            self.add_error("quiet_until", gettext("Choose another time than the first."))
        return data

    def wish(self) -> Wish:
        """What was chosen."""
        data = self.cleaned_data
        quiet = (data["quiet_from"], data["quiet_until"]) if data["quiet"] else None
        return Wish(data["rhythm"], quiet, data["weekend"])
