"""Sharing a case the short way, for tests that are about what comes after."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from signals.models import Case, Share
from signals.services.shares import case_share

WHY = "U ziet deze leerling elke dag."


def share(case: Case, by: User, colleague: User, level: str = "read", days: int = 30, **more: Any) -> Share:
    """A share that holds until so many days from now; with a negative number one that has expired."""
    ends_on = timezone.localdate() + timedelta(days=max(days, 0))
    given = case_share(
        by=by,
        case=case,
        colleague=User.objects.get(pk=colleague.pk),  # without remembered grants
        level=level,
        ends_on=ends_on,
        reason=more.get("reason", WHY),
        key=more.get("key") or str(uuid.uuid4()),
    )
    if days < 0:
        given.ends_on = timezone.localdate() + timedelta(days=days)
        given.save(update_fields=["ends_on"])
    return given
