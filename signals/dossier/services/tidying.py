"""What is done with dossiers when nobody asks: their PDF goes after its term, and what was never made goes sooner."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.jobs.each import all_of, each
from audit.actions import Action
from signals import filestore
from signals.dossier.access import CASES, home
from signals.events import server_event
from signals.models import Dossier, DossierState
from signals.services.filetidy import files_tidy

KEPT = timedelta(days=30)  # the PDF and the letter; what was in it, and its hash, stay with the case
BEGUN = timedelta(days=7)  # what nobody finished, since it was last changed
ENDS = ("state", "ended_at", "stored", "sealed_with", "content", "picked", "words")


def tidy() -> None:
    """The daily round: first what has had its time, then what has no row any more. Safe at any time."""
    all_of((dossiers_end, files_tidy), "A part of the round failed (%s); the other goes on.")


def dossiers_end() -> int:
    """Remove what has had its time; returns how many."""
    now = timezone.now()
    over = Dossier.objects.filter(state=DossierState.READY, made_at__lt=now - KEPT)
    left = Dossier.objects.filter(state=DossierState.DRAFT, changed_at__lt=now - BEGUN)
    stuck = Dossier.objects.filter(state=DossierState.MAKING, ordered_at__lt=now - KEPT)
    ready, *unmade = (list(rows.values_list("pk", flat=True)) for rows in (over, left, stuck))
    said = "ALARM: dossier %s could not be ended; the others go on."
    return each([*ready, *sum(unmade, [])], lambda pk: _end(pk, now) if pk in ready else _drop(pk), said)


@transaction.atomic
def _end(pk: int, now: datetime) -> bool:
    row = _locked(pk)
    if row is None or row.state != DossierState.READY:
        return False
    stored = row.stored
    row.state, row.ended_at, row.stored, row.sealed_with = DossierState.OVER, now, "", None
    row.content, row.picked, row.words = {}, [], []
    row.save(update_fields=ENDS)  # nothing else is looked at: a text that does not open any more keeps no PDF here
    server_event(
        Action.DOSSIER_ENDED, case=home(row), kind="dossier", ref=row.reference, details={"sha256": row.digest}
    )
    transaction.on_commit(lambda: filestore.destroy(stored, f"dossier {row.reference}"))
    return True


@transaction.atomic
def _drop(pk: int) -> bool:
    row = _locked(pk)
    if row is None or row.state not in (DossierState.DRAFT, DossierState.MAKING):
        return False
    server_event(Action.DOSSIER_DROPPED, case=home(row), kind="dossier", ref=row.reference, details={})
    row.delete()
    return True


def _locked(pk: int) -> Dossier | None:
    rows = Dossier.objects.select_for_update(of=("self",)).select_related(*CASES)
    found: Dossier | None = rows.filter(pk=pk).first()
    return found
