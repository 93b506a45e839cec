"""What an event about reading a case says, see signals.sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Permission
from audit.actions import Action
from audit.models import AuditEvent

SHARED = (Permission.SHARED_READ, Permission.SHARED_ADD)


def read(row: AuditEvent, sector: str) -> str:
    if row.rule == Permission.BREAK_GLASS:
        return _("read the story behind the broken glass")
    return _("read the story, because it was shared") if row.rule in SHARED else str(Action.CASE_READ.label)


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
