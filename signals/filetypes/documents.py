"""PDF files: no password, no program, no file in the file; written anew without who made it, unless it was signed."""

import re
from io import BytesIO

import pikepdf

from signals.filetypes.kinds import Checked, Kind, RefusedError, Why

END = rb"(?=[\s/<>\[\]()%{}]|$)"
PROGRAMS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|GoToE)" + END)
SIGNED = re.compile(rb"/ByteRange" + END)


def checked(content: bytes) -> Checked:
    """Read a PDF and write it anew. One with a signature stays as it is, byte for byte, or it would not hold any more.

    Raises:
        RefusedError: it needs a password, holds a program or a file, or can't be read.
    """
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=True) as document:
            signed = _look(document)
            if not len(document.pages):
                raise RefusedError(Why.BROKEN)
            return Checked(Kind.PDF, content if signed else _written(document))
    except pikepdf.PasswordError as error:
        raise RefusedError(Why.PASSWORD) from error
    except (pikepdf.PdfError, ValueError, KeyError, AttributeError, TypeError, RuntimeError) as error:
        raise RefusedError(Why.BROKEN) from error


def _look(document: pikepdf.Pdf) -> bool:
    """Look at every object. True when it is signed."""
    signed = False
    for row in [document.trailer, *document.objects]:
        text = _text(row)
        if PROGRAMS.search(text):
            raise RefusedError(Why.PROGRAM)
        signed = signed or bool(SIGNED.search(text))
    return signed


def _text(row: pikepdf.Object) -> bytes:
    """An object with all that stands in it, but not what it points to. Of a stream what is said about it."""
    if isinstance(row, pikepdf.Stream):
        return row.stream_dict.unparse(resolved=True)
    return row.unparse(resolved=True) if isinstance(row, pikepdf.Dictionary | pikepdf.Array) else b""


def _written(document: pikepdf.Pdf) -> bytes:
    """Without title, author and program; streams are copied as they are, so nothing is unpacked here."""
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    for row in document.objects:
        if isinstance(row, pikepdf.Dictionary | pikepdf.Stream):
            for name in ("/Metadata", "/PieceInfo"):
                if name in row:
                    del row[name]
    target = BytesIO()
    document.save(
        target,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return target.getvalue()
