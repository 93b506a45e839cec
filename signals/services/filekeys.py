"""Encrypts files again with the newest key, together with the texts; see accounts.content.rotation."""

import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.content.files import key_of, seal_bytes
from accounts.content.keys import current
from accounts.content.rotation import Progress
from signals import filestore
from signals.dossier.services import giving, making
from signals.errors import RuleError
from signals.models import Attachment, Dossier
from signals.services import files

logger = logging.getLogger("files")


Held = Attachment | Dossier


class Files:
    """The contents of files. The row says by which key each is encrypted, so a run that was killed goes on."""

    model: type[Held] = Attachment
    place = (files.TABLE, files.FIELD)

    def waiting(self) -> int:
        return self._held().exclude(sealed_with=int(current())).count()

    def in_use(self, number: str) -> int:
        return self._held().filter(sealed_with=int(number)).count()

    def rotate(self, done: Progress, tell: Callable[[Progress], None]) -> None:
        last = 0
        while row := self._next(last):
            last = row.pk
            self._again(row, done)
            done.rows += 1
            tell(done)

    def content(self, row: Any) -> bytes:
        return files.content_of(row)

    def _held(self) -> QuerySet[Any]:
        return self.model._default_manager.exclude(stored="")

    def _next(self, last: int) -> Any:
        return self._held().exclude(sealed_with=int(current())).filter(pk__gt=last).order_by("pk").first()

    def _again(self, row: Any, done: Progress) -> None:
        """The new content lies beside the old one until the row names it; whoever is killed between leaves one more."""
        try:
            sealed = seal_bytes(self.content(row), *self.place, row.reference)
            fresh = filestore.put(sealed)
        except (RuleError, filestore.FileStoreError) as error:
            if not row.stored:  # it was taken out meanwhile
                return
            logger.error("ALARM: file %s keeps its old key. %s", row.reference, type(error).__name__)
            done.failed.append((*self.place, row.pk))
            return
        same = self._held().filter(pk=row.pk, stored=row.stored)
        changed = same.update(stored=fresh, sealed_with=int(key_of(sealed)))
        filestore.drop(row.stored if changed else fresh)
        done.changed += changed


class DossierFiles(Files):
    """The PDF of dossiers."""

    model = Dossier
    place = (making.TABLE, making.FIELD)

    def content(self, row: Any) -> bytes:
        return giving.content_of(row)
