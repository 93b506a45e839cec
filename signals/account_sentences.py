"""What an event about a log-in, a session or the calendar says, see signals.sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actions import Action
from audit.models import AuditEvent

# Their label says all there is to say.
PLAIN_ACCOUNTS = frozenset(
    {
        Action.LOGIN_FAILED,
        Action.LOGOUT,
        Action.PASSWORD_CHANGED,
        Action.PASSWORD_RESET,
        Action.FACTOR_ADDED,
        Action.FACTOR_REMOVED,
        Action.FACTOR_NAMED,
        Action.FACTOR_FAILED,
        Action.FACTORS_RESET,
        Action.RECOVERY_CODES_MADE,
        Action.RECOVERY_CODE_USED,
        Action.CONFIRMED,
        Action.CONFIRM_FAILED,
        Action.SESSION_LOCKED,
        Action.WORDS_KEPT,
        Action.WORDS_USED,
        Action.WORDS_DISCARDED,
        Action.IDENTITY_LINKED,
        Action.IDENTITY_UNLINKED,
        Action.INVITATION_USED,
        Action.ACCOUNT_CLOSED,
        Action.ACCOUNT_REOPENED,
        Action.ACCOUNT_RESET_STARTED,
        Action.ACCOUNT_SESSIONS_ENDED,
        Action.PEOPLE_LISTED,
        Action.PEOPLE_READ,
        Action.POST_LISTED,
        Action.POST_RETRIED,
        Action.POST_DROPPED,
        Action.MAIL_CHOSEN,
        Action.CONTACTS_REMINDED,
        Action.CALENDAR_SAVED,
        Action.CLOSING_ADDED,
        Action.CLOSING_REMOVED,
        Action.FILTER_SAVED,
        Action.FILTER_REMOVED,
    }
)


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
