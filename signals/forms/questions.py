"""The second page of a report: only the questions that matter for what was chosen."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from escalation.entries import Protocol, Question
from escalation.protocol import current_protocol
from escalation.texts import recipient_name, say
from signals.forms.fields import Pairs, PlainForm, own

YES_NO = Pairs((("yes", _("Yes")), ("no", _("No or don't know"))))
THREE = Pairs((("yes", _("Yes")), ("no", _("No")), ("", _("Don't know"))))

ANSWER = 80  # characters of one; each is a code
KEEP_NAME = Pairs((("yes", _("Store the name")), ("no", _("Store no name"))))
_KEEP_NAME = forms.ChoiceField(
    label=_("Do you want the name to be stored?"), choices=KEEP_NAME, required=False, widget=forms.RadioSelect
)


class QuestionsForm(PlainForm):
    """One field for each question; an unanswered question counts as no, or as not known."""

    def __init__(self, *args: Any, questions: tuple[Question, ...], sector: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions, version, language = questions, current_protocol().version, get_language()
        for question in questions:
            codes = tuple(choice.code for choice in question.choices)
            field = own(_made(question.fact, codes, sector, version, language))
            field.question_help = say(question.help)  # type: ignore[attr-defined]
            field.depends_on = question.depends_on[0] if question.depends_on else ""  # type: ignore[attr-defined]
            self.fields[question.fact] = field
        self.fields["keep_name"] = own(_KEEP_NAME)

    @property
    def asked(self) -> list[forms.BoundField]:
        """The questions of the protocol, without the one about the name, which has a place of its own."""
        return [self[question.fact] for question in self.questions]

    def answers(self) -> dict[str, Any]:
        """The answers as facts of the engine; a follow-up whose question was answered with no is left out."""
        facts: dict[str, Any] = {}
        for question in self.questions:
            if question.depends_on and not any(_is_yes(facts.get(name)) for name in question.depends_on):
                continue
            value = self.cleaned_data.get(question.fact)
            facts[question.fact] = _fact(question.kind, value)
        return facts


def answered(posted: QueryDict) -> dict[str, Any]:
    """What was answered on the page, when it can't be asked at the moment which questions matter."""
    several = {one.fact for one in current_protocol().questions if one.kind == "recipients"}
    names = {one.fact for one in current_protocol().questions} | {"keep_name"}
    found = {
        name: [value[:ANSWER].replace("\x00", "") for value in posted.getlist(name)] for name in names & set(posted)
    }
    return {name: values if name in several else values[-1] for name, values in found.items() if values}


def _is_yes(value: object) -> bool:
    return value is True or (isinstance(value, str) and value not in ("", "none"))


def _fact(kind: str, value: Any) -> object:
    if kind == "yes_no":
        return value == "yes"
    if kind == "tri":
        return {"yes": True, "no": False}.get(value)
    return list(value) if kind == "recipients" else value


@lru_cache(maxsize=1024)
def _made(fact: str, codes: tuple[str, ...], sector: str, _version: str, _language: str | None) -> forms.Field:
    """The field of a question with these choices, made once for each sector and language."""
    protocol = current_protocol()
    question = next(one for one in protocol.questions if one.fact == fact)
    offered = tuple(choice for choice in question.choices if choice.code in codes)
    return _field(replace(question, choices=offered), protocol, sector)


def _field(question: Question, protocol: Protocol, sector: str) -> forms.Field:
    label = say(question.label)
    if question.kind == "yes_no":
        return forms.ChoiceField(label=label, choices=YES_NO, required=False, initial="no", widget=forms.RadioSelect)
    if question.kind == "tri":
        return forms.ChoiceField(label=label, choices=THREE, required=False, initial="", widget=forms.RadioSelect)
    if question.kind == "choice":
        choices = [(choice.code, say(choice.name)) for choice in question.choices]
        return forms.ChoiceField(
            label=label, choices=Pairs(choices), required=False, initial=choices[0][0], widget=forms.RadioSelect
        )
    recipients = [
        (key, recipient_name(key, sector))
        for key, recipient in protocol.recipients.items()
        if key != "no_further_sharing"
    ]
    return forms.MultipleChoiceField(
        label=label, choices=Pairs(recipients), required=False, widget=forms.CheckboxSelectMultiple
    )
