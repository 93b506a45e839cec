"""The only door to files; a part of `access`."""

from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from signals import access
from signals.models import Attachment, Case
from signals.openings import running


def attachment(user: User, reference: str) -> tuple[Attachment, tuple[Permission, ...]]:
    """Fetch a file that this person may have, and by what: who reads the story, or added it to their own report.

    Raises:
        Http404: there is none, or it is not visible to this person.
        PermissionDenied: they see the case, but not its story, or not now.
    """
    rows = Attachment.objects.select_related("case__school", "case__board").exclude(stored="")
    found = rows.filter(reference=reference).first()
    if found is None:
        access.not_found(user, "file", reference)
    way = access.sight(user).way(found.case)
    by = _file_by(user, found, way)
    if by is None and way is None:
        access.not_found(user, "file", reference)
    if by is None:
        access.forbidden(user, found.case, "file needs the story")
    return found, (by,)


def _file_by(user: User, found: Attachment, way: Permission | None) -> Permission | None:
    """By what somebody may have a file, if they may. `way`: by what they see its case."""
    if way in access.READ:
        return way
    if way and found.case.story_openings.filter(running(timezone.now()), by=user).exists():
        return way
    mine = found.signal_id and found.by_id == user.pk and access.own_signals(user).filter(pk=found.signal_id).exists()
    return Permission.SIGNAL_WRITE if mine else None


def attachment_of(user: User, case: Case, reference: str) -> Attachment:
    """Fetch a file of this case, for who may handle it; 404 when it is gone or of another."""
    found = Attachment.objects.exclude(stored="").filter(case=case, reference=reference).first()
    if found is None:
        access.not_found(user, "file", reference)
    return found
