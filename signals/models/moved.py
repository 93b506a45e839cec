"""What moved up because nobody acted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from signals import ladder
from signals.models.case import Case, Rung
from signals.models.step import Step


class Moved(models.Model):
    """A report that nobody opened (no `step`), or a step past its term, came to lie with somebody else as well.

    It is only added, and it ends as soon as somebody acts. One row for each level while it lasts, so that two workers
    can't do the same. walled: it was behind a wall then. had, got: references of who had it and of who got it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="moves", null=True, blank=True)
    level = models.PositiveSmallIntegerField(choices=Rung.choices)
    walled = models.BooleanField()
    had = models.JSONField(default=list, blank=True)
    got = models.JSONField(default=list)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "level"],
                name="moved_case_once",
                condition=Q(step__isnull=True, ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["step", "level"],
                name="moved_step_once",
                condition=Q(step__isnull=False, ended_at__isnull=True),
            ),
            models.CheckConstraint(name="moved_up", condition=Q(level__gt=ladder.FIRST)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.level}"
