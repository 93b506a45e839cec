"""What an event about a case says, see signals.sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Permission
from audit.actions import Action
from audit.models import AuditEvent
from signals.models.signal import PersonRole

SHARED = (Permission.SHARED_READ, Permission.SHARED_ADD)
PARTS = {
    "person": gettext_lazy("read what is about one person in the case"),
    "handover": gettext_lazy("read what a colleague wrote to hand the case over"),
    "task": gettext_lazy("read a task of the case"),
    "file": gettext_lazy("read what a file of the case is called"),
    "transfer": gettext_lazy("read why reports were moved"),
}


def read(row: AuditEvent, sector: str) -> str:
    if row.rule == Permission.BREAK_GLASS:
        return _("read the story behind the broken glass")
    if row.object_type in PARTS:
        return str(PARTS[row.object_type])
    return _("read the story, because it was shared") if row.rule in SHARED else str(Action.CASE_READ.label)


def role_set(row: AuditEvent, sector: str) -> str:
    role = dict(PersonRole.choices).get(str(row.details.get("role")), "")
    words = _("changed the role of somebody in the case; it is now: %(role)s")
    return words % {"role": role} if role else str(Action.CASE_ROLE_SET.label)


def person_added(row: AuditEvent, sector: str) -> str:
    role = dict(PersonRole.choices).get(str(row.details.get("role")), "")
    words = _("added somebody to the case: %(role)s")
    return words % {"role": role} if role else str(Action.CASE_PERSON_ADDED.label)


def older_read(row: AuditEvent, sector: str) -> str:
    count = row.details.get("lines")
    if not isinstance(count, int):
        return str(Action.CASE_OLDER_READ.label)
    words = ngettext(
        "read %(count)d line that is older than the last school year",
        "read %(count)d lines that are older than the last school year",
        count,
    )
    return words % {"count": count}
