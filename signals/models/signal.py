"""The report that one member of staff wrote, its draft, and what was added later."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedJSONField, EncryptedTextField, RowKeyField
from accounts.models import Pupil, School, User
from accounts.references import new_reference
from signals.models.case import Case, where_set

BOX = 20_000  # characters in one box of the form

ON_PAPER = Q(on_paper_on__isnull=False) & (
    Q(on_paper_by__isnull=False, on_paper_by_name="") | (Q(on_paper_by__isnull=True) & ~Q(on_paper_by_name=""))
)
NOT_ON_PAPER = Q(on_paper_on__isnull=True, on_paper_time__isnull=True, on_paper_by__isnull=True, on_paper_by_name="")


def empty() -> dict[str, Any]:
    return {}


class Draft(models.Model):
    """A report that is not sent yet. Only the writer sees it. `data` and `answers` hold the fields as typed.

    `page` is the open form that wrote it last, `turn` how many times that one had kept it: see services.drafts.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)  # draft_author
    data = EncryptedJSONField(default=empty, blank=True, row="reference")
    answers = EncryptedJSONField(default=empty, blank=True, row="reference")
    called_112_at = models.DateTimeField(null=True, blank=True)
    page = models.CharField(max_length=12, blank=True)
    turn = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["author", "-id"], name="draft_author")]

    def __str__(self) -> str:
        return self.reference


class Signal(models.Model):
    """One report. It never changes after it is sent; corrections and additions are rows beside it.

    Four boxes keep facts, other people's words, the writer's opinion and counter-signs apart. Three moments:
    when it happened, when the school knew, when it was entered. `facts` is what the engine decided on, with the
    version of the protocol; `grave` whether its steps hold a must beyond telling the care coordinator, which only new
    answers can still change. `key` is the reference of the draft it came from: one draft, one report. Of a report that
    was written on paper first, `author` is who typed it; `on_paper_by`, or a name for who has no account, is who wrote
    it, and gets no access by that.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.CharField(max_length=12, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signals", db_index=False)  # signal_of_case
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)  # never looked up
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)  # signal_author
    concern = models.CharField(max_length=30)
    subject_role = models.CharField(max_length=12)
    observed = EncryptedTextField(max_length=BOX, row="reference")
    told = EncryptedTextField(max_length=BOX, blank=True, row="reference")
    opinion = EncryptedTextField(max_length=BOX, blank=True, row="reference")
    against = EncryptedTextField(max_length=BOX, blank=True, row="reference")
    facts = EncryptedJSONField(row="reference")
    grave = models.BooleanField(default=False)
    protocol = models.CharField(max_length=20)
    happened_on = models.DateField()
    happened_time = models.TimeField(null=True, blank=True)
    happened_about = models.BooleanField(default=False)
    known_on = models.DateField()
    known_time = models.TimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    called_112_at = models.DateTimeField(null=True, blank=True)
    on_paper_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    on_paper_by_name = EncryptedTextField(max_length=120, blank=True, row="reference")
    on_paper_on = models.DateField(null=True, blank=True)
    on_paper_time = models.TimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "grave"], name="signal_of_case"),  # what a list asks about reports is in it
            models.Index(fields=["author", "-id"], name="signal_author"),
            where_set("on_paper_by", "signal_on_paper_by"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="signal_happened_before_known", condition=Q(happened_on__lte=models.F("known_on"))
            ),
            models.CheckConstraint(name="signal_paper_has_one_writer_and_a_day", condition=ON_PAPER | NOT_ON_PAPER),
            models.CheckConstraint(
                name="signal_happened_before_paper", condition=Q(happened_on__lte=models.F("on_paper_on"))
            ),
            models.CheckConstraint(name="signal_says_something", condition=~Q(observed="")),
        ]

    def __str__(self) -> str:
        return self.reference


class PersonRole(models.TextChoices):
    SUBJECT = "subject", _("whom it is about")
    HARMED = "harmed", _("to whom it was done")
    WITNESS = "witness", _("who saw or heard it")
    OTHER = "other", _("involved in another way")


ONE_OF_THREE = (
    (Q(pupil__isnull=False, user__isnull=True, description=""))
    | (Q(pupil__isnull=True, user__isnull=False, description=""))
    | (Q(pupil__isnull=True, user__isnull=True) & ~Q(description=""))
)


class Person(models.Model):
    """Somebody involved: a pupil of the list, a member of staff, or a description of somebody unknown.

    `role` is that in the report; what a handler says of it afterwards is a CaseChange.
    """

    row_key = RowKeyField()
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=10, choices=PersonRole.choices)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    description = EncryptedTextField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            where_set("pupil", "person_pupil", "-id"),  # the newest first
            where_set("user", "person_user", "-id"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="person_is_one_of_three", condition=ONE_OF_THREE),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class CasePerson(models.Model):
    """Somebody whom a handler added to a case afterwards: no report names them, and no step follows from them.

    A colleague can't read the case as long as they stand in it, whatever their role. `role` is the one they have now;
    each time that somebody was added, taken out or got another role is a CaseChange. `key` makes a second click
    harmless.
    """

    row_key = RowKeyField()
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="added_people")
    role = models.CharField(max_length=10, choices=PersonRole.choices)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    description = EncryptedTextField(max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)  # never looked up
    at = models.DateTimeField()
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            where_set("pupil", "case_person_pupil"),
            where_set("user", "case_person_user"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="case_person_is_one_of_three", condition=ONE_OF_THREE),
            models.CheckConstraint(
                name="case_person_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class Addition(models.Model):
    """What the writer added to a report after sending it. `key` makes a second click harmless."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="additions")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(max_length=BOX, row="key")
    key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"addition {self.pk}"
