"""The door to people, for the administrator of a board: everybody with a role there, or an invitation.

What the administrator of one board sees of somebody ends at that board: a role elsewhere, and even the fact that an
account exists, shows nowhere. Not visible is a 404, the same as what does not exist.
"""

from dataclasses import dataclass
from typing import NoReturn

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.grants import grants_of
from accounts.job_models import MailQuerySet
from accounts.links import fits
from accounts.mailkinds import INVITATION
from accounts.models import (
    BackgroundJob,
    Board,
    Invitation,
    JobState,
    Membership,
    OutgoingMail,
    School,
    User,
)
from accounts.refusals import record_refusal
from accounts.roles import Permission


@dataclass(frozen=True)
class Reach:
    """The boards whose people somebody keeps, with their schools."""

    boards: tuple[Board, ...]
    schools: tuple[School, ...]

    def places(self) -> dict[str, Board | School]:
        """Boards and schools by reference."""
        found: dict[str, Board | School] = {board.reference: board for board in self.boards}
        return found | {school.reference: school for school in self.schools}


def reach(user: User) -> Reach:
    """The boards where this person hands out roles."""
    boards = tuple(Board.objects.filter(id__in=grants_of(user).boards(Permission.PEOPLE_EDIT)).order_by("name"))
    schools = School.objects.filter(board__in=boards).select_related("board").order_by("name", "id")
    return Reach(boards, tuple(schools))


def memberships(within: Reach) -> QuerySet[Membership]:
    """All roles at these boards: past, present and to come."""
    return Membership.objects.filter(Q(school__in=within.schools) | Q(board__in=within.boards))


def running() -> Q:
    """The condition under which a role has not ended: it holds today, or will."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate())


def open_invitations(within: Reach) -> QuerySet[Invitation]:
    """What was neither used nor withdrawn, also when its week is over."""
    return Invitation.objects.filter(board__in=within.boards, used_at=None, revoked_at=None)


def colleague(user: User, within: Reach, reference: str) -> User:
    """Somebody with a role, now or once, or an invitation at a board of this administrator; else 404, recorded."""
    invited = Invitation.objects.filter(board__in=within.boards, revoked_at=None).values("user")
    known = Q(pk__in=memberships(within).values("user")) | Q(pk__in=invited)
    found = User.objects.filter(known, reference=reference).first()
    return found or not_found(user, "person", reference)


def membership(user: User, within: Reach, person: User, reference: str) -> Membership:
    """One role of one person at a board of this administrator; else 404, recorded."""
    rows = memberships(within).filter(user=person, reference=reference)
    return rows.select_related("user", "school__board", "board").first() or not_found(user, "role", reference)


def invitation(user: User, reference: str) -> Invitation:
    """An invitation of a board of this administrator that can still be sent again or withdrawn; else 404, recorded."""
    rows = open_invitations(reach(user)).filter(reference=reference).select_related("user", "board", "school")
    return rows.first() or not_found(user, "invitation", reference)


def by_link(reference: str, token: str) -> Invitation | None:
    """The invitation that a link opens, or None: used, withdrawn, too old, forged and unknown are the same."""
    found = (
        Invitation.objects.filter(reference=reference, used_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .select_related("user", "board", "school__board")
        .first()
    )
    if found is None or not fits(found, token):
        return None
    over = found.ends_on is not None and found.ends_on < timezone.localdate()
    return None if over else found


def not_found(user: User, kind: str, reference: str) -> NoReturn:
    """Record the refusal and answer as if there were nothing, whether or not there is."""
    record_refusal(user, kind=kind, ref=reference, rule="not visible")
    raise Http404


def mails(within: Reach) -> MailQuerySet:
    """Mail to the people of these boards; of who is only invited, the invitation alone: an account may be elsewhere."""
    works = Q(to__in=memberships(within).values("user"))
    invited = Q(kind=INVITATION, reference__in=open_invitations(within).values("reference"))
    found: MailQuerySet = OutgoingMail.objects.filter(works | invited)
    return found


def failed_mails(within: Reach) -> MailQuerySet:
    """Mail that was given up, the newest first."""
    return mails(within).filter(failed_at__isnull=False).select_related("to").order_by("-failed_at", "-id")


def failed_jobs(within: Reach) -> QuerySet[BackgroundJob]:
    """Work that was given up: of these boards, and of the whole site. The newest first."""
    rows = BackgroundJob.objects.filter(Q(board__in=within.boards) | Q(board=None), state=JobState.FAILED)
    return rows.order_by("-finished_at", "-id")
