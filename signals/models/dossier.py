"""A dossier: a letter with chosen parts of a case for one recipient outside, as a PDF that is kept for a while."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedJSONField, EncryptedTextField
from accounts.models import BackgroundJob, User
from accounts.references import new_reference
from signals.models.case import Case
from signals.models.step import Consent

NAME, POST = 200, 400


class DossierFor(models.TextChoices):
    POLICE = "police", _("the police")
    MUNICIPALITY = "town", _("the municipality")
    SCHOOL = "school", _("the next school")
    PARENT = "parent", _("a parent or guardian")
    OTHER = "other", _("somebody else")


class DossierGround(models.TextChoices):
    """Why it may be passed on; in signals.dossier.grounds stands what each means, and where that comes from."""

    CONSENT = "consent", _("consent")
    DUTY = "duty", _("the law obliges us")
    RIGHT = "right", _("the law allows it without consent")
    SAFETY = "safety", _("somebody’s safety")
    TASK = "task", _("needed for our task as a school")
    OWN = "own", _("the right of whom it is about")


class DossierState(models.TextChoices):
    DRAFT = "draft", _("being put together")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    OVER = "over", _("removed after its term")


# As whom of the table somebody was told by it, where the table knows them.
TOLD = {
    DossierFor.POLICE: "police_contact",
    DossierFor.MUNICIPALITY: "municipality_oov",
    DossierFor.PARENT: "parents",
}


def nothing() -> list[Any]:
    return []


NO_FILE = Q(stored="", sealed_with__isnull=True)
MADE = Q(made_at__isnull=False, size__isnull=False) & ~Q(digest="")


class Dossier(models.Model):
    """One dossier. It belongs to the case in which it was made; who handles that, or what it was put with, has it.

    key: makes a second click harmless. about: whom of the case it is about, see signals.dossier.parts. picked, words:
    what was chosen, and what is replaced beside the names that are known. content: the letter as it was approved,
    until its term ends; contents: what was in it, in short; reports: the numbers of the reports of which something
    was in it, and pieces: the keys of the notes, tasks, meetings and files, see signals.dossier.parts. changed_at: when
    it was last put together. steps: how far it is. digest: SHA-256 of the PDF. stored: its random name in the store,
    sealed_with: the key that it needs.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="dossiers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=DossierState.choices, default=DossierState.DRAFT)
    language = models.CharField(max_length=2, choices=(("nl", "Nederlands"), ("en", "English")), default="nl")
    recipient = models.CharField(max_length=6, choices=DossierFor.choices)
    name = EncryptedTextField(max_length=NAME, row="reference")
    post = EncryptedTextField(max_length=POST, blank=True, row="reference")
    about = EncryptedTextField(max_length=60, row="reference")
    purpose = EncryptedTextField(max_length=1000, row="reference")
    ground = models.CharField(max_length=8, choices=DossierGround.choices)
    consent_by = EncryptedTextField(max_length=NAME, blank=True, row="reference")
    consent_on = models.DateField(null=True, blank=True)
    consent = models.CharField(max_length=12, choices=Consent.choices, blank=True)
    consent_reason = EncryptedTextField(max_length=500, blank=True, row="reference")
    named_staff = models.BooleanField(default=False)
    picked = EncryptedJSONField(default=nothing, blank=True, row="reference")
    words = EncryptedJSONField(default=nothing, blank=True, row="reference")
    content = EncryptedJSONField(default=dict, blank=True, row="reference")
    reports = models.JSONField(default=nothing, blank=True)
    pieces = models.JSONField(default=nothing, blank=True)
    contents = EncryptedJSONField(default=nothing, blank=True, row="reference")
    job = models.ForeignKey(BackgroundJob, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    steps = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(default=timezone.now)
    ordered_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stored = models.CharField(max_length=40, blank=True)
    sealed_with = models.PositiveIntegerField(null=True, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["digest"], name="dossier_digest", condition=~Q(digest="")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stored"], name="dossier_stored_once", condition=~Q(stored="")),
            models.CheckConstraint(
                name="dossier_stands_at_one_point",
                condition=(Q(state=DossierState.DRAFT, ordered_at__isnull=True, made_at__isnull=True) & NO_FILE)
                | (Q(state=DossierState.MAKING, ordered_at__isnull=False, made_at__isnull=True) & NO_FILE)
                | (Q(state=DossierState.READY, ended_at__isnull=True, sealed_with__isnull=False) & MADE & ~Q(stored=""))
                | (Q(state=DossierState.OVER, ended_at__isnull=False) & MADE & NO_FILE),
            ),
            models.CheckConstraint(
                name="dossier_with_consent_says_whose",
                condition=~Q(ground=DossierGround.CONSENT) | (~Q(consent_by="") & Q(consent_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="dossier_says_why_without_consent",
                condition=Q(consent__in=["", Consent.GIVEN]) | ~Q(consent_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
