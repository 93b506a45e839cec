"""Adding a file."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from signals.filetypes.kinds import Why
from signals.filewords import refusal
from signals.forms.fields import LineField
from signals.models.file import ABOUT
from signals.uploads import MOST

# Phones that keep photos otherwise (HEIC) turn them into JPG when only that is asked for.
ACCEPT = "application/pdf,image/jpeg,image/png,text/plain,.pdf,.jpg,.jpeg,.png,.docx,.txt"


class FileForm(forms.Form):
    """One file and what it is, with a key that makes a second click harmless."""

    file = forms.FileField(
        label=_("Which file?"),
        help_text=_("PDF, photo (JPG or PNG), Word (.docx) or plain text (.txt), at most 10 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Choose a file. If you had chosen one already, choose it once more."),
            "invalid": _("Choose a file. If you had chosen one already, choose it once more."),
        },
    )
    about = LineField(
        label=_("What is it?"),
        help_text=_("For example: screenshot of the messages of 3 March."),
        required=False,
        max_length=ABOUT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST:
            raise forms.ValidationError(refusal(Why.BIG))
        if not file.size:
            raise forms.ValidationError(refusal(Why.EMPTY))
        return file
