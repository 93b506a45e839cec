"""Changing the school calendar. What was counted before stays: the due moment of a step is frozen with the step."""

from datetime import date

from django.db import transaction

from accounts.grants import grants_of
from accounts.hours import Hours
from accounts.models import School, User
from accounts.references import is_reference
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation.models import ClosingDays


@transaction.atomic
def calendar_save(*, by: User, school: School, region: str, hours: Hours | None) -> None:
    """Set the region of the school holidays (empty for none) and when the school is open."""
    row = School.objects.select_for_update().get(pk=school.pk)
    row.region, row.hours = region, hours.stored() if hours else {}
    row.full_clean()
    row.save(update_fields=["region", "hours"])
    _event(Action.CALENDAR_SAVED, by, school, "school", school.reference)


@transaction.atomic
def closing_add(*, by: User, school: School, starts_on: date, ends_on: date, label: str) -> ClosingDays:
    """Add days on which the school is closed. The same days again (a double click) change nothing."""
    School.objects.select_for_update().get(pk=school.pk)
    days = {"school": school, "starts_on": starts_on, "ends_on": ends_on}
    if already := ClosingDays.objects.filter(**days).first():
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
