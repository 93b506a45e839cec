"""Filters of lists that people keep for themselves."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from accounts.references import new_reference
from signals.filters import LONGEST

NAME = 40  # characters


class SavedFilter(models.Model):
    """A filter of the desk under a name of one's own; only the owner sees it. `query`: codes, as in an address."""

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=NAME)
    query = models.CharField(max_length=LONGEST)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once"),
        ]

    def __str__(self) -> str:
        return self.reference
