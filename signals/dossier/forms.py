"""For whom a dossier is and why; words that are replaced by hand; a PDF to check."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escalation.models import Contact
from escalation.texts import recipient_name
from signals.dossier.addresses import kind_of
from signals.dossier.people import LEAVE, NEW, OTHER
from signals.dossier.services.preparing import Entry
from signals.filetypes.kinds import Why
from signals.filewords import refusal
from signals.forms.fields import OLDEST, DateInput, LineField, StoryField
from signals.models.dossier import NAME, POST, DossierFor, DossierGround
from signals.models.step import Consent
from signals.uploads import MOST

LONGEST = 254  # signs of what is replaced by hand: an e-mail address


class DossierForm(forms.Form):
    """For whom, about whom, what for, on what ground. Names that other forms use too would get the questions of those.

    Args:
        subjects: whom the case is about, by id.
        contacts: the school's own contacts outside, by reference.
    """

    partial = True  # its helps say what may stay empty

    recipient = forms.ChoiceField(
        label=_("For whom is it?"),
        choices=[(code, capfirst(label)) for code, label in DossierFor.choices],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for whom it is.")},
    )
    contact = forms.ChoiceField(
        label=_("One of the contacts of the school?"),
        required=False,
        help_text=_("Leave the name and the address below empty, and theirs are filled in."),
    )
    to_name = LineField(
        label=_("Name on the letter"),
        required=False,
        max_length=NAME,
        help_text=_("The organisation, or the name of a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    post = StoryField(
        label=_("Postal address"),
        required=False,
        max_length=POST,
        rows=3,
        help_text=_("Street, postcode and town, each on a line. Leave empty if you hand it over."),
    )
    whom = forms.ChoiceField(
        label=_("About whom?"), widget=forms.RadioSelect, error_messages={"required": _("Choose whom it is about.")}
    )
    purpose = StoryField(
        label=_("What for?"),
        rows=3,
        min_length=10,
        max_length=1000,
        help_text=_("What the recipient does with it. It stands on the letter."),
        error_messages={
            "required": _("Write down what it is for."),
            "min_length": _("Write a little more, so that the recipient understands it."),
        },
    )
    ground = forms.ChoiceField(
        label=_("On what ground?"),
        choices=DossierGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose on what ground it is passed on.")},
    )
    consent_by = LineField(label=_("Who agreed?"), required=False, max_length=NAME, help_text=_("Such as: the mother."))
    consent_on = forms.DateField(label=_("On which day?"), required=False, widget=DateInput)
    consent = forms.ChoiceField(
        label=_("Were the parents asked, or the pupil of 16 or over?"),
        required=False,
        choices=[("", _("It is for them, or they are the ones who agreed"))]
        + [(code, capfirst(text)) for code, text in Consent.choices],
    )
    consent_reason = StoryField(
        label=_("Why not, or why passed on all the same?"),
        required=False,
        rows=2,
        max_length=500,
        help_text=_("It does not stand on the letter."),
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=(("nl", _("Dutch")), ("en", _("English"))), initial="nl"
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, subjects: Mapping[str, str], contacts: Sequence[Contact], sector: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.contacts = {row.reference: row for row in contacts}
        nobody = ("", gettext("No, somebody else"))
        listed = [(row.reference, f"{recipient_name(row.recipient, sector)}: {row.name}") for row in contacts]
        self.fields["contact"].choices = [nobody, *listed]  # type: ignore[attr-defined]
        self.fields["whom"].choices = list(subjects.items())  # type: ignore[attr-defined]
        if len(subjects) == 1:
            self.fields["whom"].initial = next(iter(subjects))
        if not contacts:
            del self.fields["contact"]
        self.fields["key"].initial = uuid.uuid4

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        contact = self.contacts.get(data.get("contact", ""))
        if contact:
            data["to_name"] = data.get("to_name") or contact.name
            if not data.get("post") and contact.street:
                data["post"] = f"{contact.street}\n{contact.postcode} {contact.town}"
        if not data.get("to_name") and "to_name" not in self.errors:
            self.add_error("to_name", gettext("Fill in a name, or choose a contact above."))
        self._check_consent(data)
        return data

    def _check_consent(self, data: dict[str, Any]) -> None:
        day = data.get("consent_on")
        if data.get("ground") == DossierGround.CONSENT:
            if not data.get("consent_by"):
                self.add_error("consent_by", gettext("Fill in who agreed."))
            if not day and "consent_on" not in self.errors:
                self.add_error("consent_on", gettext("Fill in on which day they agreed."))
        elif not data.get("consent") and data.get("recipient") != DossierFor.PARENT and data.get("ground"):
            self.add_error("consent", gettext("Choose whether they were asked."))
        if day and not OLDEST <= day <= timezone.localdate():
            self.add_error("consent_on", gettext("Choose a day that has come. Check the year."))
        if data.get("consent") not in ("", None, Consent.GIVEN) and not data.get("consent_reason"):
            self.add_error(
                "consent_reason", gettext("Write down why they were not asked, or why it goes all the same.")
            )

    def entry(self) -> Entry:
        """The cleaned content as the service wants it."""
        data = self.cleaned_data
        agreed = data["ground"] == DossierGround.CONSENT
        return Entry(
            language=data["language"],
            recipient=data["recipient"],
            name=data["to_name"],
            post=data["post"],
            about=data["whom"],
            purpose=data["purpose"],
            ground=data["ground"],
            consent_by=data["consent_by"] if agreed else "",
            consent_on=data["consent_on"] if agreed else None,
            consent=data["consent"],
            consent_reason=data["consent_reason"],
        )


class WordForm(forms.Form):
    """One word, or a few that belong together, and what stands in their place.

    Args:
        people: who stands in the letter without their name: labels by id.
    """

    partial = True

    word = LineField(
        label=_("Replace this word as well"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Fill in the word.")},
    )
    choice = forms.ChoiceField(label=_("What should stand there?"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (NEW, gettext("Another pupil, with a letter of their own")),
            (OTHER, gettext("Another person, with a letter of their own")),
            *people,
            (LEAVE, gettext("The word itself: leave it as it is")),
        ]

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if not any(sign.isalpha() for sign in word) and not kind_of(word):
            raise forms.ValidationError(gettext("Fill in a word with letters."))
        return word


class CheckForm(forms.Form):
    """A PDF of which somebody wants to know whether it is one of ours."""

    file = forms.FileField(
        label=_("Which PDF?"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose a file."), "invalid": _("Choose a file.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST:
            raise forms.ValidationError(refusal(Why.BIG))
        return file
