"""The case: what the team does with one or more reports."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedTextField, RowKeyField
from accounts.models import Board, School, User
from accounts.references import new_reference
from signals import ladder, rules


class Status(models.TextChoices):
    NEW = rules.NEW, _("new")
    IN_REVIEW = rules.IN_REVIEW, _("in review")
    ESCALATED = rules.ESCALATED, _("passed on outside the school")
    MONITORING = rules.MONITORING, _("being followed")
    CLOSED = rules.CLOSED, _("closed")
    REOPENED = rules.REOPENED, _("reopened")
    JOINED = rules.JOINED, _("put with another case")


class CaseOutcome(models.TextChoices):
    RESOLVED = "resolved", _("Resolved: the worry is gone")
    HANDED_OVER = "handed_over", _("Handed over: somebody else takes it on")
    UNFOUNDED = "unfounded", _("Unfounded: the worry proved not to be right")
    NO_ACTION = "no_action", _("No further action needed")


class Rung(models.IntegerChoices):
    FIRST = ladder.FIRST, _("who has it from the start")
    DEPUTY = ladder.DEPUTY, _("deputy")
    PRINCIPAL = ladder.PRINCIPAL, _("principal")
    BOARD = ladder.BOARD, _("board officer")


def where_set(field: str, name: str, *order: str) -> models.Index:
    """An index of a relation that is empty in nearly every row: those rows cost it nothing. order: further fields."""
    return models.Index(fields=[field, *order], name=name, condition=Q(**{f"{field}__isnull": False}))


class Case(models.Model):
    """One worry that is being followed up.

    `walled` cases belong to the board's officer and not to the school's coordinators: those about staff or a
    principal by themselves, any other one when somebody walled it by hand, with `wall_reason`.
    `next_due_at` is the soonest due moment of an open must, `task_on` the day of the first open task and `first_at`
    what comes first of the two, kept by the services for sorting lists.
    `moved_to`: how far up it lies because nobody acted; `moved_at`: when it last moved, also when that is over.
    `look_at`: when `nobody_acted` has to look at it again; whatever changes what must be done sets it to now.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", db_index=False)  # case_board
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)  # case_school
    concern = models.CharField(max_length=30)
    subject_role = models.CharField(max_length=12)
    walled = models.BooleanField(default=False)
    wall_reason = EncryptedTextField(blank=True, row="reference")
    walled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    walled_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    outcome = models.CharField(max_length=12, choices=CaseOutcome.choices, blank=True)
    close_reason = EncryptedTextField(blank=True, row="reference")
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    task_on = models.DateField(null=True, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    moved_to = models.PositiveSmallIntegerField(choices=Rung.choices, default=Rung.FIRST, db_default=Rung.FIRST)
    moved_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="joined", null=True, blank=True, db_index=False
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        permissions = [
            ("read_shared_case", "Can read a case that was shared"),
            ("add_to_shared_case", "Can add notes to a case that was shared"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            where_set("owner", "case_owner", "school", "status", "walled", "id"),  # "mine" is counted from it alone
            where_set("joined_to", "case_joined_to"),
            where_set("walled_by", "case_walled_by"),
            models.Index(fields=["school", "walled", "-id"], name="case_school"),
            models.Index(fields=["board", "walled", "-id"], name="case_board"),
            # Counts of a list are read from these alone, without the rows.
            models.Index(
                fields=["school", "status", "first_at", "id", "walled", "moved_to", "next_due_at"],
                name="case_school_due",
                condition=Q(walled=False),
            ),
            models.Index(
                fields=["board", "status", "first_at", "id", "walled", "moved_to", "next_due_at"],
                name="case_board_due",
                condition=Q(walled=True),
            ),
            # What nobody acted on: a handful of rows, found without reading the others.
            models.Index(fields=["look_at"], name="case_look_at", condition=Q(look_at__isnull=False)),
            models.Index(
                fields=["school"], name="case_school_moved", condition=Q(walled=False, moved_to__gte=ladder.PRINCIPAL)
            ),
            models.Index(fields=["board"], name="case_board_moved", condition=Q(walled=False, moved_to=ladder.BOARD)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="case_walled_about_staff",
                condition=Q(walled=True) | ~Q(subject_role__in=["staff", "principal"]),
            ),
            models.CheckConstraint(
                name="case_walled_by_hand_says_why",
                condition=(
                    Q(wall_reason="", walled_by__isnull=True, walled_at__isnull=True)
                    & (Q(walled=False) | Q(subject_role__in=["staff", "principal"]))
                )
                | (
                    Q(walled=True, walled_by__isnull=False, walled_at__isnull=False)
                    & ~Q(wall_reason="")
                    & ~Q(subject_role__in=["staff", "principal"])
                ),
            ),
            models.CheckConstraint(
                name="case_in_hand_has_owner",
                condition=(
                    Q(status__in=[rules.NEW, rules.JOINED], owner__isnull=True, taken_at__isnull=True)
                    | (~Q(status__in=[rules.NEW, rules.JOINED]) & Q(owner__isnull=False, taken_at__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="case_closed_with_outcome",
                condition=(
                    (Q(status=rules.CLOSED, closed_at__isnull=False) & ~Q(outcome="") & ~Q(close_reason=""))
                    | (~Q(status=rules.CLOSED) & Q(closed_at__isnull=True, outcome="", close_reason=""))
                ),
            ),
            models.CheckConstraint(
                name="case_moved_since",
                condition=Q(moved_to=ladder.FIRST) | Q(moved_at__isnull=False, status__in=sorted(rules.OPEN)),
            ),
            models.CheckConstraint(
                name="case_joined_somewhere",
                condition=(
                    Q(status=rules.JOINED, joined_to__isnull=False)
                    | (~Q(status=rules.JOINED) & Q(joined_to__isnull=True))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def walled_by_hand(self) -> bool:
        """True when somebody put up the wall, so that it can be taken down again."""
        return bool(self.wall_reason)


class ChangeKind(models.TextChoices):
    STATUS = "status", _("status")
    OWNER = "owner", _("owner")
    JOINED = "joined", _("report put with this case")
    WALL = "wall", _("wall")
    SPOKEN = "spoken", _("spoke to who has it")
    LEFT = "left", _("report went to another case")
    CAME = "came", _("report came from another case")
    BACK = "back", _("reports put back")
    ROLE = "role", _("role of somebody in the case")
    PERSON = "person", _("somebody added to the case or taken out")


OUT = "out"  # of a change: somebody was taken out of the case


class CaseChange(models.Model):
    """One change of status or owner; rows are only ever added. Of a role: `old` is whose, `new` which.

    Of a person likewise; `new` is OUT where they were taken out.
    """

    row_key = RowKeyField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    old = models.CharField(max_length=40, blank=True)
    new = models.CharField(max_length=40)
    reason = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id}: {self.old} → {self.new}"


class Note(models.Model):
    """What a handler wrote in the case. `key` makes a second click harmless.

    `person`: of whom in the case it is, see signals.about; empty: of the whole case. So it is for tasks, meetings and
    files as well; once given it does not change.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(row="key")
    person = models.CharField(max_length=36, blank=True, default="")
    key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note {self.pk}"


class StoryOpening(models.Model):
    """Somebody who follows without the story opened it, and said why."""

    row_key = RowKeyField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="story_openings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="story_opening_ends", condition=Q(until__gt=models.F("opened_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} in {self.case_id}"
