"""The steps that the protocol named, frozen with the case, and what became of each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.references import new_reference
from signals import rules
from signals.models.case import Case
from signals.models.signal import Signal


class StepStatus(models.TextChoices):
    OPEN = rules.STEP_OPEN, _("open")
    DONE = rules.STEP_DONE, _("done")
    DECLINED = rules.STEP_DECLINED, _("decided against")
    NOT_APPLICABLE = rules.STEP_NOT_APPLICABLE, _("does not apply")


class Step(models.Model):
    """One recipient for one report, exactly as the engine gave it with that version of the protocol."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    recipient = models.CharField(max_length=40)
    obligation = models.CharField(max_length=10)
    basis = models.CharField(max_length=12)
    urgency = models.CharField(max_length=20)
    actor = models.CharField(max_length=30)
    rules = models.JSONField()
    why_nl = models.TextField()
    why_en = models.TextField()
    source = models.TextField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=15, choices=StepStatus.choices, default=StepStatus.OPEN)

    class Meta:
        ordering: ClassVar[list[str]] = ["signal_id", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["signal", "recipient"], name="step_recipient_once_per_report"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["case", "due_at"],
                name="step_open_due",
                condition=Q(state=rules.STEP_OPEN, obligation="must"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} ({self.obligation})"


class OutcomeKind(models.TextChoices):
    DONE = rules.STEP_DONE, _("done")
    DECLINED = rules.STEP_DECLINED, _("decided against")
    NOT_APPLICABLE = rules.STEP_NOT_APPLICABLE, _("does not apply")
    REOPENED = "reopened", _("opened again")


class Ground(models.TextChoices):
    CONSENT = "consent", _("with consent")
    LAW = "law", _("the law asks for it")
    SAFETY = "safety", _("needed for somebody's safety, without consent")
    NOTHING_PERSONAL = "nothing_personal", _("no personal data shared")


class StepOutcome(models.Model):
    """What became of a step; rows are only ever added, the last one counts."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=15, choices=OutcomeKind.choices)
    happened_at = models.DateTimeField(null=True, blank=True)
    by_whom = models.CharField(max_length=120, blank=True)
    with_whom = models.CharField(max_length=200, blank=True)
    reference_number = models.CharField(max_length=80, blank=True)
    shared = models.TextField(blank=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    reason = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="outcome_done_or_reason",
                condition=(
                    (Q(kind="done", happened_at__isnull=False) & ~Q(by_whom="")) | (~Q(kind="done") & ~Q(reason=""))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.kind}"
