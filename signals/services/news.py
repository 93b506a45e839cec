"""Tells whoever handles a case that its writer added something, or that a file came, in the caller's transaction."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from accounts.outbox import queue
from signals import access
from signals.mails import ADDED, FILED
from signals.models import Case
from signals.told import handlers_of, with_deputies

PARTS = {ADDED: "#chronology", FILED: "#files"}


def tell_handlers(kind: str, case: Case, *, by: User) -> None:
    """Mail the owner, and who stands in for them; of a case that nobody owns all who handle it. Never who did it.

    Where a mail like it waits for a digest or for quiet hours to end, that one is enough.

    Args:
        kind: ADDED or FILED.
    """
    now = Case.objects.select_related("board", "school", "owner").get(pk=case.pk)  # new answers may have put up a wall
    owner = [user for user in (now.owner,) if user and access.may(user, now, *access.HANDLE)]
    people = with_deputies(now, owner) if owner else handlers_of(now)
    waits = OutgoingMail.objects.waiting().filter(kind=kind, reference=now.reference, next_try_at__gt=timezone.now())
    told = set(waits.values_list("to", flat=True))
    for person in people:
        if person.pk not in told and person != by:
            path = reverse("signals:case", args=[now.reference]) + PARTS[kind]
            queue(kind, to=person, path=path, reference=now.reference)
