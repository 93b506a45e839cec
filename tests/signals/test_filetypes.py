"""What a file is by its content, what of it is kept, and what is not taken."""

import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from signals.filetypes.apart import check_apart
from signals.filetypes.check import check
from signals.filetypes.kinds import Kind, RefusedError, Why
from signals.filetypes.names import LONGEST, clean_name, extension_of
from signals.filewords import WORDS, refusal
from signals.pdf import pdf_of
from tests.signals import samples
from tests.signals.samples import MAKER, action, doing, field, photo, picture, word

ROOT = Path(__file__).parents[2]
FIXED = (
    '<Relationships><Relationship Type="http://x/{}" Target="http://elders/x" TargetMode="External"/></Relationships>'
)


def why(content: bytes, extension: str) -> Why:
    with pytest.raises(RefusedError) as caught:
        check(content, extension)
    return caught.value.why


@pytest.mark.parametrize(
    ("content", "extension", "kind"),
    [
        (samples.pdf(), "pdf", Kind.PDF),
        (photo(), "jpg", Kind.JPEG),
        (photo(), "JPEG", Kind.JPEG),
        (photo(), "", Kind.JPEG),
        (photo("PNG"), "png", Kind.PNG),
        (word(), "docx", Kind.DOCX),
        ("Hé, kom je? 🙂".encode(), "txt", Kind.TXT),
    ],
)
def test_the_content_says_what_it_is(content: bytes, extension: str, kind: Kind) -> None:
    found = check(content, extension)
    assert found.kind == kind
    assert check(found.content, extension).kind == kind, "what is kept can be read again"


@pytest.mark.parametrize(
    ("content", "extension", "reason"),
    [
        (b"", "pdf", Why.EMPTY),
        (b" \n", "txt", Why.EMPTY),
        (photo(), "png", Why.OTHER),
        (photo(), "exe", Why.OTHER),
        (samples.pdf(), "txt", Why.OTHER),
        (b"gewoon tekst", "pdf", Why.OTHER),
        (b"gewoon tekst", "csv", Why.UNKNOWN),
        (b"gewoon tekst", "", Why.UNKNOWN),
        (b"\x00\x01", "txt", Why.UNKNOWN),
        (b"\xff\xfe", "txt", Why.UNKNOWN),
        (b"MZ\x90\x00", "txt", Why.UNKNOWN),
        (b" %PDF-1.4 <html>", "pdf", Why.PAGE),
        (b"<!DOCTYPE html><script>", "txt", Why.PAGE),
        (b"\xef\xbb\xbf <svg onload=x>", "txt", Why.PICTURE),
        (b"GIF89a/*", "txt", Why.PICTURE),
        (b"\0\0\0\x18ftypheic", "heic", Why.PHONE),
        (b"\0\0\0\x18ftypmp42", "mp4", Why.FILM),
        (b"\xd0\xcf\x11\xe0", "doc", Why.OLD_WORD),
        (b"\x1f\x8b\x08", "gz", Why.ARCHIVE),
        (word({"xl/a.xml": "<a/>"}), "xlsx", Why.OTHER),
        (word(main="application/vnd.ms-word.document.macroEnabled.main+xml"), "docx", Why.PROGRAM),
        (word(main="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "docx", Why.SHEET),
        (word({"word/vbaProject.bin": b"x"}), "docx", Why.PROGRAM),
        (word({"word/embeddings/oleObject1.bin": b"x"}), "docx", Why.PROGRAM),
        (word({"word/_rels/settings.xml.rels": FIXED.format("attachedTemplate")}), "docx", Why.PROGRAM),
        (word({"word/_rels/document.xml.rels": FIXED.format("image")}), "docx", Why.PROGRAM),
        (word({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "docx", Why.SWOLLEN),
        (word({f"word/{number}.bin": b"" for number in range(2001)}), "docx", Why.SWOLLEN),
        (word({"../../etc/passwd": b""}), "docx", Why.BROKEN),
        (word({"word/document.xml": "<a>"}), "docx", Why.BROKEN),
        (word()[:200], "docx", Why.BROKEN),
        (word({"word/document.xml": field(" DDEAUTO c:\\\\cmd.exe")}), "docx", Why.PROGRAM),
        (word({"word/footer1.xml": field(" D", "DE", "AUTO c:\\\\cmd.exe")}), "docx", Why.PROGRAM),
        (word({"word/document.xml": field("includepicture &quot;http://x/&quot; \\d")}), "docx", Why.PROGRAM),
        (word({"word/document.xml": '<w:fldSimple xmlns:w="w" w:instr=" LINK Excel.Sheet x"/>'}), "docx", Why.PROGRAM),
        (samples.pdf(samples.script), "pdf", Why.PROGRAM),
        (samples.pdf(samples.attachment), "pdf", Why.PROGRAM),
        (samples.pdf(doing(action("URI", URI="https://x.example/"))), "pdf", Why.PROGRAM),
        (samples.pdf(doing(action("SubmitForm", F="https://x.example/"))), "pdf", Why.PROGRAM),
        (samples.pdf(doing(action("GoToR", F="\\\\x.example\\x", D=[0]), page=True)), "pdf", Why.PROGRAM),
        (samples.pdf(doing(action("GoTo", D=[0], Next=[action("URI", URI="https://x")]))), "pdf", Why.PROGRAM),
        (samples.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "pdf", Why.PASSWORD),
        (b"%PDF-1.7 en verder niets", "pdf", Why.BROKEN),
        (picture(50_000, 50_000), "png", Why.PIXELS),
        (picture(3_000, 3_000, b"\0" * 100), "png", Why.BROKEN),
        (photo()[:300], "jpg", Why.BROKEN),
    ],
)
def test_what_is_not_taken_and_why(content: bytes, extension: str, reason: Why) -> None:
    assert why(content, extension) == reason


@pytest.mark.parametrize(
    "change",
    [
        doing(action("URI", URI="https://x.example/"), click=True),
        doing(action("GoTo", D=[0])),
        doing(action("Named", N=pikepdf.Name.NextPage), page=True),
        lambda document: document.Root.__setattr__(
            "OpenAction", pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
        ),
    ],
)
def test_a_link_and_a_place_to_begin_may_stay(change: Any) -> None:
    assert check(samples.pdf(change), "pdf").kind == Kind.PDF
    assert check(word({"word/document.xml": field(" PAGE ")}), "docx").kind == Kind.DOCX


def test_the_same_file_a_second_later_is_the_same() -> None:
    """What is sent again after a lost connection is compared by its hash; the library took a number from the clock."""
    sent, began = samples.pdf(), int(time.time())
    first = check(sent, "pdf").content
    while int(time.time()) <= began + 1:
        continue
    assert check(sent, "pdf").content == first


def test_what_a_scanner_made_grey_stays_grey() -> None:
    target = BytesIO()
    page = Image.new("I;16", (30, 20), 20_000)
    page.putpixel((1, 1), 65_535)
    page.save(target, "PNG")
    with Image.open(BytesIO(check(target.getvalue(), "png").content)) as image:
        assert (image.getpixel((5, 5)), image.getpixel((1, 1)), image.size) == (78, 255, (30, 20))


def test_a_letter_loses_who_it_was_shared_with() -> None:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
    relation = f'<Relationship Id="r2" Type="{kind}" Target="docProps/thumbnail.jpeg"/>'
    main = '<Relationship Id="r1" Type="x/officeDocument" Target="word/document.xml"/>'
    rels = f"<Relationships>{main}{relation}</Relationships>"
    shared = {
        "customXml/item1.xml": "<p><SharedWithUsers>Bram</SharedWithUsers></p>",
        "docProps/thumbnail.jpeg": b"\xff\xd8",
    }
    letter = check(word({**shared, "customXml/itemProps1.xml": "<ds/>", "_rels/.rels": rels}), "docx").content
    with zipfile.ZipFile(BytesIO(letter)) as archive:
        assert not [name for name in archive.namelist() if b"Bram" in archive.read(name)]
        assert "docProps/thumbnail.jpeg" not in archive.namelist()
        assert archive.read("_rels/.rels").decode() == rels.replace(relation, "")


def test_a_photo_that_breaks_off_is_refused_also_where_a_pdf_was_printed() -> None:
    """The library that prints tells Pillow to take such photos, for the whole process."""
    pdf_of("<p>Een brief</p>", "letter.css")
    assert why(picture(3_000, 3_000, b"\0" * 100), "png") == Why.BROKEN


def test_a_word_file_that_swells_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signals.filetypes.letters.MOST_BYTES", 10_000)
    assert why(word({"word/media/a.bin": bytes(20_000)}), "docx") == Why.SWOLLEN


def test_every_reason_has_words_that_help() -> None:
    assert set(WORDS) == set(Why)
    assert all(refusal(reason).endswith(".") and "%" not in refusal(reason) for reason in Why)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_loses_who_where_and_what_was_hidden_behind_it(kind: str) -> None:
    before = photo(kind, **({"comment": b"geheim"} if kind == "JPEG" else {})) + b"PK\x03\x04 en een zip"
    after = check(before, "").content
    with Image.open(BytesIO(before)) as old, Image.open(BytesIO(after)) as new:
        assert old.getexif()[0x010F] == MAKER
        assert not dict(new.getexif())
        assert not {"exif", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(new.info)
        assert (old.size, new.size) == ((40, 20), (20, 40)), "it stands upright without the line that said so"
    assert not [mark for mark in (MAKER.encode(), b"geheim", b"PK\x03\x04") if mark in after]


def test_documents_lose_who_made_them() -> None:
    letter, paper = check(word(), "docx").content, check(samples.pdf(), "pdf").content
    with zipfile.ZipFile(BytesIO(letter)) as archive:
        assert b"Beste collega" in archive.read("word/document.xml")
        assert not [name for name in archive.namelist() if MAKER.encode() in archive.read(name)]
    with pikepdf.open(BytesIO(paper)) as document:
        assert "/Info" not in document.trailer
        assert len(document.pages) == 1


def test_a_signed_document_stays_as_it_is() -> None:
    signed = samples.pdf(samples.signature)
    assert check(signed, "pdf").content == signed


def test_a_large_photo_of_a_phone_is_taken_and_unpacked_at_half_its_size() -> None:
    found = check(photo(size=(8000, 4000)), "jpg").content
    with Image.open(BytesIO(found)) as image:
        assert image.size == (2000, 4000)


def test_the_process_of_its_own_says_the_same_and_dies_alone() -> None:
    assert check_apart(b"hoi", "txt").content == b"hoi"
    with pytest.raises(RefusedError) as caught:
        check_apart(samples.pdf(samples.script), "pdf")
    assert caught.value.why == Why.PROGRAM
    why, memory = peak_of(samples.swelling_pdf(1_000))
    assert why in set(Why)
    assert memory < 620_000  # kB


def peak_of(content: bytes) -> tuple[str, int]:
    """Why this PDF is refused, and the memory that finding out took."""
    command = [sys.executable, "-m", "tests.signals.peak"]
    done = subprocess.run(command, cwd=ROOT, input=content, capture_output=True, check=True)
    why, memory = done.stdout.split()
    return why.decode(), int(memory)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/foto.jpg", "foto.jpg"),
        (r"C:\Users\j\foto.jpg", "foto.jpg"),
        ("foto\r\nX-A: b\0.jpg", "foto X-A_ b.jpg"),
        ("foto\u202egpj.jpg", "fotogpj.jpg"),
        ("con.jpg", "_con.jpg"),
        (".jpg", "_.jpg"),
        ("foto", "foto.jpg"),
        ("Foto van E\u0301va.JPG", "Foto van Éva.jpg"),
        ("a" * 300 + ".jpg", "a" * 116 + ".jpg"),
        ('a"<b>.jpg', "a__b_.jpg"),
    ],
)
def test_a_name_is_safe_to_show_and_to_keep(given_name: str, shown: str) -> None:
    assert clean_name(given_name, "jpg") == shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_name_gets_through_unclean(text: str) -> None:
    found = clean_name(text, "txt")
    assert 0 < len(found) <= LONGEST
    assert clean_name(found, "txt") == found
    assert extension_of(found)
    assert not set(found) & set('/\\<>:"|?*\r\n\0\u202e')
