"""Tells whoever handles the cases of a school of the third small report in six weeks, once."""

from django.db.models import Q
from django.urls import reverse

from accounts.models import Pupil, User
from accounts.outbox import queue
from accounts.roles import Permission
from signals import access, repeated
from signals.mails import REPEATED
from signals.models import Case, Signal
from signals.same import Near, by_pupil, small_reports
from signals.told import holders


def tell_of_third(signal: Signal, case: Case, pupil: Pupil | None) -> None:
    """Mail each handler for whom a new report is the third, counting only what that person sees.

    Runs in the transaction of the sending, so it happens once.
    """
    if pupil is None or case.walled or signal.grave:
        return
    rows = small_reports(Q(pupil=pupil))
    if len(rows) < repeated.THIRD:
        return
    for user in holders(case, Permission.CASE_HANDLE):
        if _sees_a_third(user, rows, signal):
            path = reverse("signals:case", args=[case.reference])
            queue(REPEATED, to=user, path=path, reference=case.reference)


def _sees_a_third(user: User, rows: list[Near], signal: Signal) -> bool:
    scope = access.sight(user).scope(*access.HANDLE)
    small = by_pupil(row for row in rows if scope.holds(row))
    return any(repeated.brings_a_third(reports, signal.pk) for reports in small.values())
