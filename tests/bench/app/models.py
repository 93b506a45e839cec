"""The same note four times: plain, with our event, with django-auditlog, with django-simple-history."""

import uuid

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

STATUSES = ("new", "in_review", "escalated", "monitoring", "closed")


class BaseNote(models.Model):
    """A note in a case, about as large as a real one."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=[(name, name) for name in STATUSES], db_index=True)
    text = models.TextField()
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"note {self.pk}"


class PlainNote(BaseNote):
    """No trail."""


class EventNote(BaseNote):
    """Each change with an event of ours."""


class AuditlogNote(BaseNote):
    """Registered with django-auditlog."""


class HistoryNote(BaseNote):
    """With the history table of django-simple-history."""

    history = HistoricalRecords()


class LogRow(models.Model):
    """A plain log with the usual indexes; with `hash`, a hash chain under one lock."""

    actor_ref = models.CharField(max_length=40, db_index=True)
    board_ref = models.CharField(max_length=40, db_index=True)
    school_ref = models.CharField(max_length=40, db_index=True)
    case_ref = models.CharField(max_length=40, db_index=True)
    body = models.TextField()
    hash = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"row {self.pk}"


auditlog.register(AuditlogNote)
