"""PDF files: no password, no program, no file in the file; written anew without who made it, unless it was signed."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pikepdf

from signals.filetypes.kinds import Checked, Kind, RefusedError, Why

END = rb"(?=[\s/<>\[\]()%{}]|$)"
PROGRAMS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|EF|RichMedia|XFA|ImportData|GoToE)" + END)
BY_ITSELF = re.compile(rb"/(?:OpenAction|AA)" + END)  # what is done without a click
HARMLESS = ("/GoTo", "/Named", "/SetOCGState", "/Hide", "/ResetForm", "/Trans")  # it stays within the document
MOST_ACTIONS = 100  # that follow each other; a circle never ends
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
        fetches = isinstance(row, pikepdf.Stream) and "/F" in row  # its content would come from another file
        if PROGRAMS.search(text) or fetches:
            raise RefusedError(Why.PROGRAM)
        if BY_ITSELF.search(text) and any(_leaves(one) for one in _dictionaries(row)):
            raise RefusedError(Why.PROGRAM)
        signed = signed or bool(SIGNED.search(text))
    return signed


def _dictionaries(row: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """An object and all that stands in it, but not what it points to."""
    inside: Iterable[pikepdf.Object] = ()
    if isinstance(row, pikepdf.Dictionary | pikepdf.Stream):
        yield row
        inside = (row.stream_dict if isinstance(row, pikepdf.Stream) else row).values()
    elif isinstance(row, pikepdf.Array):
        inside = iter(row)
    for one in inside:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect:
            yield from _dictionaries(one)


def _leaves(row: pikepdf.Object) -> bool:
    """Whether opening or showing it leads to an address, a form or another file. A link that one clicks may stay."""
    first = row.get("/OpenAction")
    others = row.get("/AA")
    actions: list[Any] = [first, *(others.values() if isinstance(others, pikepdf.Dictionary) else ())]
    actions = [one for one in actions if isinstance(one, pikepdf.Dictionary)]  # and not a place to begin
    seen = 0
    while actions:
        action, seen = actions.pop(), seen + 1
        if isinstance(action, pikepdf.Array):  # several that follow
            actions += list(action)
        elif isinstance(action, pikepdf.Dictionary):
            if ("/S" in action and action["/S"] not in HARMLESS) or seen > MOST_ACTIONS:
                return True
            actions += [action["/Next"]] if "/Next" in action else []
    return False


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
        deterministic_id=True,  # not from the clock: sent again, it is the same file
    )
    return target.getvalue()
