"""Answers that change after sending: the questions of the report, a reason, and whom it is about."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escalation.entries import Question
from escalation.facts import SUBJECT_ROLES, Facts
from escalation.texts import subject_name
from signals.answers import as_typed, empty_answer
from signals.forms.case import ReasonForm
from signals.forms.questions import QuestionsForm
from signals.services.factwalls import WALLING


def questions_form(known: Facts, questions: tuple[Question, ...], data: Any = None) -> QuestionsForm:
    """The questions with the answers that are known."""
    return QuestionsForm(data, initial=as_typed(known, questions), questions=questions, sector=known.sector)


def answers_that_changed(known: Facts, questions: tuple[Question, ...], form: QuestionsForm) -> dict[str, object]:
    """What was answered otherwise than the form showed it; what was not answered at all did not change.

    Args:
        form: filled in and valid.
    """
    shown = questions_form(known, questions, as_typed(known, questions))
    shown.is_valid()
    nothing = {question.fact: empty_answer(question) for question in questions}
    before, after = nothing | shown.answers(), nothing | form.answers()
    silent = {one.fact for one in questions if one.kind != "tri" and not form.cleaned_data.get(one.fact)}
    return {name: value for name, value in after.items() if value != before[name] and name not in silent}


class CorrectionForm(ReasonForm):
    """Why an answer is changed, and perhaps that it is about somebody else than was thought.

    seen: how many changes there were when the form was shown.
    """

    subject_role = forms.ChoiceField(label=_("Whom is it about?"))
    about = forms.ChoiceField(
        label=_("Which colleague is it about?"),
        required=False,
        help_text=_("Only if it turns out to be about somebody who works here: they never see this case."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("subject_role", "about", "reason", "seen")

    def __init__(self, *args: Any, staff: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Why do you change it?")
        roles = [(code, subject_name(code)) for code in SUBJECT_ROLES]
        self.fields["subject_role"].choices = roles  # type: ignore[attr-defined]
        self.fields["about"].choices = [("", gettext("Nobody in particular")), *staff]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("about") and data.get("subject_role") not in WALLING:
            self.add_error("about", gettext("Choose above that it is about a member of staff or the principal."))
        return data
