"""Whose contacts and calendar somebody may see and change: those of the own school, or for the
administrator all of the board. And the agreements of the boards at which somebody may propose or approve them.
"""

from collections.abc import Iterable
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.grants import grants_of
from accounts.models import Board, School, User
from accounts.references import is_reference
from accounts.refusals import record_refusal
from accounts.roles import Permission
from escalation.contacts import contacts_by_school
from escalation.models import Contact, ProtocolChange


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


def boards_to_propose_for(user: User) -> list[Board]:
    """Where this person may propose steps of the board's own, and so see what is agreed and proposed."""
    return list(Board.objects.filter(id__in=grants_of(user).boards_of(Permission.PROTOCOL_PROPOSE)).order_by("name"))


def boards_of(user: User) -> list[Board]:
    """Where this person works."""
    return list(Board.objects.filter(id__in=grants_of(user).board_ids).order_by("name"))


def agreements(user: User) -> QuerySet[ProtocolChange]:
    """What these boards agreed, proposed, refused and ended; newest first."""
    rows = ProtocolChange.objects.filter(board__in=grants_of(user).boards_of(Permission.PROTOCOL_PROPOSE))
    return rows.select_related("board", "proposed_by", "approved_by", "stopped_by")


def agreement(user: User, reference: str) -> ProtocolChange:
    """One of them, or 404, recorded."""
    found = agreements(user).filter(reference=reference).first()
    if found is None:
        _refuse(user, "protocol", reference)
    return found


def may_approve(user: User, row: ProtocolChange) -> bool:
    """Whether this person may be the second one: another than who proposed it, and one of the two is of the board."""
    grants = grants_of(user)
    if row.proposed_by_id == user.pk:
        return False
    if row.board_id in grants.boards(Permission.PROTOCOL_APPROVE):
        return True
    return row.for_board and row.board_id in grants.boards_of(Permission.PROTOCOL_APPROVE)


def may_stop(user: User, row: ProtocolChange) -> bool:
    """Who proposed it withdraws it, who may approve it refuses it; what holds is ended by somebody of the board."""
    if row.state == ProtocolChange.State.PROPOSED:
        return row.proposed_by_id == user.pk or may_approve(user, row)
    grants = grants_of(user)
    return row.state == ProtocolChange.State.APPROVED and row.board_id in grants.boards(Permission.PROTOCOL_APPROVE)


def deny(user: User, row: ProtocolChange, rule: str) -> NoReturn:
    """Visible, but not for this: 403, recorded."""
    record_refusal(user, kind="protocol", ref=row.reference, rule=rule)
    raise PermissionDenied


def _refuse(user: User, kind: str, reference: str) -> NoReturn:
    record_refusal(user, kind=kind, ref=reference, rule="not visible")
    raise Http404
