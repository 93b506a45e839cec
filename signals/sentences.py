"""What an event says, as the part of a sentence that follows a name. Codes of old versions never break a line."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Role
from audit.actions import Action
from audit.models import AuditEvent
from escalation.texts import recipient_name
from signals import account_sentences, case_sentences, dossier_sentences, file_sentences
from signals.event_words import OBJECTS, PAGES, TABS, TRANSFERS
from signals.models.case import CaseOutcome, Rung, Status
from signals.models.rights import Level

Sentence = Callable[[AuditEvent, str], str]
ACTIONS = frozenset(Action.values)


def sentence(row: AuditEvent, sector: str = "") -> str:
    """The sentence of an event.

    Args:
        row: the event.
        sector: of the school concerned, because a recipient may have another name there; empty when unknown.
    """
    if row.action not in ACTIONS:
        return _("did something that this version does not know")
    special = SENTENCES.get(Action(row.action))
    return special(row, sector) if special else str(Action(row.action).label)


def _refused(row: AuditEvent, sector: str) -> str:
    if row.object_type == "page":
        page = PAGES.get(str(row.details.get("page")), _("another page"))
        return _("wanted a page that needs another role: %(page)s") % {"page": page}
    if row.rule == "too many tries":
        return _("tried too many case numbers")
    if row.rule == "not visible":
        return str(OBJECTS.get(row.object_type, _("wanted to open something that is not theirs to see")))
    return _("wanted to do something with the case that their role does not allow")


def _searched(row: AuditEvent, sector: str) -> str:
    count = _count(row, "found")
    words = ngettext("searched for a person and found %(count)d", "searched for a person and found %(count)d", count)
    return words % {"count": count}


def _sent(row: AuditEvent, sector: str) -> str:
    count = _count(row, "steps")
    words = ngettext(
        "sent a concern; %(count)d step came out of it", "sent a concern; %(count)d steps came out of it", count
    )
    return words % {"count": count}


def _listed(row: AuditEvent, sector: str) -> str:
    count, tab = _count(row, "cases"), TABS.get(str(row.details.get("tab")), "")
    words = ngettext("saw a list of %(count)d case", "saw a list of %(count)d cases", count) % {"count": count}
    return f"{words} ({tab})" if tab else words


def _transferred(row: AuditEvent, sector: str) -> str:
    """Without the number of the other case: it may have been put back since, and be behind a wall by now."""
    how = "join" if row.action == Action.CASE_JOINED else str(row.details.get("how"))
    return str(TRANSFERS.get(how, TRANSFERS["move"]))


def _moved(row: AuditEvent, sector: str) -> str:
    old, new = _status(row.details, "from"), _status(row.details, "to")
    return _("changed the status from ‘%(old)s’ to ‘%(new)s’") % {"old": old, "new": new}


def _raised(row: AuditEvent, sector: str) -> str:
    who = {rung.name.lower(): rung.label for rung in Rung}.get(str(row.details.get("level")), "")
    return _("found that nobody acted; it now also lies with: %(who)s") % {"who": who}


def _closed(row: AuditEvent, sector: str) -> str:
    code = str(row.details.get("outcome", ""))
    return _("closed the case with the outcome ‘%(outcome)s’") % {"outcome": dict(CaseOutcome.choices).get(code, code)}


def _about_recipient(words: Any) -> Sentence:
    def say(row: AuditEvent, sector: str) -> str:
        return str(words) % {"recipient": _recipient(row.details, sector)}

    return say


def _stopped(row: AuditEvent, sector: str) -> str:
    """An agreement of the board about a step that was refused, withdrawn or ended."""
    words = {
        "refused": _("did not approve an agreement about a step: %(recipient)s"),
        "withdrawn": _("withdrew a proposal about a step: %(recipient)s"),
        "ended": _("ended an agreement about a step: %(recipient)s"),
    }
    return words.get(str(row.details.get("to")), words["ended"]) % {"recipient": _recipient(row.details, sector)}


def _about_role(words: Any) -> Sentence:
    def say(row: AuditEvent, sector: str) -> str:
        code = str(row.details.get("role", ""))
        return str(words) % {"role": dict(Role.choices).get(code, code)}

    return say


def _shared(words: Any) -> Sentence:
    def say(row: AuditEvent, sector: str) -> str:
        level = dict(Level.choices).get(str(row.details.get("level")), "")
        return str(words) % {"level": level}

    return say


def _walled(row: AuditEvent, sector: str) -> str:
    if row.details.get("keeper"):
        return _("put a wall around the case; somebody of the school goes on with it")
    return _("put a wall around the case; the board takes it over")


def _case_searched(row: AuditEvent, sector: str) -> str:
    count = _count(row, "cases")
    words = ngettext("searched for a case and found %(count)d", "searched for a case and found %(count)d", count)
    return words % {"count": count}


def _contacts(row: AuditEvent, sector: str) -> str:
    count = _count(row, "schools")
    words = ngettext("saw the contacts of %(count)d school", "saw the contacts of %(count)d schools", count)
    return words % {"count": count}


def _read(row: AuditEvent, sector: str) -> str:
    count = _count(row, "events")
    words = ngettext("looked at %(count)d line of the log", "looked at %(count)d lines of the log", count)
    return words % {"count": count}


def _exported(row: AuditEvent, sector: str) -> str:
    count, form = _count(row, "events"), str(row.details.get("format", "")).upper()
    words = ngettext(
        "exported %(count)d line of the log as %(format)s", "exported %(count)d lines of the log as %(format)s", count
    )
    return words % {"count": count, "format": form}


def _checked(row: AuditEvent, sector: str) -> str:
    count, wrong = _count(row, "pasted"), _count(row, "wrong")
    words = ngettext(
        "compared %(count)d seal or receipt with the log", "compared %(count)d seals or receipts with the log", count
    ) % {"count": count}
    if not wrong:
        return words
    bad = ngettext("%(count)d did not fit", "%(count)d did not fit", wrong) % {"count": wrong}
    return f"{words}; {bad}"


def _delayed(row: AuditEvent, sector: str) -> str:
    count = _count(row, "minutes")
    words = ngettext(
        "found that the log had not been sealed for %(count)d minute",
        "found that the log had not been sealed for %(count)d minutes",
        count,
    )
    return words % {"count": count}


def _restored(row: AuditEvent, sector: str) -> str:
    count = _count(row, "lost") - _count(row, "kept")
    words = ngettext(
        "continued the log after a restored backup; %(count)d event was lost",
        "continued the log after a restored backup; %(count)d events were lost",
        count,
    )
    return words % {"count": count}


def _count(row: AuditEvent, name: str) -> int:
    """A number in the details, or the length of a list in it."""
    value = row.details.get(name, 0)
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else 0


def _status(details: Mapping[str, Any], name: str) -> str:
    code = str(details.get(name, ""))
    return str(dict(Status.choices).get(code, code))


def _recipient(details: Mapping[str, Any], sector: str) -> str:
    try:
        return recipient_name(str(details.get("recipient", "")), sector)
    except KeyError:
        return _("a recipient that the steps no longer know")


OTHERS = dossier_sentences.SENTENCES | file_sentences.SENTENCES
SENTENCES: dict[Action, Sentence] = OTHERS | {
    Action.LOGIN: account_sentences.logged_in,
    Action.SESSIONS_ENDED: account_sentences.sessions_ended,
    Action.REFUSED: _refused,
    Action.PERSON_SEARCHED: _searched,
    Action.SIGNAL_SENT: _sent,
    Action.CASE_LISTED: _listed,
    Action.CASE_READ: case_sentences.read,
    Action.CASE_OLDER_READ: case_sentences.older_read,
    Action.CASE_ROLE_SET: case_sentences.role_set,
    Action.CASE_PERSON_ADDED: case_sentences.person_added,
    Action.CASE_SEARCHED: _case_searched,
    Action.CASE_SHARED: _shared(gettext_lazy("shared the case, to %(level)s")),
    Action.CASE_WALLED: _walled,
    Action.CASE_JOINED: _transferred,
    Action.SIGNAL_MOVED: _transferred,
    Action.CASE_RAISED: _raised,
    Action.CASE_MOVED: _moved,
    Action.CASE_CLOSED: _closed,
    Action.STEP_DONE: _about_recipient(gettext_lazy("recorded a step as done: %(recipient)s")),
    Action.STEP_DECLINED: _about_recipient(gettext_lazy("decided against a step: %(recipient)s")),
    Action.STEP_REOPENED: _about_recipient(gettext_lazy("opened a step again: %(recipient)s")),
    Action.STEP_SHEET: _about_recipient(gettext_lazy("opened the sheet for a call: %(recipient)s")),
    Action.CONTACT_LISTED: _contacts,
    Action.CONTACT_SAVED: _about_recipient(gettext_lazy("changed a contact: %(recipient)s")),
    Action.CONTACT_CHECKED: _about_recipient(gettext_lazy("confirmed a contact: %(recipient)s")),
    Action.OWN_PROPOSED: _about_recipient(gettext_lazy("proposed an agreement about a step: %(recipient)s")),
    Action.OWN_APPROVED: _about_recipient(gettext_lazy("approved an agreement about a step: %(recipient)s")),
    Action.OWN_STOPPED: _stopped,
    Action.ROLE_GRANTED: _about_role(gettext_lazy("gave somebody the role of %(role)s")),
    Action.ROLE_ENDED: _about_role(gettext_lazy("ended somebody’s role of %(role)s")),
    Action.INVITATION_SENT: _about_role(gettext_lazy("invited somebody for the role of %(role)s")),
    Action.INVITATION_WITHDRAWN: _about_role(gettext_lazy("withdrew an invitation for the role of %(role)s")),
    Action.TRAIL_READ: _read,
    Action.TRAIL_EXPORTED: _exported,
    Action.LOG_CHECKED: _checked,
    Action.LOG_DELAYED: _delayed,
    Action.LOG_RESTORED: _restored,
}
# Their label says all there is to say.
PLAIN_OTHERS = account_sentences.PLAIN_ACCOUNTS | dossier_sentences.PLAIN | file_sentences.PLAIN
PLAIN = PLAIN_OTHERS | {
    Action.DRAFT_SAVED,
    Action.DRAFT_DELETED,
    Action.PRACTICE_STARTED,
    Action.PRACTICE_CHANGED,
    Action.PRACTICE_CLEARED,
    Action.SIGNAL_READ,
    Action.SIGNAL_PRINTED,
    Action.SIGNAL_ADDED,
    Action.SIGNAL_CALLED,
    Action.FACTS_CHANGED,
    Action.CASE_FOLLOWED,
    Action.CASE_STORY_OPENED,
    Action.CASE_TAKEN,
    Action.CASE_SPOKEN,
    Action.CASE_PERSON_REMOVED,
    Action.CASE_NOTED,
    Action.CASE_REOPENED,
    Action.CASE_HANDED_OVER,
    Action.CASE_UNWALLED,
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
    Action.CALENDAR_FILE,
    Action.ABSENCE_SET,
    Action.ABSENCE_ENDED,
    Action.SHARE_ENDED,
    Action.GLASS_BROKEN,
    Action.GLASS_REVIEWED,
    Action.READABLE_ASKED,
    Action.BOARD_IMPORTED,
    Action.PERSONAL_ERASED,
    Action.LOG_PRUNED,
    Action.KEY_ROTATED,
    Action.CHECKPOINT_MAILED,
    Action.PROOF_GIVEN,
    Action.LOG_ALARM,
    Action.LOG_SKEWED,
    Action.LOG_SET_ASIDE,
}
