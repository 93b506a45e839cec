"""Mail and background work: what has to leave or to be done, when a part last ran, and how somebody wants mail."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MailProblem(models.TextChoices):
    """Why a mail did not leave. The first is about the mail server and holds all mail up, the others about one mail."""

    AWAY = "away", _("The mail server can't be reached, or does not let us in.")
    LATER = "later", _("The mail server asked several times to come back later.")
    ADDRESS = "address", _("The mail server says that this address does not exist.")
    REFUSED = "refused", _("The mail server does not accept this mail.")
    BROKEN = "broken", _("This mail could not be made. The journal of the server says why.")


class MailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> "MailQuerySet":
        """What has to leave still: neither sent nor given up."""
        return self.filter(sent_at=None, failed_at=None)


class OutgoingMail(models.Model):
    """A mail that has to leave, see accounts.outbox. It holds a number and a path, never a name or a story.

    `failed_at`: it was given up, for `problem`, and an administrator sees it.
    """

    kind = models.CharField(max_length=30)
    to = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, blank=True)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=8, choices=MailProblem.choices, blank=True)

    objects: ClassVar[Any] = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], name="mail_due", condition=Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
            models.Index(fields=["sent_at"], name="mail_sent", condition=Q(sent_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_or_failed", condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("given up after several tries")


class BackgroundJob(models.Model):
    """Something that a worker does outside a request, see accounts.jobs. It holds a name and ids, never a text.

    `problem`: the kind of error of the last try, without its message, which could hold what somebody wrote.
    """

    name = models.CharField(max_length=40)
    ids = models.JSONField(default=list, blank=True)
    board = models.ForeignKey("accounts.Board", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="job_state_known", condition=Q(state__in=JobState.values))]
        indexes = [models.Index(fields=["state", "finished_at"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class JobSlot(models.Model):
    """A regular job was started for this moment; nobody starts it for the same moment again."""

    job = models.CharField(max_length=40)
    slot = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="job_once_per_slot")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"


class PartBeat(models.Model):
    """When a part of the worker last did its round. `problem`: the kind of error of the last round that failed.
    `careful_until`: of the schedule, until when nothing regular starts because a clock jumped."""

    part = models.CharField(max_length=20, unique=True)
    ran_at = models.DateTimeField(null=True, blank=True)
    careful_until = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.part


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", _("Each one at once")
    DAILY = "daily", _("Together, once a day")
    WEEKLY = "weekly", _("Together, once a week")


class MailChoice(models.Model):
    """When somebody wants mail about cases. Without a row: at once, at any hour. `accounts/quiet.py` has the rule."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_weekend = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="mail_rhythm_known", condition=Q(rhythm__in=Rhythm.values)),
            models.CheckConstraint(
                name="mail_quiet_from_and_until",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.rhythm}"

    def clean(self) -> None:
        """Quiet hours have a beginning and an end."""
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValidationError(_("Fill in both times, or neither."))
