"""What an event about a log-in or a session says, see signals.sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import Action
from audit.models import AuditEvent


def logged_in(row: AuditEvent, sector: str) -> str:
    new = row.details.get("browser") == "new"
    return _("logged in, with a browser not used before") if new else str(Action.LOGIN.label)


def sessions_ended(row: AuditEvent, sector: str) -> str:
    found = row.details.get("sessions")
    count = found if isinstance(found, int) else 0
    if row.actor_ref != row.object_ref:
        words = ngettext("ended %(count)d session of somebody", "ended %(count)d sessions of somebody", count)
    else:
        words = ngettext("ended %(count)d own session", "ended %(count)d own sessions", count)
    return words % {"count": count}
