"""The record of who did, read and was refused what.

One table, append-only, without foreign keys and without free text about a child: references and codes only. What
a reason said stands on the case, where it can be erased; here stands that there was one.
"""

import uuid
from typing import Any, NoReturn

from django.db import models
from django.utils import timezone

from audit.actions import Action


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete an event."""


class EventQuerySet(models.QuerySet["AuditEvent"]):
    """Rows can be added and read, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The trail is append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("The trail is append-only.")


class Outcome(models.TextChoices):
    ALLOWED = "allowed", "allowed"
    REFUSED = "refused", "refused"


class AuditEvent(models.Model):
    """One thing that one actor did, read or was refused.

    actor_ref, board_ref, school_ref, case_ref and object_ref are the stable references of the objects concerned,
    never their database ids or names. `details` holds codes, numbers and references only.
    """

    event_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occurred_at = models.DateTimeField(default=timezone.now, editable=False)
    actor_ref = models.CharField(max_length=40, blank=True)
    actor_role = models.CharField(max_length=30, blank=True)
    action = models.CharField(max_length=40, choices=Action.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.ALLOWED)
    rule = models.CharField(max_length=80, blank=True)
    board_ref = models.CharField(max_length=40, blank=True)
    school_ref = models.CharField(max_length=40, blank=True)
    case_ref = models.CharField(max_length=40, blank=True)
    object_type = models.CharField(max_length=20, blank=True)
    object_ref = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    client_ip = models.GenericIPAddressField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["case_ref", "-id"], name="audit_case"),
            models.Index(fields=["school_ref", "-id"], name="audit_school"),
            models.Index(fields=["board_ref", "-id"], name="audit_board"),
            models.Index(fields=["actor_ref", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M:%S} {self.actor_ref} {self.action} {self.object_ref}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("The trail is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The trail is append-only.")
