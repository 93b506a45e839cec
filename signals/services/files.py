"""Files: looked at, made anew, encrypted and kept, given back, taken out."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn
from uuid import UUID

from django.db import Error, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.content.errors import ContentError
from accounts.content.files import key_of, open_bytes, seal_bytes
from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from signals import access, filestore, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.filescan import ScannerDownError, has_scanner, is_clean
from signals.filetypes.apart import check_apart
from signals.filetypes.kinds import EXTENSIONS, Kind, RefusedError
from signals.filetypes.names import clean_name, extension_of
from signals.filewords import refusal
from signals.mails import FILED
from signals.models import Attachment, Case, Signal
from signals.models.file import HELD, FileState
from signals.services.formkeys import arrived
from signals.services.news import tell_handlers
from signals.services.status import lock, lock_case_of

TABLE, FIELD = "signals_attachment", "file"
MOST_OF_CASE = 50 * 1024 * 1024  # bytes
MOST_FILES = 50  # in a case
SAME = ("by_id", "name", "about", "person", "digest")

logger = logging.getLogger("files")


@dataclass(frozen=True)
class Upload:
    """A file as it came in. `about`: what its sender says it is; `key`: makes a second click harmless.

    `person`: the key of whom in the case it is about; empty: the whole case, or whom its report is about.
    """

    name: str
    content: bytes
    about: str
    key: str
    person: str = ""


def file_add(
    *,
    by: User,
    case: Case,
    upload: Upload,
    signal: Signal | None = None,
    to: tuple[Permission, ...] = access.HANDLE,
) -> Attachment:
    """Put a file into a case. The same key gives the same file.

    It is looked at and written before anything is locked, and thrown away again when its row can't be made. After an
    error of the database the row may be there all the same (an answer to COMMIT can be lost): files_tidy finds out.

    Args:
        signal: the report to which its writer adds it.
        to: by what this person may, for the trail.

    Raises:
        RuleError: it is not taken, can't be looked at or kept now, there is no room, or another was kept under its key.
        Http404, PermissionDenied: what this person may, ended while it was looked at.
    """
    again = _kept_before(upload.key)
    if signal is None and again is None:
        _in_hand(case)
    row = Attachment(key=upload.key, case=case, signal=signal, by=by, about=upload.about, person=upload.person)
    row.state = _scanned(upload.content, partial(_virus, case=case, by=by, to=to))
    content = _made(row, upload)
    if again:
        return _same(again, row)
    stored = _stored(row, content)
    try:
        found = _kept(row, by=by, to=to)
    except Error:
        raise
    except _NoLongerError:
        filestore.drop(stored)
        _refused(row)
    except Exception:
        filestore.drop(stored)
        raise
    if found is not row:  # the second click was faster
        filestore.drop(stored)
    return found


class _NoLongerError(Exception):
    """Who sends the file may not put it there any more."""


def _scanned(content: bytes, found: Callable[[], None]) -> FileState:
    """What the scanner says, before anything of ours reads the file. `found`: what to do when it finds something."""
    if not has_scanner():
        return FileState.UNSCANNED
    try:
        clean = is_clean(content)
    except ScannerDownError as error:
        raise RuleError(_("The virus scanner does not answer. Until it does, no file is added or opened.")) from error
    if not clean:
        found()
        raise RuleError(_("The virus scanner found something in this file. Nobody gets it; tell your IT department."))
    return FileState.CLEAN


def _virus(*, case: Case, by: User, to: tuple[Permission, ...]) -> None:
    with transaction.atomic():
        case_event(Action.FILE_REFUSED, case=case, by=by, to=to, kind="file", ref=case.reference)


def _kept_before(key: str | UUID) -> Attachment | None:
    return Attachment.objects.filter(key=key).first()


def _same(again: Attachment, row: Attachment) -> Attachment:
    """What a second click finds; one that was taken out meanwhile says nothing any more."""
    # A report may lie in another case by now.
    names = [*SAME, "signal_id" if row.signal_id else "case_id"]
    return arrived(again, [getattr(again, name) for name in names], [getattr(row, name) for name in names])


def _made(row: Attachment, upload: Upload) -> bytes:
    """Fill the row; returns the content as it will be kept."""
    try:
        checked = check_apart(upload.content, extension_of(upload.name))
    except RefusedError as error:
        raise RuleError(refusal(error.why)) from error
    row.kind, row.size = checked.kind, len(checked.content)
    row.name = clean_name(upload.name, EXTENSIONS[Kind(checked.kind)][0])
    row.digest = hashlib.sha256(checked.content).hexdigest()
    return checked.content


def _stored(row: Attachment, content: bytes) -> str:
    """Write the content; returns its name in the store."""
    sealed = seal_bytes(content, TABLE, FIELD, row.reference)
    row.sealed_with = int(key_of(sealed))
    try:
        row.stored = filestore.put(sealed)
    except filestore.FileStoreError as error:
        logger.error("ALARM: a file can't be kept. %s", error)
        raise RuleError(_("The file could not be kept now, and nothing of it was. Try again later.")) from error
    return row.stored


@transaction.atomic
def _kept(row: Attachment, *, by: User, to: tuple[Permission, ...]) -> Attachment:
    """The row and the event, if there is room."""
    row.case = lock_case_of(row.signal) if row.signal else lock(row.case)
    if again := _kept_before(row.key):
        return _same(again, row)
    if not _may_still(row):
        raise _NoLongerError
    if not row.signal_id:
        _in_hand(row.case)
    _room(row)
    row.added_at = timezone.now()
    row.full_clean()
    row.save()
    case_event(
        Action.FILE_ADDED, case=row.case, by=by, to=to, kind="file", ref=row.reference, details={"kind": row.kind}
    )
    tell_handlers(FILED, row.case, by=by)
    return row


def _may_still(row: Attachment) -> bool:
    """Asked anew, on the locked case: looking at a file takes long enough to be barred from its case meanwhile."""
    by = User.objects.get(pk=row.by_id)
    if row.signal_id:
        return access.own_signals(by).filter(pk=row.signal_id).exists()
    return access.may(by, row.case, *access.ADD)


def _refused(row: Attachment) -> NoReturn:
    """Answer as the page would have done that asks for the file."""
    by = User.objects.get(pk=row.by_id)
    if row.signal:
        access.not_found(by, "signal", row.signal.reference)
    if not access.may(by, row.case):
        access.not_found(by, "case", row.case.reference)
    access.forbidden(by, row.case, "case needs " + "/".join(access.ADD))


def _in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can add a file."))


def _room(row: Attachment) -> None:
    held = Attachment.objects.filter(case=row.case_id, state__in=HELD)
    used = held.aggregate(sum=Sum("size"))["sum"] or 0
    full = held.count() >= MOST_FILES or used + row.size > MOST_OF_CASE
    if full and row.signal_id:  # who wrote the report need not know what others keep in the case
        raise RuleError(_("There is no room for this file. Tell the care coordinator what you have."))
    if held.count() >= MOST_FILES:
        raise RuleError(_("There are %(most)d files in this case already. Take one out first.") % {"most": MOST_FILES})
    if full:
        raise RuleError(
            _("The files of this case may be %(most)d MB together, and %(used)d MB is used. Take one out first.")
            % {"most": MOST_OF_CASE // 2**20, "used": round(used / 2**20)}
        )


def file_open(*, by: User, file: Attachment, to: tuple[Permission, ...]) -> bytes:
    """The content of a file. The event is written before it is given.

    Raises:
        RuleError: it can't be read, or a scanner has yet to look at it and can't, or found something.
    """
    content = content_of(file)
    if file.state == FileState.UNSCANNED:
        _scanned(content, partial(_virus, case=file.case, by=by, to=to))
    with transaction.atomic():
        case_event(Action.FILE_READ, case=file.case, by=by, to=to, kind="file", ref=file.reference)
    return content


def content_of(file: Attachment) -> bytes:
    """All of it, or nothing.

    Raises:
        RuleError: the store does not answer, it was changed there, or it was taken out while this looked: then `stored`
            of the row is empty by now.
    """
    try:
        return open_bytes(filestore.take_of(file), TABLE, FIELD, file.reference)
    except (filestore.FileStoreError, ContentError) as error:
        if not file.stored:
            raise RuleError(_("This file was taken out just now.")) from error
        logger.error("ALARM: file %s can't be opened and is not given. %s", file.reference, error)
        raise RuleError(_("This file can't be opened now. Your administrator can see why in the log.")) from error


@transaction.atomic
def file_remove(*, by: User, file: Attachment, reason: str) -> Attachment:
    """Take a file out: its content and its name are destroyed, that it was there and why it went stays.

    `outlasts` on what is returned: the store did not answer, so its content is there until the worker tidies.
    """
    locked = Attachment.objects.select_for_update().get(pk=file.pk)
    if not locked.held:
        return locked
    case = Case.objects.select_related("board", "school").get(pk=locked.case_id)
    emptied(locked, FileState.REMOVED, by=by, reason=reason)
    case_event(Action.FILE_REMOVED, case=case, by=by, to=access.HANDLE, kind="file", ref=locked.reference)
    return locked


def emptied(locked: Attachment, state: FileState, *, by: User | None = None, reason: str = "") -> None:
    """Write down that a file is gone, and destroy its content when that is safe."""
    stored = locked.stored
    locked.name = locked.about = locked.digest = locked.stored = ""
    locked.state, locked.ended_at, locked.ended_by, locked.reason = state, timezone.now(), by, reason
    locked.full_clean()
    locked.save()

    def destroyed() -> None:
        locked.outlasts = not filestore.destroy(stored, f"file {locked.reference}")

    transaction.on_commit(destroyed)
