"""What an event about a file says, see signals.sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from audit.actions import Action
from audit.models import AuditEvent
from signals.models.file import FileKind


def added(row: AuditEvent, sector: str) -> str:
    kind = dict(FileKind.choices).get(str(row.details.get("kind")))
    label = str(Action.FILE_ADDED.label)
    return f"{label} ({kind})" if kind else label


def refused(row: AuditEvent, sector: str) -> str:
    if row.details.get("later"):
        return _("destroyed a file in which the virus scanner found something later")
    return str(Action.FILE_REFUSED.label)


SENTENCES: dict[Action, Callable[[AuditEvent, str], str]] = {
    Action.FILE_ADDED: added,
    Action.FILE_REFUSED: refused,
}
PLAIN = frozenset({Action.FILE_READ, Action.FILE_REMOVED})
