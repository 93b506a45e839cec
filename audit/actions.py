"""The closed list of everything that can stand in the trail."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    """One event type each; the label is the sentence part that follows the actor's name."""

    LOGIN = "auth.login", _("logged in")
    LOGIN_FAILED = "auth.login_failed", _("failed to log in")
    LOGOUT = "auth.logout", _("logged out")
    PASSWORD_CHANGED = "auth.password_changed", _("changed the password")
    PASSWORD_RESET = "auth.password_reset", _("reset the password")
    IDENTITY_LINKED = "auth.identity_linked", _("linked a school account to log in with")
    IDENTITY_UNLINKED = "auth.identity_unlinked", _("unlinked a school account to log in with")
    REFUSED = "access.refused", _("was refused")

    DRAFT_SAVED = "draft.saved", _("saved a draft")
    DRAFT_DELETED = "draft.deleted", _("threw a draft away")
    PERSON_SEARCHED = "person.searched", _("searched for a person")
    SIGNAL_SENT = "signal.sent", _("sent a concern")
    SIGNAL_READ = "signal.read", _("read the own report")
    SIGNAL_PRINTED = "signal.printed", _("printed the own report")
    SIGNAL_ADDED = "signal.added", _("added something to the own report")
    SIGNAL_CALLED = "signal.called", _("recorded a call to 112")

    CASE_LISTED = "case.listed", _("saw a list of cases")
    CASE_READ = "case.read", _("read the story")
    CASE_FOLLOWED = "case.followed", _("saw the steps, without the story")
    CASE_STORY_OPENED = "case.story_opened", _("opened the story with a reason")
    CASE_TAKEN = "case.taken", _("took the case")
    CASE_JOINED = "case.joined", _("put the report with an existing case")
    CASE_NOTED = "case.noted", _("wrote a note")
    CASE_MOVED = "case.moved", _("changed the status")
    CASE_CLOSED = "case.closed", _("closed the case")
    CASE_REOPENED = "case.reopened", _("reopened the case")
    CASE_SEARCHED = "case.searched", _("searched for a case")
    CASE_WALLED = "case.walled", _("put a wall around the case")
    CASE_UNWALLED = "case.unwalled", _("took the wall around the case down")
    CASE_SHARED = "case.shared", _("shared the case")
    SHARE_ENDED = "share.ended", _("stopped sharing the case")
    GLASS_BROKEN = "breakglass.opened", _("opened the case by breaking the glass")
    GLASS_REVIEWED = "breakglass.reviewed", _("looked into the breaking of the glass")
    STEP_DONE = "step.done", _("recorded a step as done")
    STEP_DECLINED = "step.declined", _("decided against a step")
    STEP_REOPENED = "step.reopened", _("opened a step again")

    READABLE_ASKED = "trail.readable", _("asked what somebody could read")
    TRAIL_READ = "trail.read", _("looked at the log")
    CONTACT_LISTED = "contact.listed", _("saw the contacts")
    CONTACT_SAVED = "contact.saved", _("changed a contact")
    CONTACT_CHECKED = "contact.checked", _("confirmed a contact")
    ROLE_GRANTED = "role.granted", _("gave somebody a role")
    BOARD_IMPORTED = "board.imported", _("set up schools and people")

    TRAIL_EXPORTED = "trail.exported", _("exported the log")

    PERSONAL_ERASED = "personal.erased", _("erased personal parts of the log")
    LOG_PRUNED = "retention.pruned", _("removed log entries whose term had ended")
    KEY_ROTATED = "key.rotated", _("put new keys for the log in use")
    CHECKPOINT_MAILED = "log.mailed", _("mailed the seal of the log")
    LOG_CHECKED = "log.checked", _("compared something with the log")
    PROOF_GIVEN = "log.proof", _("downloaded a proof from the log")
    LOG_ALARM = "log.alarm", _("found something wrong in the log")
    LOG_DELAYED = "log.delayed", _("found that the log had not been sealed for a while")
    LOG_SKEWED = "log.skewed", _("found that a clock was wrong")
    LOG_SET_ASIDE = "log.set_aside", _("set a false line of the log aside")
    LOG_RESTORED = "log.restored", _("continued the log after a restored backup")
