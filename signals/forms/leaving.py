"""Who takes over, when somebody leaves a role or the board."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from signals.forms.fields import DateInput
from signals.models import Case
from signals.services.leaving import Left


class LeaveForm(forms.Form):
    """One choice for each case, and one for all that were left open. Names are chosen by reference."""

    def __init__(self, *args: Any, left: Left, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.partial = True  # no word "optional": a choice above may stand for the one below
        self.people = {user.reference: user for able in left.cases.values() for user in able}
        if len(left.cases) > 1:
            self.fields["everything"] = forms.ChoiceField(
                label=_("Who takes over"),
                required=False,
                choices=_choices(gettext("Choose for each case"), self.people.values()),
                help_text=_("For every case below for which you choose nobody else."),
            )
        for case, able in left.cases.items():
            self.fields[_name(case)] = forms.ChoiceField(
                label=_label(case, len(left.cases) == 1),
                required=False,
                choices=_choices(gettext("Choose a colleague") if len(left.cases) == 1 else gettext("As above"), able),
                initial=able[0].reference if len(able) == 1 else "",
                help_text="" if able else _("Nobody else can take this one. Give somebody the role first."),
            )

    def at_once(self) -> bool:
        """Whether every case must have somebody now."""
        return True

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.at_once():
            for case in self.left.cases:
                if _name(case) not in self.errors and self._taker(case) is None:
                    words = gettext("Choose who takes over case %(reference)s.") % {"reference": case.reference}
                    self.add_error(_name(case), words)
        return self.cleaned_data

    def takers(self) -> dict[str, User]:
        """Who takes over, by the reference of the case."""
        chosen = {case.reference: self._taker(case) for case in self.left.cases}
        return {reference: user for reference, user in chosen.items() if user is not None}

    def _taker(self, case: Case) -> User | None:
        """The one chosen for this case, else the one for everything, if they can take it."""
        data = self.cleaned_data
        wanted = data.get(_name(case)) or data.get("everything") or ""
        user = self.people.get(wanted)
        return user if user in self.left.cases[case] else None


class RoleEndForm(LeaveForm):
    """The same, with the last day of the role."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=DateInput(),
        required=False,
        help_text=_("Leave it empty to end the role at once. With a later day the cases may be handed over later too."),
        error_messages={"invalid": _("Fill in a day, such as 31-07-2027.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def at_once(self) -> bool:
        day = self.cleaned_data.get("last_day")
        return "last_day" not in self.errors and (day is None or day <= self.today)


def _name(case: Case) -> str:
    return f"case-{case.reference}"


def _label(case: Case, alone: bool) -> str:
    words = gettext("Who takes over case %(reference)s") if alone else gettext("Case %(reference)s")
    return f"{words % {'reference': case.reference}}, {case.school.name}"


def _choices(first: str, people: Any) -> list[tuple[str, str]]:
    return [("", first), *((user.reference, user.name) for user in people)]
