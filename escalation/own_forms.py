"""The forms in which a board agrees steps of its own."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Board
from escalation.entries import OBLIGATIONS, SHARED_WITH, URGENCIES, Protocol
from escalation.facts import BOOLEAN_FACTS
from escalation.own import ADD, CHANGE, CONDITIONS, NEVER_ADDED, OFF, answer_name, is_product
from escalation.protocol import current_protocol
from escalation.services.own_steps import Proposal
from escalation.texts import say

Choices = list[tuple[Any, Any]]
LINES = ("first", "second", "third")
SHORTEST, LONGEST = 10, 400
LATEST = timedelta(days=366)
CHOOSE = [("", _("Choose"))]


class ProposalForm(forms.Form):
    """What every proposal has: how firm, by when, why and from which day. Several boards: for which one."""

    board = forms.ChoiceField(label=_("For which board?"))
    obligation = forms.ChoiceField(
        label=_("How firm is it?"), error_messages={"required": _("Choose how firm this step is.")}
    )
    urgency = forms.ChoiceField(label=_("By when?"), error_messages={"required": _("Choose by when.")})
    why_nl = forms.CharField(
        label=_("Why, in Dutch"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Colleagues read this on the step. One or two short sentences, no names."),
        error_messages={"required": _("Write why this belongs to it. Colleagues read it on the step.")},
    )
    why_en = forms.CharField(
        label=_("Why, in English"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("May stay empty: then the Dutch text stands there."),
    )
    starts_on = forms.DateField(
        label=_("From which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("It holds from this day, and not before somebody approved it. Earlier reports keep their steps."),
        error_messages={"required": _("Fill in the first day.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, boards: Iterable[Board], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boards = {board.reference: board for board in boards}
        self.table = current_protocol()
        self.choose("board", [(reference, board.name) for reference, board in self.boards.items()])
        if len(self.boards) == 1:
            del self.fields["board"]
        self.choose("obligation", CHOOSE + _labels(self.table.obligations, OBLIGATIONS))
        self.choose("urgency", CHOOSE + _labels(self.table.urgencies, URGENCIES))
        self.fields["key"].initial = uuid.uuid4
        self.fields["starts_on"].initial = timezone.localdate

    def choose(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        today = timezone.localdate()
        if not today <= day <= today + LATEST:
            raise forms.ValidationError(gettext("Choose a day from today until a year from now."))
        return day

    @property
    def chosen_board(self) -> Board:
        return self.boards[self.cleaned_data.get("board") or next(iter(self.boards))]

    def common(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("why_nl", "why_en", "starts_on")}


class AddForm(ProposalForm):
    """A step of its own: when, and for whom."""

    first = forms.ChoiceField(
        label=_("When does this step follow?"),
        help_text=_("The answers are those of the concern form."),
        error_messages={"required": _("Choose at least one answer after which this step follows.")},
    )
    second = forms.ChoiceField(label=_("And also"), required=False)
    third = forms.ChoiceField(label=_("And besides"), required=False)
    recipient = forms.ChoiceField(
        label=_("Who must know, or can help?"), error_messages={"required": _("Choose who this step is for.")}
    )
    actor = forms.ChoiceField(
        label=_("Who tells or calls them?"),
        required=False,
        help_text=_(
            "As always: who reports tells colleagues; coordinator or principal call parents and people outside."
        ),
    )
    field_order = ("board", *LINES, "recipient", "obligation", "urgency", "actor", "why_nl", "why_en", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = answer_choices(self.table)
        self.choose("first", [("", _("Choose an answer")), *answers])
        for name in LINES[1:]:
            self.choose(name, [("", _("Nothing more")), *answers])
        people = [(key, say(row.name)) for key, row in self.table.recipients.items() if key not in NEVER_ADDED]
        self.choose("recipient", [*CHOOSE, *people])
        self.choose("actor", [("", _("As always")), ("coordinator_or_principal", _("Coordinator or principal"))])

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        recipient = self.table.recipients.get(data.get("recipient", ""))
        if data.get("actor") and recipient and (not recipient.inside or recipient.key == "parents"):
            data["actor"] = ""  # what is always so need not be agreed
        pairs = [tuple(data[name].split("=", 1)) for name in LINES if data.get(name)]
        data["conditions"] = tuple(dict.fromkeys(pairs))
        if len({fact for fact, _value in data["conditions"]}) != len(data["conditions"]):
            self.add_error("second", gettext("These answers can't hold together. Make a proposal for each of them."))
        return data

    def proposal(self) -> Proposal:
        data = self.cleaned_data
        names = ("recipient", "obligation", "urgency", "actor", "conditions")
        return Proposal(kind=ADD, **{name: data[name] for name in names}, **self.common())


class ChangeForm(ProposalForm):
    """A step of ours that the board agrees otherwise, or switches off."""

    step = forms.ChoiceField(
        label=_("Which step?"),
        help_text=_("What rests on a law or a guideline can't be weakened; the page then says why."),
        error_messages={"required": _("Choose a step.")},
    )
    what = forms.ChoiceField(
        label=_("What do you want to agree?"),
        choices=((CHANGE, _("Another firmness or another time")), (OFF, _("This step is switched off"))),
        widget=forms.RadioSelect,
        initial=CHANGE,
        error_messages={"required": _("Choose what you want to agree.")},
    )
    field_order = ("board", "step", "what", "obligation", "urgency", "why_nl", "why_en", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("step", [*CHOOSE, *step_choices(self.table)])
        for name in ("obligation", "urgency"):
            self.fields[name].required = False
            self.fields[name].help_text = _("Not needed for a step that is switched off.")

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("what") == OFF:
            data["obligation"] = data["urgency"] = ""
        elif data.get("what"):
            for name in ("obligation", "urgency"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return data

    def proposal(self) -> Proposal:
        data = self.cleaned_data
        rule, _colon, recipient = data["step"].partition(":")
        how = {"obligation": data["obligation"], "urgency": data["urgency"]}
        return Proposal(kind=data["what"], rule=rule, recipient=recipient, **how, **self.common())


class StopForm(forms.Form):
    """Why it is refused, withdrawn or ended."""

    reason = forms.CharField(
        label=_("Why?"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays with the agreement. No names."),
        error_messages={"required": _("Write why.")},
    )


class SeenForm(forms.Form):
    """How often something was decided at the board when the preview was shown."""

    seen = forms.IntegerField(min_value=0)


def answer_choices(table: Protocol) -> Choices:
    """All answers a step can follow from, by question: "weapon" under what it is about."""
    groups: Choices = []
    yes_no: Choices = []
    headings = {"concern": _("What it is about"), "subject_role": _("Whom it is about"), "sector": _("Kind of school")}
    asked = {question.fact: say(question.label) for question in table.questions}
    for fact, values in CONDITIONS.items():
        if fact in BOOLEAN_FACTS:
            yes_no.append((f"{fact}=yes", f"{asked[fact]} {say(table.answers['yes'].name)}"))
        else:
            options = [(f"{fact}={value}", say(answer_name(fact, value, table))) for value in values]
            groups.append((headings.get(fact) or asked[fact], options))
    order = [f"{question.fact}=yes" for question in table.questions]
    return [*groups[:3], (_("Other answers"), sorted(yes_no, key=lambda row: order.index(row[0]))), *groups[3:]]


def step_choices(table: Protocol) -> Choices:
    """Every step of the national table: first those that a board may agree otherwise, then those that stand."""
    ours: Choices = []
    fixed: Choices = []
    for rule in table.rules.values():
        for step in rule.steps:
            if step.recipient != SHARED_WITH and rule.enabled:
                label = f"{say(rule.says)}: {say(table.recipients[step.recipient].name)}"
                (ours if is_product(step) else fixed).append((f"{rule.id}:{step.recipient}", label))
    return [(_("May be agreed otherwise"), ours), (_("Rests on a law or a guideline"), fixed)]


def _labels(labels: Any, codes: tuple[str, ...]) -> Choices:
    return [(code, say(labels[code].name)) for code in codes]
