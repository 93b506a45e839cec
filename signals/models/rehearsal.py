"""An exercise: what somebody practises with an invented school."""

from typing import Any

from django.db import models

from accounts.content.fields import EncryptedJSONField
from accounts.models import Sector, User
from accounts.references import new_reference
from signals.models.signal import empty


def nothing() -> list[Any]:
    return []


class Rehearsal(models.Model):
    """The exercise of one person; nobody else ever sees it, and it is thrown away for good.

    `data` and `answers`: the form as typed, as in a draft. `rows`: after sending everything that a case would consist
    of, as data (`signals/practice/play.py`). It stands in no table of cases, so that no list, count, search, figure,
    mail or log of cases can hold it.
    """

    reference = models.CharField(max_length=12, default=new_reference, unique=True, editable=False)
    by = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    sector = models.CharField(max_length=3, choices=Sector.choices)
    data = EncryptedJSONField(row="reference", default=empty, blank=True)
    answers = EncryptedJSONField(row="reference", default=empty, blank=True)
    called_112_at = models.DateTimeField(null=True, blank=True)
    rows = EncryptedJSONField(row="reference", default=nothing, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="rehearsal_old")]

    def __str__(self) -> str:
        return self.reference
