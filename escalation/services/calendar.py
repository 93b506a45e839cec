"""Changing the school calendar. What was counted before stays: the due moment of a step is frozen with the step."""

import hashlib
from datetime import date

from django.db import transaction

from accounts.grants import grants_of
from accounts.hours import Hours
from accounts.models import School, User
from accounts.references import is_reference
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation.errors import ClosingLabelError, HoursChangedError
from escalation.models import ClosingDays


def hours_mark(school: School) -> str:
    """Tells what the hours and the region of a school are from what they were before."""
    return hashlib.sha256(repr((school.region, sorted(school.hours.items()))).encode()).hexdigest()[:20]


@transaction.atomic
def calendar_save(*, by: User, school: School, region: str, hours: Hours | None, seen: str | None = None) -> None:
    """Set the region of the school holidays (empty for none) and when the school is open.

    Args:
        seen: the mark of what the form showed; None compares nothing.

    Raises:
        HoursChangedError: a colleague changed it since.
    """
    row = School.objects.select_for_update().get(pk=school.pk)
    held = hours_mark(row)
    row.region, row.hours = region, hours.stored() if hours else {}
    row.full_clean()
    if seen not in (None, held) and hours_mark(row) != held:  # the same once more is a second click
        raise HoursChangedError
    row.save(update_fields=["region", "hours"])
    _event(Action.CALENDAR_SAVED, by, school, "school", school.reference)


@transaction.atomic
def closing_add(*, by: User, school: School, starts_on: date, ends_on: date, label: str) -> ClosingDays:
    """Add days on which the school is closed. The same days again (a double click) change nothing.

    Raises:
        ClosingLabelError: these very days stand there under another name.
    """
    School.objects.select_for_update().get(pk=school.pk)
    days = {"school": school, "starts_on": starts_on, "ends_on": ends_on}
    if already := ClosingDays.objects.filter(**days).first():
        if already.label != label:
            raise ClosingLabelError(already.label)
        return already
    row = ClosingDays(**days, label=label)
    row.full_clean()
    row.save()
    _event(Action.CLOSING_ADDED, by, school, "closing", row.reference)
    return row


@transaction.atomic
def closing_remove(*, by: User, school: School, reference: str) -> bool:
    """Take closing days away; False when they are not there (any more)."""
    if not is_reference(reference):
        return False
    removed, _kinds = ClosingDays.objects.filter(school=school, reference=reference).delete()
    if removed:
        _event(Action.CLOSING_REMOVED, by, school, "closing", reference)
    return bool(removed)


def _event(action: Action, by: User, school: School, kind: str, ref: str) -> None:
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_at(Permission.CONTACT_EDIT, board=school.board_id, school=school.pk),
        board=school.board.reference,
        school=school.reference,
        kind=kind,
        ref=ref,
        rule=Permission.CONTACT_EDIT,
    )
