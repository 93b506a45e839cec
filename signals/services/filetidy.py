"""What is done with files when nobody asks: clear away what has no row, and let the scanner look at older ones."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit.actions import Action
from signals import filestore
from signals.errors import RuleError
from signals.events import server_event
from signals.filescan import ScannerDownError, has_scanner, is_clean
from signals.models import Attachment, Case, Dossier
from signals.models.file import HELD, FileState
from signals.services.files import content_of, emptied

YOUNG = timedelta(hours=1)  # somebody may be busy adding it
BATCH = 200
MANY = 20  # without a row that are cleared away in any case

logger = logging.getLogger("files")


@dataclass
class Tidied:
    """cleared: contents without a row. missing: rows without a content. scanned, refused: by the scanner."""

    cleared: int = 0
    missing: int = 0
    scanned: int = 0
    refused: int = 0


class TooManyError(Exception):
    """So much has no row that it looks like the wrong database, or the wrong folder."""


def files_tidy(*, however_many: bool = False) -> Tidied:
    """Bring rows and contents together again. Safe to run at any time, and by two at once.

    Raises:
        FileStoreError: the store does not answer.
        TooManyError: a tenth or more of the contents has no row; nothing was cleared away.
    """
    done, before = Tidied(), timezone.now() - YOUNG
    contents = dict(filestore.held())
    known = set(Attachment.objects.filter(state__in=HELD).values_list("stored", flat=True))
    dossiers = dict(Dossier.objects.exclude(stored="").values_list("stored", "reference"))
    left = [name for name, written in contents.items() if name not in known | set(dossiers) and written < before]
    if len(left) > max(MANY, len(contents) // 10) and not however_many:
        raise TooManyError(f"{len(left)} of {len(contents)}")
    done.cleared = sum(filestore.drop(name) for name in left)
    for row in Attachment.objects.filter(stored__in=known - set(contents), added_at__lt=before):
        _missing(row, done)
    for name in sorted(set(dossiers) - set(contents)):
        _gone(name, dossiers[name], done)
    if has_scanner():
        _scan(done)
    return done


def _missing(row: Attachment, done: Tidied) -> None:
    _gone(row.stored, row.reference, done)


def _gone(name: str, reference: str, done: Tidied) -> None:
    if filestore.is_there(name):
        return  # encrypted again, or taken out, while we looked
    done.missing += 1
    logger.error("ALARM: the content of file %s is not in the store. Put it back from your copy.", reference)


def _scan(done: Tidied) -> None:
    """Look at what was added while there was no scanner."""
    for row in Attachment.objects.filter(state=FileState.UNSCANNED).order_by("pk").iterator(chunk_size=BATCH):
        try:
            clean = is_clean(content_of(row))
        except ScannerDownError:
            return
        except RuleError:
            continue  # said already; the next one may open
        _judged(row, clean)
        done.scanned += 1
        done.refused += not clean


@transaction.atomic
def _judged(row: Attachment, clean: bool) -> None:
    locked = Attachment.objects.select_for_update().get(pk=row.pk)
    if locked.state != FileState.UNSCANNED:
        return
    if clean:
        locked.state = FileState.CLEAN
        locked.save(update_fields=["state"])
        return
    case = Case.objects.select_related("board", "school").get(pk=locked.case_id)
    emptied(locked, FileState.REFUSED)
    server_event(Action.FILE_REFUSED, case=case, kind="file", ref=locked.reference, details={"later": True})
