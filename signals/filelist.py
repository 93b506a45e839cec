"""The files of a case or of a report, as the pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from signals.addresses import address
from signals.filewords import size_text
from signals.models import Attachment, Signal
from signals.models.file import FileKind, FileState


@dataclass(frozen=True)
class FileLine:
    """One file. A name and an address only while it is there; `gone_by` is empty when a scanner took it out."""

    reference: str
    name: str
    about: str
    kind: str
    size: str
    who: str
    added_at: datetime
    url: str
    unscanned: bool
    gone_at: datetime | None
    gone_by: str
    virus: bool
    reason: str
    by: int | None
    ended_by: int | None


def own_files(signal: Signal, writer: User) -> list[FileLine]:
    """What the writer of a report added to it; nothing that anybody else put into the case."""
    return [file_line(row) for row in signal.files.filter(by=writer).select_related("by", "ended_by").order_by("id")]


def held(lines: Iterable[FileLine]) -> list[FileLine]:
    """Those that are still there, newest first."""
    return [line for line in lines if line.url][::-1]


def file_line(row: Attachment) -> FileLine:
    """A file as the pages show it."""
    return FileLine(
        reference=row.reference,
        name=row.name,
        about=row.about,
        kind=str(FileKind(row.kind).label),
        size=size_text(row.size),
        who=row.by.name,
        added_at=row.added_at,
        url=address("signals:file", row.reference) if row.held else "",
        unscanned=row.state == FileState.UNSCANNED,
        gone_at=row.ended_at,
        gone_by=row.ended_by.name if row.ended_by else "",
        virus=row.state == FileState.REFUSED,
        reason=row.reason,
        by=row.by_id,
        ended_by=row.ended_by_id,
    )
