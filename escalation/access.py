"""Whose contacts and calendar somebody may see and change: those of the own school, or for the
administrator all of the board.
"""

from collections.abc import Iterable
from typing import NoReturn

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.grants import grants_of
from accounts.models import School, User
from accounts.references import is_reference
from accounts.refusals import record_refusal
from accounts.roles import Permission
from escalation.contacts import contacts_by_school
from escalation.models import Contact


def contact_schools(user: User) -> QuerySet[School]:
    """The schools whose contacts this person keeps."""
    grants = grants_of(user)
    return School.objects.filter(
        Q(id__in=grants.schools(Permission.CONTACT_EDIT)) | Q(board_id__in=grants.boards(Permission.CONTACT_EDIT))
    ).select_related("board")


def contact_school(user: User, reference: str, kind: str = "contacts") -> School:
    """One of them, or 404, recorded."""
    school = contact_schools(user).filter(reference=reference).first()
    if school is None:
        _refuse(user, kind, reference)
    return school


def calendar_school(user: User, reference: str) -> School:
    """One whose calendar this person keeps, or 404, recorded: whoever keeps the contacts does."""
    return contact_school(user, reference, "calendar")


def contacts_named(user: User, schools: list[School], references: Iterable[str]) -> list[tuple[School, Contact]]:
    """Contacts that hold for these schools, each with one of them; 404, recorded, when one does not."""
    own = contacts_by_school(schools)
    found = {row.reference: (school, row) for school in schools for row in own[school.pk].values()}
    wanted = list(dict.fromkeys(references))
    for reference in wanted:
        if reference not in found:
            _refuse(user, "contacts", reference if is_reference(reference) else "")
    return [found[reference] for reference in wanted]


def _refuse(user: User, kind: str, reference: str) -> NoReturn:
    record_refusal(user, kind=kind, ref=reference, rule="not visible")
    raise Http404
