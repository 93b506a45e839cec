"""Whose contacts somebody may see and change: those of the own school, or for the administrator all of the board."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.grants import grants_of
from accounts.models import School, User
from accounts.refusals import record_refusal
from accounts.roles import Permission


def contact_schools(user: User) -> QuerySet[School]:
    """The schools whose contacts this person keeps."""
    grants = grants_of(user)
    return School.objects.filter(
        Q(id__in=grants.schools(Permission.CONTACT_EDIT)) | Q(board_id__in=grants.boards(Permission.CONTACT_EDIT))
    ).select_related("board")


def contact_school(user: User, reference: str) -> School:
    """One of them, or 404, recorded."""
    school = contact_schools(user).filter(reference=reference).first()
    if school is None:
        record_refusal(user, kind="contacts", ref=reference, rule="not visible")
        raise Http404
    return school
