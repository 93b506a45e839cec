"""New facts about a report that was sent: what was known stays, what is known now is a row beside it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedJSONField, EncryptedTextField, RowKeyField
from accounts.models import User
from signals.models.signal import Signal


class FactsSource(models.TextChoices):
    ADDITION = "addition", _("the writer added something")
    CORRECTION = "correction", _("an answer was changed in the case")
    OUTCOME = "outcome", _("a step brought something new")


class FactsChange(models.Model):
    """Answers that changed after sending; rows are only ever added, the last one holds what is known now.

    before, after: the facts that changed. facts: all of them from then on. finding: what a step's outcome told.
    """

    row_key = RowKeyField()
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="facts_changes")
    source = models.CharField(max_length=12, choices=FactsSource.choices)
    before = EncryptedJSONField()
    after = EncryptedJSONField()
    facts = EncryptedJSONField()
    finding = models.CharField(max_length=30, blank=True)
    reason = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="facts_corrected_with_a_reason", condition=~Q(source="correction") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.source}"
