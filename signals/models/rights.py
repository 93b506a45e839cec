"""Rights and refusals that rest on a row about one case and one person, beside what roles give."""

from typing import ClassVar

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.content.fields import EncryptedTextField
from accounts.models import User
from accounts.references import new_reference
from accounts.roles import Role
from signals.models.case import Case

REASON_LENGTH = 30  # characters of the reason for break-glass, at least


class CaseUserPermission(UserObjectPermissionBase):
    """django-guardian's table of shares. The related name is visible because guardian finds the table by it."""

    content_object = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="share_grants")

    class Meta(UserObjectPermissionBase.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "permission", "content_object"], name="share_grant"),
        ]


class Level(models.TextChoices):
    READ = "read", _("read")
    CONTRIBUTE = "contribute", _("read and add notes")


class Share(models.Model):
    """One case, opened to one colleague by somebody who handles it; it stops by itself after `ends_on`.

    What it grants is in CaseUserPermission; this row says why, until when and who gave it. `key` makes a second
    click harmless. `ended_at`: somebody took it back, or gave a new one instead.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shares")
    colleague = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    reason = EncryptedTextField(row="reference")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ends_on = models.DateField(help_text="Last day on which it holds.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["colleague", "ends_on"], name="share_active", condition=Q(ended_at__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "colleague"], name="share_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="share_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(name="share_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="share_not_with_oneself", condition=~Q(colleague=F("by"))),
        ]

    def __str__(self) -> str:
        return self.reference


class Named(models.Model):
    """Somebody of the school who handles a walled case by name: the wall keeps the others out, not them."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="named")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user"], name="named_active", condition=Q(ended_at__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "user"], name="named_once", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.case_id}"


class Barred(models.Model):
    """Somebody who may not see a case, whatever their role, because they are too close to it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="barred")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "user"], name="barred_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} not in {self.case_id}"


class BreakGlass(models.Model):
    """Somebody opened a case outside their reach, for an hour, and said why. It waits until somebody looks at it.

    role: the role by which they could. `review`: what the one who looked at it wrote.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="break_glasses")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    reason = EncryptedTextField(row="reference", validators=[MinLengthValidator(REASON_LENGTH)])
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review = EncryptedTextField(blank=True, row="reference")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["by", "until"], name="break_glass_open"),
            models.Index(fields=["case"], name="break_glass_waits", condition=Q(reviewed_at__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="break_glass_ends", condition=Q(until__gt=F("opened_at"))),
            models.CheckConstraint(name="break_glass_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="break_glass_reviewed_by_somebody_else",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review="") & ~Q(reviewed_by=F("by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
