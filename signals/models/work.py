"""Who has a case and what is agreed about it: hand-overs, absences, tasks, meetings, and a line for each change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.content.fields import EncryptedJSONField, EncryptedTextField, RowKeyField
from accounts.models import Board, School, User
from accounts.references import new_reference
from signals.models.case import Case
from signals.models.dossier import Dossier


class HandOverState(models.TextChoices):
    PROPOSED = "proposed", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")


class HandOver(models.Model):
    """The owner asks a colleague to become the owner. Until that is accepted nothing changes.

    It gives nobody access: only who handles the case can be asked. `answer`: why it was refused. ended_by: who
    answered, withdrew it, or did what made it lapse. `key` makes a second click harmless.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hand_overs")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(row="reference")
    state = models.CharField(max_length=10, choices=HandOverState.choices, default=HandOverState.PROPOSED)
    answer = EncryptedTextField(row="reference", blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["to"], name="hand_over_waits", condition=Q(state="proposed")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case"], name="hand_over_one_waits", condition=Q(state="proposed")),
            models.CheckConstraint(name="hand_over_to_another", condition=~Q(to=F("by"))),
            models.CheckConstraint(name="hand_over_says_why", condition=~Q(text="")),
            models.CheckConstraint(
                name="hand_over_ended_once",
                condition=Q(state="proposed", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="proposed") & Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
            models.CheckConstraint(name="hand_over_refused_says_why", condition=~Q(state="refused") | ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return self.reference


class Absence(models.Model):
    """Somebody who handles the cases of a school, or the walled ones of a board, is away, and who stands in for them.

    It gives nobody access: the deputy handles the cases of the same place already. It ends by itself; `ended_at`:
    stopped before.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Last day on which it holds.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["deputy", "ends_on"], name="absence_deputy", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["user", "ends_on"], name="absence_away", condition=Q(ended_at__isnull=True)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="absence_at_one_place",
                condition=Q(school__isnull=False, board__isnull=True) | Q(school__isnull=True, board__isnull=False),
            ),
            models.CheckConstraint(name="absence_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="absence_deputy_is_another", condition=~Q(deputy=F("user"))),
            models.CheckConstraint(
                name="absence_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def place(self) -> School | Board:
        """Where it holds."""
        found = self.school or self.board
        if found is None:
            raise ValueError("the absence has no place")
        return found


class Remind(models.TextChoices):
    DAY_BEFORE = "before", _("The school day before")
    SAME_DAY = "same", _("On the day itself")
    NEVER = "never", _("No reminder")


class TaskState(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")
    DROPPED = "dropped", _("not done")


class Meeting(models.Model):
    """A meeting about a case. Written once: what comes later is a WorkLine. cancelled_at: it does not take place.

    Only when, where and with whom can change until it is held; what it was stands in a WorkLine. `version`: two people
    can't change it at once. without_name: what was discussed without saying whom it is about. `key` makes a second
    click harmless.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    place = EncryptedTextField(row="reference", blank=True, max_length=200)
    text = EncryptedTextField(row="reference", blank=True)
    without_name = EncryptedTextField(row="reference", blank=True)
    person = models.CharField(max_length=36, blank=True, default="")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.reference


class Task(models.Model):
    """Something that somebody does before a day. What it said before stands in its WorkLines.

    remind_on: the day of the mail, which goes to the assignee, and `reminded_at` when it was queued. `meeting`: where
    it was decided. `version`: two people can't change it at once. `key` makes a second click harmless.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="tasks", null=True, blank=True)
    text = EncryptedTextField(row="reference")
    person = models.CharField(max_length=36, blank=True, default="")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    remind = models.CharField(max_length=6, choices=Remind.choices, default=Remind.DAY_BEFORE)
    remind_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assignee", "due_on"], name="task_mine", condition=Q(state="open")),
            models.Index(
                fields=["remind_on"], name="task_reminder", condition=Q(state="open", reminded_at__isnull=True)
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="task_says_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="task_ended",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class LineKind(models.TextChoices):
    PROPOSED = "proposed", _("hand-over proposed")
    ACCEPTED = "accepted", _("hand-over accepted")
    REFUSED = "refused", _("hand-over refused")
    WITHDRAWN = "withdrawn", _("hand-over withdrawn")
    LAPSED = "lapsed", _("hand-over lapsed")
    MADE = "made", _("task made")
    CHANGED = "changed", _("task changed")
    DONE = "done", _("task done")
    DROPPED = "dropped", _("task not done")
    OPENED = "opened", _("task opened again")
    MEETING = "meeting", _("meeting")
    PRESENT = "present", _("was present")
    OUTSIDER = "outsider", _("was present from outside")
    DECIDED = "decided", _("decided")
    ADDED = "added", _("added to the meeting")
    MOVED = "moved", _("meeting changed")
    CANCELLED = "cancelled", _("meeting cancelled")
    DOSSIER = "dossier", _("dossier made")
    FETCHED = "fetched", _("dossier fetched")


class WorkLine(models.Model):
    """One thing that was done with a hand-over, a task, a meeting or a dossier; rows are only ever added.

    All of a case in one table, so that its page fetches it in one query. who: whom it is about: who was asked, who has
    or had the task, who was present. text: what was written; of a change, what the task said before. data: codes and
    days, of a meeting that was moved what it was; see signals.work. `key`: of an addition that somebody sent.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="work")
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="lines", null=True, blank=True)
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    row_key = RowKeyField()
    text = EncryptedTextField(blank=True)
    data = EncryptedJSONField(default=dict, blank=True)
    key = models.UUIDField(unique=True, null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="work_line_about_something",
                condition=Q(hand_over__isnull=False)
                | Q(task__isnull=False)
                | Q(meeting__isnull=False)
                | Q(dossier__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"
