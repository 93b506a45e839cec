"""A file in a case: what is known of it. Its content lies in the store, encrypted, see signals.filestore."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedTextField
from accounts.models import User
from accounts.references import new_reference
from signals.models.case import Case
from signals.models.signal import Signal

NAME, ABOUT = 120, 200


class FileKind(models.TextChoices):
    PDF = "pdf", _("PDF")
    JPEG = "jpeg", _("photo")
    PNG = "png", _("picture")
    DOCX = "docx", _("Word file")
    TXT = "txt", _("plain text")


class FileState(models.TextChoices):
    CLEAN = "clean", _("looked at by the virus scanner")
    UNSCANNED = "unscanned", _("not looked at by a virus scanner")
    REFUSED = "refused", _("destroyed: a virus was found in it later")
    REMOVED = "removed", _("taken out")


HELD = (FileState.CLEAN, FileState.UNSCANNED)
GONE = Q(stored="", name="", about="", digest="", ended_at__isnull=False)


class Attachment(models.Model):
    """One file. Of one that is gone the row stays, with nothing in it that tells what it was.

    signal: the report that its writer added it to; None for one that a handler put into the case. key makes a second
    click harmless. stored: its random name in the store. sealed_with: the key that its content needs. digest: SHA-256
    of the content as one downloads it.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="files", null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(max_length=NAME, blank=True, row="reference")
    about = EncryptedTextField(max_length=ABOUT, blank=True, row="reference")
    person = models.CharField(max_length=36, blank=True, default="")
    kind = models.CharField(max_length=4, choices=FileKind.choices)
    size = models.PositiveIntegerField()
    digest = EncryptedTextField(max_length=64, blank=True, row="reference")
    stored = models.CharField(max_length=40, blank=True)
    sealed_with = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=FileState.choices)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = EncryptedTextField(blank=True, row="reference")
    outlasts = False  # on a row that was just emptied: the store did not answer, so its content is there for now

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stored"], name="file_stored_once", condition=~Q(stored="")),
            models.CheckConstraint(
                name="file_is_there_or_gone",
                condition=(Q(state__in=HELD, ended_at__isnull=True) & ~Q(stored="") & ~Q(name="") & ~Q(digest=""))
                | (Q(state=FileState.REMOVED, ended_by__isnull=False) & GONE & ~Q(reason=""))
                | (Q(state=FileState.REFUSED, ended_by__isnull=True, reason="") & GONE),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def held(self) -> bool:
        """True as long as there is a content."""
        return bool(self.stored)
