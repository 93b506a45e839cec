"""A meeting about a case, and what is added to it."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from signals.forms.fields import FAR, DateInput, LineField, StoryField, TimeInput, at, check_year, in_future
from signals.forms.handover import PeopleForm, choices_of
from signals.services.meetings import Decision, Held, Outsider, Planned

ROWS = 3  # decisions, and people from outside, on one form
HEARD = (("no", _("No: without a name")), ("yes", _("Yes: the name was told")))


class DecisionsForm(PeopleForm):
    """A few rows: what was decided, and perhaps whose task it becomes."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, people=people, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        nobody = ("", gettext("Nobody: no task"))
        for number in range(1, ROWS + 1):
            self.fields[f"decision_{number}"] = StoryField(label=_("Decision"), rows=2, max_length=1000, required=False)
            self.fields[f"assignee_{number}"] = forms.ChoiceField(
                label=_("Task for"), required=False, choices=[nobody, *choices_of(people)]
            )
            self.fields[f"due_on_{number}"] = forms.DateField(
                label=_("Before or on which day?"), required=False, widget=DateInput
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, ROWS + 1):
            self._check(number, data)
        return data

    def _check(self, number: int, data: dict[str, Any]) -> None:
        text, who, day = (data.get(f"{name}_{number}") for name in ("decision", "assignee", "due_on"))
        if (who or day) and not text and f"decision_{number}" not in self.errors:
            self.add_error(f"decision_{number}", gettext("Write down what was decided."))
        if who and not day and f"due_on_{number}" not in self.errors:
            self.add_error(f"due_on_{number}", gettext("Fill in the day before which the task is done."))
        if day and not who:
            self.add_error(f"assignee_{number}", gettext("Choose who does it, or leave the day empty."))
        if day and not timezone.localdate() <= day <= timezone.localdate() + FAR:
            self.add_error(f"due_on_{number}", gettext("Choose today or a day that has yet to come."))

    def decision_rows(self) -> list[list[forms.BoundField]]:
        """The fields of each row, for the page."""
        names = ("decision", "assignee", "due_on")
        return [[self[f"{name}_{number}"] for name in names] for number in range(1, ROWS + 1)]

    def decisions(self) -> tuple[Decision, ...]:
        data = self.cleaned_data
        return tuple(
            Decision(data[f"decision_{n}"], self.person(f"assignee_{n}"), data[f"due_on_{n}"])
            for n in range(1, ROWS + 1)
            if data[f"decision_{n}"]
        )


class WhenForm(PeopleForm):
    """When and where, and who is there."""

    held_on = forms.DateField(
        label=_("On which day?"), widget=DateInput, error_messages={"required": _("Fill in a day.")}
    )
    held_at = forms.TimeField(
        label=_("At what time?"), widget=TimeInput, error_messages={"required": _("Fill in a time.")}
    )
    place = LineField(label=_("Where?"), required=False, max_length=200)
    present = forms.MultipleChoiceField(
        label=_("Who of the school is there?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose who is there.")},
    )

    def __init__(self, *args: Any, staff: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = {user.reference: user for user in staff}
        self.fields["present"].choices = choices_of(staff)  # type: ignore[attr-defined]
        for number in range(1, ROWS + 1):
            self.fields[f"outsider_{number}"] = LineField(
                label=_("Function and organisation"), required=False, max_length=200
            )
            self.fields[f"named_{number}"] = forms.ChoiceField(
                label=_("Did they hear the name?"), choices=HEARD, required=False
            )

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day != self.initial.get("held_on"):
            check_year(day)
        return day

    def outsider_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"outsider_{number}"], self[f"named_{number}"]] for number in range(1, ROWS + 1)]

    def planned(self) -> Planned:
        data = self.cleaned_data
        others = (
            Outsider(data[f"outsider_{n}"], data[f"named_{n}"] == "yes")
            for n in range(1, ROWS + 1)
            if data[f"outsider_{n}"]
        )
        return Planned(
            starts_at=at(data["held_on"], data["held_at"]),
            present=tuple(self.staff[reference] for reference in data["present"]),
            outsiders=tuple(others),
            place=data["place"],
        )


class MeetingForm(WhenForm, DecisionsForm):
    """When, who was there, what was discussed and decided."""

    text = StoryField(label=_("What was discussed?"), rows=5, required=False)
    without_name = StoryField(
        label=_("What was discussed without a name?"),
        rows=3,
        required=False,
        help_text=_("For example advice that you asked without saying whom it is about."),
    )

    def held(self) -> Held:
        plan, data = self.planned(), self.cleaned_data
        texts = {name: data[name] for name in ("text", "without_name")}
        return Held(plan.starts_at, plan.present, plan.outsiders, plan.place, decisions=self.decisions(), **texts)


class MeetingMoveForm(WhenForm):
    """When, where and with whom, of a meeting that has yet to be held. `version`: as it was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: Planned, version: int, **kwargs: Any) -> None:
        moment = timezone.localtime(plan.starts_at)
        initial = {"held_on": moment.date(), "held_at": moment.time(), "place": plan.place, "version": version}
        initial["present"] = [user.reference for user in plan.present]
        for number, other in enumerate(plan.outsiders, 1):
            initial |= {f"outsider_{number}": other.who, f"named_{number}": "yes" if other.named else "no"}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, moment = data.get("held_on"), data.get("held_at")
        if day and moment and not in_future(day, moment):
            self.add_error("held_on", gettext("Choose a moment that has yet to come."))
        return data


class MeetingAddForm(DecisionsForm):
    """What is added to a meeting, or corrected."""

    text = StoryField(
        label=_("What do you add or correct?"), rows=4, error_messages={"required": _("Write something first.")}
    )
    cancel = forms.BooleanField(label=_("This meeting does not take place"), required=False)

    def __init__(self, *args: Any, to_come: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not to_come:
            del self.fields["cancel"]
