"""The doors beside those of cases: of tasks, meetings, reports and absences, one's own filter and exercise. Others find
none."""

from django.db.models import Q

from accounts.grants import grants_of
from accounts.models import User
from accounts.roles import Permission
from signals.access import forbidden, may, not_found
from signals.models import Absence, Meeting, Rehearsal, SavedFilter, Signal, Task


def task(user: User, reference: str, *, to: tuple[Permission, ...]) -> Task:
    """Fetch a task of a case that one of the permissions `to` opens; as case() does."""
    rows = Task.objects.select_related("case__school", "case__board", "case__owner", "assignee")
    found = rows.filter(reference=reference).first()
    if found is None or not may(user, found.case):
        not_found(user, "task", reference)
    if not may(user, found.case, *to):
        forbidden(user, found.case, "task needs " + "/".join(to))
    return found


def meeting(user: User, reference: str, *, to: tuple[Permission, ...]) -> Meeting:
    """Fetch a meeting about a case that one of the permissions `to` opens; as case() does."""
    rows = Meeting.objects.select_related("case__school", "case__board", "made_by")
    found = rows.filter(reference=reference).first()
    if found is None or not may(user, found.case):
        not_found(user, "meeting", reference)
    if not may(user, found.case, *to):
        forbidden(user, found.case, "meeting needs " + "/".join(to))
    return found


def report(user: User, reference: str, *, to: tuple[Permission, ...]) -> Signal:
    """Fetch a report in a case that one of the permissions `to` opens; as case() does."""
    found = Signal.objects.select_related("case__school", "case__board", "school").filter(reference=reference).first()
    if found is None or not may(user, found.case):
        not_found(user, "signal", reference)
    if not may(user, found.case, *to):
        forbidden(user, found.case, "report needs " + "/".join(to))
    return found


def absence(user: User, reference: str) -> Absence:
    """Fetch an absence at a school whose cases this person handles, or at a board whose walled ones, or 404."""
    grants = grants_of(user)
    here = Q(school__in=grants.schools(Permission.CASE_HANDLE)) | Q(board__in=grants.boards(Permission.WALLED_HANDLE))
    found = Absence.objects.filter(here, reference=reference).first()
    if found is None:
        not_found(user, "absence", reference)
    return found


def own_rehearsal(user: User) -> Rehearsal | None:
    """The exercise of this person; of somebody else's there is no door at all."""
    return Rehearsal.objects.filter(by=user).first()


def own_filter(user: User, reference: str) -> SavedFilter:
    """Fetch a filter that this person kept, or 404."""
    found = SavedFilter.objects.filter(owner=user, reference=reference).first()
    if found is None:
        not_found(user, "filter", reference)
    return found
