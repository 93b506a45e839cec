"""The kinds of events in plain groups, for the filter of the trail. Every action belongs to exactly one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from audit.actions import Action


class Kind(TextChoices):
    READING = "reading", _("Reading")
    OPENINGS = "openings", _("Opened with a reason")
    CHANGES = "changes", _("Changes")
    REFUSALS = "refusals", _("Refusals")
    LOGINS = "logins", _("Log-ins")
    LISTS = "lists", _("Lists and searches")
    EXPORTS = "exports", _("Exports and prints")
    SETTINGS = "settings", _("Settings and upkeep")


GROUPS: dict[Kind, frozenset[Action]] = {
    Kind.READING: frozenset({Action.SIGNAL_READ, Action.CASE_READ, Action.CASE_OLDER_READ, Action.CASE_FOLLOWED}),
    Kind.OPENINGS: frozenset({Action.CASE_STORY_OPENED, Action.GLASS_BROKEN, Action.GLASS_REVIEWED}),
    Kind.CHANGES: frozenset(
        {
            Action.DRAFT_SAVED,
            Action.DRAFT_DELETED,
            Action.PRACTICE_STARTED,
            Action.PRACTICE_CHANGED,
            Action.PRACTICE_CLEARED,
            Action.WORDS_KEPT,
            Action.WORDS_USED,
            Action.WORDS_DISCARDED,
            Action.SIGNAL_SENT,
            Action.SIGNAL_ADDED,
            Action.SIGNAL_CALLED,
            Action.FACTS_CHANGED,
            Action.CASE_TAKEN,
            Action.CASE_JOINED,
            Action.SIGNAL_MOVED,
            Action.CASE_NOTED,
            Action.CASE_MOVED,
            Action.CASE_CLOSED,
            Action.CASE_REOPENED,
            Action.CASE_HANDED_OVER,
            Action.CASE_RAISED,
            Action.CASE_SPOKEN,
            Action.CASE_ROLE_SET,
            Action.CASE_PERSON_ADDED,
            Action.CASE_PERSON_REMOVED,
            Action.CASE_WALLED,
            Action.CASE_UNWALLED,
            Action.CASE_SHARED,
            Action.SHARE_ENDED,
            Action.FILE_ADDED,
            Action.FILE_REMOVED,
            Action.FILE_REFUSED,
            Action.DOSSIER_PREPARED,
            Action.HANDOVER_PROPOSED,
            Action.HANDOVER_ACCEPTED,
            Action.HANDOVER_REFUSED,
            Action.HANDOVER_WITHDRAWN,
            Action.HANDOVER_LAPSED,
            Action.TASK_MADE,
            Action.TASK_CHANGED,
            Action.TASK_DONE,
            Action.TASK_DROPPED,
            Action.TASK_REOPENED,
            Action.TASK_REMINDED,
            Action.MEETING_RECORDED,
            Action.MEETING_MOVED,
            Action.MEETING_ADDED,
            Action.STEP_DONE,
            Action.STEP_DECLINED,
            Action.STEP_REOPENED,
        }
    ),
    Kind.REFUSALS: frozenset({Action.REFUSED}),
    Kind.LOGINS: frozenset(
        {
            Action.LOGIN,
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
            Action.SESSIONS_ENDED,
            Action.IDENTITY_LINKED,
            Action.IDENTITY_UNLINKED,
        }
    ),
    Kind.LISTS: frozenset(
        {
            Action.CASE_LISTED,
            Action.CASE_SEARCHED,
            Action.PERSON_SEARCHED,
            Action.CONTACT_LISTED,
            Action.READABLE_ASKED,
            Action.DOSSIER_CHECKED,
            Action.TRAIL_READ,
            Action.PEOPLE_LISTED,
            Action.PEOPLE_READ,
            Action.POST_LISTED,
        }
    ),
    Kind.EXPORTS: frozenset(
        {
            Action.SIGNAL_PRINTED,
            Action.STEP_SHEET,
            Action.FILE_READ,
            Action.DOSSIER_ORDERED,
            Action.DOSSIER_MADE,
            Action.DOSSIER_FETCHED,
            Action.CALENDAR_FILE,
            Action.TRAIL_EXPORTED,
            Action.PROOF_GIVEN,
        }
    ),
    Kind.SETTINGS: frozenset(
        {
            Action.FILTER_SAVED,
            Action.FILTER_REMOVED,
            Action.CONTACT_SAVED,
            Action.CONTACT_CHECKED,
            Action.CONTACTS_REMINDED,
            Action.CALENDAR_SAVED,
            Action.CLOSING_ADDED,
            Action.CLOSING_REMOVED,
            Action.OWN_PROPOSED,
            Action.OWN_APPROVED,
            Action.OWN_STOPPED,
            Action.ABSENCE_SET,
            Action.ABSENCE_ENDED,
            Action.ROLE_GRANTED,
            Action.ROLE_ENDED,
            Action.INVITATION_SENT,
            Action.INVITATION_USED,
            Action.INVITATION_WITHDRAWN,
            Action.ACCOUNT_CLOSED,
            Action.ACCOUNT_REOPENED,
            Action.ACCOUNT_RESET_STARTED,
            Action.ACCOUNT_SESSIONS_ENDED,
            Action.POST_RETRIED,
            Action.POST_DROPPED,
            Action.MAIL_CHOSEN,
            Action.BOARD_IMPORTED,
            Action.DOSSIER_ENDED,
            Action.DOSSIER_DROPPED,
            Action.PERSONAL_ERASED,
            Action.LOG_PRUNED,
            Action.KEY_ROTATED,
            Action.CHECKPOINT_MAILED,
            Action.LOG_CHECKED,
            Action.LOG_ALARM,
            Action.LOG_DELAYED,
            Action.LOG_SKEWED,
            Action.LOG_SET_ASIDE,
            Action.LOG_RESTORED,
        }
    ),
}
KIND_OF: dict[Action, Kind] = {action: kind for kind, actions in GROUPS.items() for action in actions}


def kind_label(action: str) -> str:
    """The plain name of the group of an action; empty for one that this version does not know."""
    return str(KIND_OF[Action(action)].label) if action in KIND_OF else ""
