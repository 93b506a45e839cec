"""Reports that went from one case to another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedTextField
from accounts.models import User
from accounts.references import new_reference
from signals.models.case import Case, Status


class TransferKind(models.TextChoices):
    MOVE = "move", _("moved to another case")
    SPLIT = "split", _("made a case of its own")
    MERGE = "merge", _("put two cases together")


class Transfer(models.Model):
    """One time that reports went to another case, with what is needed to put it back; rows are only ever added.

    reports: references of the reports that went. brought: of the cases that had been put with `source`; tasks,
    meetings, files (of no report): of those that were in it; people: row keys of who was added to it.
    was_…: what `source` was before. `key` makes a second click harmless.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=5, choices=TransferKind.choices)
    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transfers_out")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transfers_in")
    reports = models.JSONField()
    brought = models.JSONField(default=list, blank=True)
    tasks = models.JSONField(default=list, blank=True)
    meetings = models.JSONField(default=list, blank=True)
    files = models.JSONField(default=list, blank=True)
    people = models.JSONField(default=list, blank=True)
    was_status = models.CharField(max_length=12, choices=Status.choices)
    was_concern = models.CharField(max_length=30)
    was_owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    was_taken_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedTextField(blank=True, row="reference")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="transfer_to_another_case", condition=~Q(source=F("target"))),
            models.CheckConstraint(
                name="transfer_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
