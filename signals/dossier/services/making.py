"""What the worker does: print the letter that was approved, and keep it encrypted. It may be killed at any moment."""

import hashlib
import logging

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from accounts.content.files import key_of, seal_bytes
from audit.actions import Action
from signals import filestore
from signals.dossier.access import CASES, among, before_wall, home
from signals.dossier.pdf import printed
from signals.events import server_event
from signals.models import Dossier, DossierState
from signals.models.work import LineKind
from signals.services.lines import line_add

TABLE, FIELD = "signals_dossier", "file"
STEPS = 4  # taken up, set, printed, kept

logger = logging.getLogger("files")


def dossier_make(pk: int) -> None:
    """Make the PDF of a dossier. Done twice, or by two at once, it is made once: the first that is ready counts."""
    row = Dossier.objects.filter(pk=pk, state=DossierState.MAKING).first()
    if row is None:
        return
    pdf = printed(row.content, lambda step: _is_at(pk, step))
    sealed = seal_bytes(pdf, TABLE, FIELD, row.reference)
    stored = filestore.put(sealed)
    try:
        kept = _keep(pk, stored, int(key_of(sealed)), pdf)
    except DatabaseError:
        raise  # perhaps it was kept, and only the answer got lost: what has no row the daily tidying clears away
    except Exception:
        filestore.drop(stored)
        raise
    if not kept:
        filestore.drop(stored)


def _is_at(pk: int, step: int) -> None:
    """For who waits on the page."""
    Dossier.objects.filter(pk=pk, state=DossierState.MAKING).update(steps=step)


@transaction.atomic
def _keep(pk: int, stored: str, key: int, pdf: bytes) -> bool:
    """The row, the line of time and the event; False when somebody else was first, or it is not to be given.

    Who had it made may have lost the case since, by a wall or otherwise: then it ends as if it was never asked for.
    """
    row = Dossier.objects.select_for_update(of=("self",)).select_related(*CASES, "by").get(pk=pk)
    if row.state != DossierState.MAKING:
        return False
    if before_wall(row) or not among(row.by, [row]):
        server_event(Action.DOSSIER_DROPPED, case=home(row), kind="dossier", ref=row.reference, details={})
        row.delete()
        return False
    row.state, row.steps, row.made_at = DossierState.READY, STEPS, timezone.now()
    row.stored, row.sealed_with, row.size = stored, key, len(pdf)
    row.digest = hashlib.sha256(pdf).hexdigest()
    row.full_clean()
    row.save()
    data = {"to": row.recipient, "ref": row.reference}
    line_add(home(row), LineKind.DOSSIER, by=row.by, dossier=row, text=row.purpose, data=data, at=row.made_at)
    details = {"to": row.recipient, "ground": row.ground, "sha256": row.digest, "parts": len(row.contents)}
    server_event(Action.DOSSIER_MADE, case=home(row), kind="dossier", ref=row.reference, details=details)
    return True
