"""Writes a line of what was done with a hand-over, a task or a meeting, in the transaction of the caller."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from signals.models import Case, WorkLine


def line_add(case: Case, kind: str, *, by: User, **fields: Any) -> WorkLine:
    """One row; they are only ever added."""
    row = WorkLine(case=case, kind=kind, by=by, at=fields.pop("at", None) or timezone.now(), **fields)
    row.full_clean()
    row.save()
    return row


def locked(case: Case) -> Case:
    """The case under lock, with what an event says of it."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("board", "school", "owner")
    return rows.get(pk=case.pk)
