"""PDF files: tagged, from a page and a style of our own, fetching nothing. Slow, so never in a request."""

import logging
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

VARIANT = "pdf/ua-1"
FONT = "font:"  # the only addresses that give something: fonts of our own, by the name of their file


def pdf_of(html: str, style: str, tell: Callable[[], None] = lambda: None) -> bytes:
    """Print a page. The library takes more than half a second to load, so only here.

    Args:
        html: the page; any address in it is refused.
        style: the name of a style sheet among the static files.
        tell: called when the pages are set, before they are written.
    """
    from PIL import ImageFile
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the library sets it for the whole process, where files are checked

    class OwnFonts(URLFetcher):  # type: ignore[misc]
        """No network and no files: the letters of our own fonts and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            found = finders.find(f"fonts/{Path(url.removeprefix(FONT)).name}") if url.startswith(FONT) else None
            if not found:
                raise ValueError(url)
            return URLFetcherResponse(url, unpacked(str(found)), {"Content-Type": "font/ttf"})

    for library in ("weasyprint", "weasyprint.progress", "fontTools"):  # they log pieces of the text
        logging.getLogger(library).setLevel(logging.CRITICAL)
    fonts, fetcher = FontConfiguration(), OwnFonts()
    sheet = CSS(string=style_of(style), font_config=fonts, url_fetcher=fetcher)
    pages = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts, pdf_variant=VARIANT)
    tell()
    content: bytes = pages.write_pdf(pdf_variant=VARIANT)
    return content


@cache
def unpacked(path: str) -> bytes:
    """The letters of a font. The library would unpack them for each file again, which takes longer than printing it."""
    from fontTools.ttLib import woff2

    font = BytesIO()
    woff2.decompress(BytesIO(Path(path).read_bytes()), font)
    return font.getvalue()


def style_of(name: str) -> str:
    return Path(str(finders.find(f"css/{name}"))).read_text(encoding="utf-8")
