"""Word files: a zip with the right members, no macros, no files in the file; packed anew without who made it."""

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat

from signals.filetypes.kinds import Checked, Kind, RefusedError, Why

MOST_FILES = 2_000
MOST_BYTES = 60_000_000  # unpacked, all together
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES, STORY = "[Content_Types].xml", "word/document.xml"
OTHERS = ("xl/", "ppt/", "content.xml", "visio/")  # Excel, PowerPoint, OpenDocument
PROGRAMS = ("vbaproject", "vbadata", "activex", "oleobject", "/embeddings/", "macro")
OUTSIDE = ("/attachedtemplate", "/oleobject", "/frame", "/subdocument", "/externallink", "/afchunk")
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CORE = b"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/"
# Who made it, at which school, with which program: the same members, with nothing in them.
BLANK = {
    "docprops/core.xml": HEAD + b'<cp:coreProperties xmlns:cp="' + CORE + b'"/>',
    "docprops/app.xml": HEAD + b'<Properties xmlns="' + OFFICE + b'extended-properties"/>',
    "docprops/custom.xml": HEAD + b'<Properties xmlns="' + OFFICE + b'custom-properties"/>',
}
EMPTY = HEAD + b"<nothing/>"  # in the place of what SharePoint keeps beside it: with whom it was shared, by name
SMALL = re.compile(rb"<Relationship\b[^>]*/metadata/thumbnail[\"'][^>]*(?:/>|>\s*</Relationship>)")
FETCHING = re.compile(r"^\s*\"?(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE)\b", re.I | re.M)
Element = Callable[[str, dict[str, str]], None]


def checked(content: bytes) -> Checked:
    """Read a Word file and pack it anew.

    Raises:
        RefusedError: it is another file in a zip, holds a program, is too large unpacked, or can't be read.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as source:
            _members(source.infolist())
            return Checked(Kind.DOCX, _written(source))
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError) as error:
        raise RefusedError(Why.BROKEN) from error
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise RefusedError(Why.BROKEN) from error


def _members(members: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked."""
    names = [member.filename for member in members]
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise RefusedError(Why.SWOLLEN)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(Why.PASSWORD)
    if STORY not in names or TYPES not in names:
        raise RefusedError(Why.SHEET if any(name.startswith(OTHERS) for name in names) else Why.ARCHIVE)
    if any(part in name.lower() for name in names for part in PROGRAMS):
        raise RefusedError(Why.PROGRAM)
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name or "\\" in name for name in names):
        raise RefusedError(Why.BROKEN)


def _written(source: zipfile.ZipFile) -> bytes:
    """All members again. What a member says of its size is all that is read of it."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in source.infolist():
            name = member.filename
            if member.is_dir() or name.lower().startswith("docprops/thumbnail"):
                continue  # the second: a picture of the first page
            data = _kept(name.lower()) or source.read(member)
            data = SMALL.sub(b"", data) if name == "_rels/.rels" else data
            _look(name, data)
            copy.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _kept(name: str) -> bytes | None:
    """What stands there instead, of a member that tells who made it or got it."""
    shared = name.startswith("customxml/") and name.endswith(".xml") and "/itemprops" not in name
    return EMPTY if shared else BLANK.get(name)


def _look(name: str, data: bytes) -> None:
    """XML is read once: what is none is refused, and so is what swells while it is read."""
    if name == TYPES:
        seen: list[str] = []
        _parse(data, lambda tag, said: seen.append(said.get("ContentType", "")))
        if any("macro" in kind.lower() or "activex" in kind.lower() for kind in seen):
            raise RefusedError(Why.PROGRAM)
        if MAIN not in seen:
            raise RefusedError(Why.SHEET)
    elif name.lower().endswith(".rels"):
        _parse(data, _related)
    elif name.lower().endswith(".xml"):
        fields = _Fields()
        _parse(data, fields.begin, fields)
        if FETCHING.search("".join(fields.said)):
            raise RefusedError(Why.PROGRAM)


def _related(tag: str, said: dict[str, str]) -> None:
    """What is fetched from elsewhere when the file is opened. A link that somebody clicks may stay."""
    kind = said.get("Type", "").lower()
    if kind.endswith(OUTSIDE) or (said.get("TargetMode") == "External" and not kind.endswith("/hyperlink")):
        raise RefusedError(Why.PROGRAM)


class _Fields:
    """What fields of a text ask for, each on a line of its own; the words of one may stand in several pieces."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.inside = False

    def begin(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.inside = name in ("instrText", "delInstrText")
        if name == "fldChar":
            self.said.append("\n")
        elif name == "fldSimple":
            self.said += ["\n", *(value for key, value in said.items() if key.rpartition(":")[2] == "instr"), "\n"]

    def end(self, _tag: str) -> None:
        self.inside = False

    def text(self, words: str) -> None:
        if self.inside:
            self.said.append(words)


def _parse(data: bytes, element: Element, fields: _Fields | None = None) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _swells
    parser.StartElementHandler = element
    if fields:
        parser.EndElementHandler, parser.CharacterDataHandler = fields.end, fields.text
    parser.Parse(data, True)


def _swells(*_all: object) -> None:
    raise RefusedError(Why.SWOLLEN)
