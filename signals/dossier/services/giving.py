"""Giving a dossier to who made it or works with them, and telling whether a PDF is one of ours, unchanged."""

import hashlib
import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.content.errors import ContentError
from accounts.content.files import open_bytes
from accounts.models import User
from audit.actions import Action
from signals import access, filestore
from signals.dossier.access import among, before_wall, home
from signals.dossier.selectors import made_with
from signals.dossier.services.making import FIELD, TABLE
from signals.errors import RuleError
from signals.events import case_event, private_event
from signals.models import Dossier, DossierState, WorkLine
from signals.models.work import LineKind
from signals.services.lines import line_add

BEFORE_WALL = gettext_lazy(
    "This letter was approved before the case was closed to the school, and tells of the school. It is not given any "
    "more. Make a new one."
)

logger = logging.getLogger("files")


def dossier_fetch(*, by: User, dossier: Dossier) -> bytes:
    """The PDF. The event is written before it is given; the line of time tells it once a day for each person.

    Raises:
        RuleError: it is not ready, its term has ended, a wall came around the case since, or it can't be opened.
    """
    if dossier.state != DossierState.READY:
        raise RuleError(_("This dossier is not there, or no longer."))
    if before_wall(dossier):
        raise RuleError(str(BEFORE_WALL))
    pdf = content_of(dossier)
    with transaction.atomic():
        row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        details = {"to": row.recipient, "sha256": row.digest}
        case_event(
            Action.DOSSIER_FETCHED,
            case=home(dossier),
            by=by,
            to=access.HANDLE,
            kind="dossier",
            ref=row.reference,
            details=details,
        )
        today = timezone.localdate()
        last = WorkLine.objects.filter(dossier=row, kind=LineKind.FETCHED, by=by).order_by("-at").first()
        if last is None or timezone.localtime(last.at).date() != today:
            data = {"to": row.recipient, "ref": row.reference}
            line_add(home(dossier), LineKind.FETCHED, by=by, dossier=row, data=data)
    return pdf


def content_of(dossier: Dossier) -> bytes:
    """All of it, as it was made, or nothing.

    Raises:
        RuleError: the store does not answer, it was changed there, or its term ended while this looked: then `stored`
            of the row is empty by now.
    """
    try:
        pdf = open_bytes(filestore.take_of(dossier), TABLE, FIELD, dossier.reference)
        if hashlib.sha256(pdf).hexdigest() != dossier.digest:
            raise ContentError("It is not what its hash says.")
    except (filestore.FileStoreError, ContentError) as error:
        if not dossier.stored:
            raise RuleError(_("This dossier is not there, or no longer.")) from error
        logger.error("ALARM: dossier %s can't be opened and is not given. %s", dossier.reference, error)
        raise RuleError(_("This file can't be opened now. Your administrator can see why in the log.")) from error
    return pdf


def dossier_check(*, by: User, content: bytes) -> Dossier | None:
    """The dossier of which these are the very bytes, among those that this person may see."""
    found = among(by, list(made_with(hashlib.sha256(content).hexdigest())))
    if not found:
        private_event(Action.DOSSIER_CHECKED, by=by, kind="dossier", to=access.HANDLE, details={"found": False})
        return None
    with transaction.atomic():
        case_event(
            Action.DOSSIER_CHECKED,
            case=home(found[0]),
            by=by,
            to=access.HANDLE,
            kind="dossier",
            ref=found[0].reference,
            details={"found": True},
        )
    return found[0]
