"""The record of who did, read and was refused what.

Append-only tables without foreign keys and without free text about a child: references and codes only. What points
to a person's machine, or quotes what somebody wrote, sits apart in PersonalPart, where it can be erased. Database
triggers (audit.triggers) refuse every change; docs/decisions/0005-sealed-log.md tells the whole design.
"""

import uuid
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.canonical import SCHEMA
from audit.fields import CanonicalJSONField

Row = TypeVar("Row", bound=models.Model)
# What decides who can read a case, few lines among the many that say who did.
RIGHTS = [
    "signal.sent",
    "case.joined",
    "case.walled",
    "case.unwalled",
    "case.shared",
    "share.ended",
    "role.granted",
    "role.ended",
    "account.closed",
]
# By which somebody's own earlier looks at a case are found: of a page read for years there may be thousands of lines.
LOOKED = Q(action="case.read", object_type="case")


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete a row of the log, or to add one past audit.record."""


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Rows can be read; they are added by audit.record and by the sealer only."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The trail is append-only, and only audit.record adds to it.")

    update = delete = create = bulk_create = bulk_update = _refuse


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The trail is append-only, and only audit.record adds to it.")

    def add(self) -> None:
        """Write a new row: for the sealer, the mailer and the pruner. Events are written by audit.record."""
        super().save(force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The trail is append-only.")


class Outcome(models.TextChoices):
    ALLOWED = "allowed", "allowed"
    REFUSED = "refused", "refused"


class AuditEvent(AppendOnlyModel):
    """One thing that one actor did, read or was refused.

    actor_ref, board_ref, school_ref, case_ref and object_ref are the stable references of the objects concerned,
    never their database ids or names. `details` holds codes, numbers and references only.

    log: board and school year. body: all of the above as canonical JSON; the columns are copies of it. mac: over the
    body, with the key named by key_id. pd_commit: commitment to the personal part, if there is one. leaf_index: place
    in the tree of its log, filled in once by the sealer.
    """

    event_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    log = models.CharField(max_length=50, editable=False)
    occurred_at = models.DateTimeField(default=timezone.now, editable=False)
    actor_ref = models.CharField(max_length=40, blank=True)
    actor_role = models.CharField(max_length=30, blank=True)
    action = models.CharField(max_length=40)  # one of Action; no choices here, or each new one would rebuild the table
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.ALLOWED)
    rule = models.CharField(max_length=80, blank=True)
    board_ref = models.CharField(max_length=40, blank=True)
    school_ref = models.CharField(max_length=40, blank=True)
    case_ref = models.CharField(max_length=40, blank=True)
    object_type = models.CharField(max_length=20, blank=True)
    object_ref = models.CharField(max_length=40, blank=True)
    details = CanonicalJSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    pd_commit = models.BinaryField(null=True, editable=False)
    schema_v = models.SmallIntegerField(default=SCHEMA, editable=False)
    key_id = models.CharField(max_length=10, editable=False)
    body = models.TextField(editable=False)
    mac = models.BinaryField(editable=False)
    leaf_index = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "audit_event"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["case_ref", "-id"], name="audit_case"),
            models.Index(fields=["school_ref", "-id"], name="audit_school"),
            models.Index(fields=["board_ref", "-id"], name="audit_board"),
            models.Index(fields=["actor_ref", "-id"], name="audit_actor"),
            models.Index(fields=["log", "id"], name="audit_unsealed", condition=Q(leaf_index__isnull=True)),
            models.Index(
                fields=["board_ref", "action", "school_ref"], name="audit_rights", condition=Q(action__in=RIGHTS)
            ),
            models.Index(fields=["case_ref", "actor_ref", "-occurred_at"], name="audit_looked", condition=LOOKED),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["log", "leaf_index"], name="audit_leaf", condition=Q(leaf_index__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M:%S} {self.actor_ref} {self.action} {self.object_ref}"


class PersonalPart(AppendOnlyModel):
    """What of an event may have to go before the event does: client address, browser, reasons, old and new values.

    event_id: id of the event. salt: 32 random bytes. data: canonical JSON. Rows can be deleted, by audit.erasure only.
    """

    event_id = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField()
    data = models.TextField()

    class Meta:
        db_table = "audit_personal"

    def __str__(self) -> str:
        return f"personal part of {self.event_id}"


class Checkpoint(AppendOnlyModel):
    """The sealed state of one log: its size, root and frontier, and the signed note that says so."""

    log = models.CharField(max_length=50)
    tree_size = models.BigIntegerField()
    root = models.BinaryField()
    frontier = models.BinaryField()
    note = models.TextField()
    key_id = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "audit_checkpoint"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["log", "tree_size"], name="audit_checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.log} at {self.tree_size}"


class Anchor(AppendOnlyModel):
    """A checkpoint that left this machine. recipient_role says to whom, never to which address."""

    log = models.CharField(max_length=50)
    tree_size = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    recipient_role = models.CharField(max_length=30)
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "audit_anchor"
        ordering = ["-id"]
        indexes = [models.Index(fields=["log", "-id"], name="audit_anchor_log")]

    def __str__(self) -> str:
        return f"{self.log} at {self.tree_size} to {self.recipient_role}"


class Pruning(AppendOnlyModel):
    """A stretch of a log whose events are gone after their term; only their leaf hashes are left.

    Events first_leaf up to (not including) end_leaf. leaves: their hashes, 32 bytes each. event_uuid: the event that
    says so. A row here is what lets the delete trigger pass, so the verifier asks for that event.
    """

    log = models.CharField(max_length=50)
    first_leaf = models.BigIntegerField()
    end_leaf = models.BigIntegerField()
    leaves = models.BinaryField()
    event_uuid = models.UUIDField()
    pruned_at = models.DateTimeField()

    class Meta:
        db_table = "audit_pruning"
        constraints = [
            models.UniqueConstraint(fields=["log", "first_leaf"], name="audit_pruned_once"),
            models.CheckConstraint(condition=Q(end_leaf__gt=F("first_leaf")), name="audit_pruned_something"),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.first_leaf}-{self.end_leaf}"
