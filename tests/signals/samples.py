"""Files as people send them, and as nobody should."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MAKER, GPS, WHERE = "Telefoonmerk", 0x8825, 52.0907


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **how: Any) -> bytes:
    """A photo that tells who made it and where, and that lies on its side."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = MAKER, 6
    exif.get_ifd(GPS)[2] = (WHERE, 0.0, 0.0)
    target = BytesIO()
    Image.new("RGB", size, (9, 99, 9)).save(target, kind, exif=exif, **how)
    return target.getvalue()


def picture(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def pdf(change: Any = None, **how: Any) -> bytes:
    """A PDF of one empty page, by somebody; `change` does something to it first."""
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"] = MAKER
    if change:
        change(document)
    target = BytesIO()
    document.save(target, **how)
    return target.getvalue()


def script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def attachment(document: pikepdf.Pdf) -> None:
    """A file behind a pin on the page; its stream does not say what it is."""
    data = pikepdf.Stream(document, b"MZ")
    spec = pikepdf.Dictionary(F=pikepdf.String("setup.exe"), EF=pikepdf.Dictionary(F=document.make_indirect(data)))
    pin = pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[1, 1, 9, 9], FS=document.make_indirect(spec))
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([document.make_indirect(pin)]))


def doing(action: pikepdf.Dictionary, *, page: bool = False, click: bool = False) -> Callable[[pikepdf.Pdf], None]:
    """Something that is done when the document is opened, when its page is shown, or at a click."""

    def change(document: pikepdf.Pdf) -> None:
        there = document.make_indirect(action)
        if click:
            link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[1, 1, 9, 9], A=there)
            document.pages[0].Annots = pikepdf.Array([link])
        elif page:
            document.pages[0].AA = pikepdf.Dictionary(O=there)
        else:
            document.Root.OpenAction = there

    return change


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def field(*pieces: str) -> str:
    """The body of a Word file with a field; its words may stand in several pieces."""
    said = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    return f'<w:document xmlns:w="w"><w:t>DDE LINK</w:t>{begin}{said}{end}</w:document>'


def signature(document: pikepdf.Pdf) -> None:
    document.Root.Sig = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3]))


def swelling_pdf(megabytes: int) -> bytes:
    """A small PDF with an object stream that is enormous once it is unpacked."""
    packer = zlib.compressobj(9, wbits=-15)
    one = packer.compress(b" " * 10**6) + packer.flush(zlib.Z_FULL_FLUSH)
    data = b"\x78\xda" + one * megabytes + b"\x03\x00"
    body = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    stream = len(body)
    body += b"3 0 obj\n<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>\nstream\n" % len(data)
    body += data + b"\nendstream\nendobj\n"
    places = [(0, 0, 65535), (1, 9, 0), (2, 3, 0), (1, stream, 0), (1, len(body), 0)]
    table = b"".join(struct.pack(">BIH", *place) for place in places)
    body += b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (len(body))


def word(members: dict[str, str | bytes] | None = None, main: str = MAIN) -> bytes:
    """A Word file with more members, or other ones under the same names."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "word/document.xml": "<document>Beste collega</document>",
        "docProps/core.xml": f"<coreProperties>{MAKER}</coreProperties>",
    } | (members or {})
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return target.getvalue()
