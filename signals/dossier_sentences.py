"""What events about dossiers say, see signals.sentences."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actions import Action
from audit.models import AuditEvent
from signals.models.dossier import DossierFor


def _for(words: Any) -> Callable[[AuditEvent, str], str]:
    def say(row: AuditEvent, sector: str) -> str:
        code = str(row.details.get("to", ""))
        return str(words) % {"recipient": dict(DossierFor.choices).get(code, code)}

    return say


def _checked(row: AuditEvent, sector: str) -> str:
    if row.details.get("found"):
        return _("checked a file: it is a dossier of this case, unchanged")
    return _("checked a file: it is no dossier of theirs, or it was changed")


SENTENCES: dict[Action, Callable[[AuditEvent, str], str]] = {
    Action.DOSSIER_PREPARED: _for(gettext_lazy("put a dossier together for %(recipient)s")),
    Action.DOSSIER_ORDERED: _for(gettext_lazy("had a dossier made for %(recipient)s")),
    Action.DOSSIER_MADE: _for(gettext_lazy("made the file of a dossier for %(recipient)s")),
    Action.DOSSIER_FETCHED: _for(gettext_lazy("downloaded a dossier for %(recipient)s")),
    Action.DOSSIER_CHECKED: _checked,
}
PLAIN = frozenset({Action.DOSSIER_ENDED, Action.DOSSIER_DROPPED})
