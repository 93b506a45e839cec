"""The five kinds of files, told by their first bytes; and what somebody may have sent instead."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    DOCX = "docx"
    TXT = "txt"


EXTENSIONS: dict[Kind, tuple[str, ...]] = {
    Kind.PDF: ("pdf",),
    Kind.JPEG: ("jpg", "jpeg"),
    Kind.PNG: ("png",),
    Kind.DOCX: ("docx",),
    Kind.TXT: ("txt",),
}
MEDIA: dict[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.TXT: "text/plain; charset=utf-8",
}


class Why(StrEnum):
    """Why a file is refused; the words stand in signals.filewords."""

    EMPTY = "empty"
    BIG = "big"
    UNKNOWN = "unknown"  # none of the five, and nothing that has words of its own
    PHONE = "phone"  # a photo as iPhones keep it
    PICTURE = "picture"  # GIF, WebP, TIFF, SVG, …
    FILM = "film"  # or sound
    OLD_WORD = "old_word"
    SHEET = "sheet"  # Excel, PowerPoint, OpenDocument
    ARCHIVE = "archive"
    PAGE = "page"  # a web page
    OTHER = "other"  # its name says otherwise than its content
    PASSWORD = "password"  # noqa: S105 - needs one
    PROGRAM = "program"  # a program in it, or another file
    PIXELS = "pixels"
    SWOLLEN = "swollen"  # small now, and huge once it is opened
    BROKEN = "broken"


class RefusedError(Exception):
    """This file is not taken."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Checked:
    """A file that is taken, as it will be kept."""

    kind: Kind
    content: bytes


STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"PK\x03\x04", Kind.DOCX),  # or something else in a zip; the reading tells
)
INSTEAD: tuple[tuple[bytes, Why], ...] = (
    (b"GIF8", Why.PICTURE),
    (b"BM", Why.PICTURE),
    (b"II*\x00", Why.PICTURE),
    (b"MM\x00*", Why.PICTURE),
    (b"RIFF", Why.PICTURE),
    (b"\xd0\xcf\x11\xe0", Why.OLD_WORD),
    (b"{\\rtf", Why.OLD_WORD),
    (b"ID3", Why.FILM),
    (b"\x1a\x45\xdf\xa3", Why.FILM),
    (b"OggS", Why.FILM),
    (b"PK", Why.ARCHIVE),
    (b"Rar!", Why.ARCHIVE),
    (b"7z\xbc\xaf", Why.ARCHIVE),
    (b"\x1f\x8b", Why.ARCHIVE),
    (b"BZh", Why.ARCHIVE),
    (b"\xfd7zXZ", Why.ARCHIVE),
)
PHOTOS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
PAGES = (b"<!doctype html", b"<html", b"<script", b"<head", b"<body", b"<iframe")


def kind_of(content: bytes) -> Kind:
    """Which of the five kinds a file is.

    Raises:
        RefusedError: none of them.
    """
    if not content:
        raise RefusedError(Why.EMPTY)
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    _refuse_others(content)
    return Kind.TXT  # if it is text; the reading tells


def _refuse_others(content: bytes) -> None:
    if content[4:8] == b"ftyp":
        raise RefusedError(Why.PHONE if content[8:12] in PHOTOS else Why.FILM)
    for start, why in INSTEAD:
        if content.startswith(start):
            raise RefusedError(why)
    begin = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in begin:
        raise RefusedError(Why.PICTURE)
    if begin.startswith((b"<?xml", *PAGES)) or b"<html" in begin:
        raise RefusedError(Why.PAGE)
    if b"%pdf-" in begin or begin.startswith((b"#!", b"mz", b"\x7felf")):
        raise RefusedError(Why.UNKNOWN)
