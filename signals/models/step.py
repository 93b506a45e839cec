"""The steps that the protocol named, frozen with the case, and what became of each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedTextField, RowKeyField
from accounts.models import User
from accounts.references import new_reference
from signals import rules
from signals.models.case import Case, where_set
from signals.models.facts import FactsChange
from signals.models.signal import Signal


class StepStatus(models.TextChoices):
    OPEN = rules.STEP_OPEN, _("open")
    DONE = rules.STEP_DONE, _("done")
    DECLINED = rules.STEP_DECLINED, _("decided against")
    NOT_APPLICABLE = rules.STEP_NOT_APPLICABLE, _("does not apply")
    REPLACED = rules.STEP_REPLACED, _("replaced by a stronger step")


class Step(models.Model):
    """One recipient for one report, exactly as the engine gave it with that version of the protocol.

    change: the new facts that brought it; none for what was given at sending. lapsed_by: the new facts from which it no
    longer follows; it stays open until somebody says what became of it. look_again_on: somebody decided against it, and
    looks at that again on this day.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="steps", db_index=False)  # step_once
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
    change = models.ForeignKey(
        FactsChange, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    lapsed_by = models.ForeignKey(
        FactsChange, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    look_again_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["signal_id", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Each recipient once for the report itself, and once for each change of its answers.
            models.UniqueConstraint("signal", "recipient", Coalesce("change", 0), name="step_once"),
            models.CheckConstraint(
                name="step_looked_at_again_when_declined",
                condition=Q(look_again_on__isnull=True) | Q(state=rules.STEP_DECLINED),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            where_set("change", "step_change"),
            where_set("lapsed_by", "step_lapsed_by"),
            models.Index(
                fields=["case", "due_at"],
                name="step_open_due",
                condition=Q(state=rules.STEP_OPEN, obligation="must"),
            ),
            # By what a list says that a case waits: few rows, found without reading the others.
            models.Index(
                fields=["case", "signal"],
                name="step_of_writer",
                condition=Q(actor="author", state=rules.STEP_OPEN, obligation="must", lapsed_by__isnull=True),
            ),
            models.Index(
                fields=["case", "look_again_on"],
                name="step_look_again",
                condition=Q(look_again_on__isnull=False),
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


class Consent(models.TextChoices):
    GIVEN = "given", _("asked, and given")
    REFUSED = "refused", _("asked, and refused")
    NOT_ASKED = "not_asked", _("not asked")


class StepOutcome(models.Model):
    """What became of a step; rows are only ever added, the last one counts.

    shared: line by line what was told. consent: asked for only where personal data went outside; consent_reason: why it
    was not asked, or shared all the same. finding: the new fact that the other told, see `escalation/findings.py`.
    """

    row_key = RowKeyField()
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=15, choices=OutcomeKind.choices)
    happened_at = models.DateTimeField(null=True, blank=True)
    by_whom = EncryptedTextField(max_length=120, blank=True)
    with_whom = EncryptedTextField(max_length=200, blank=True)
    reference_number = EncryptedTextField(max_length=80, blank=True)
    shared = EncryptedTextField(blank=True)
    ground = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    consent = models.CharField(max_length=12, choices=Consent.choices, blank=True)
    consent_reason = EncryptedTextField(blank=True)
    finding = models.CharField(max_length=30, blank=True)
    reason = EncryptedTextField(blank=True)
    look_again_on = models.DateField(null=True, blank=True)
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
            models.CheckConstraint(
                name="outcome_says_why_without_consent",
                condition=Q(consent__in=["", "given"]) | ~Q(consent_reason=""),
            ),
            models.CheckConstraint(
                name="outcome_looked_at_again_when_declined",
                condition=Q(look_again_on__isnull=True) | Q(kind="declined"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.kind}"
