"""Prints the letter of a dossier from what was approved, and from nothing else."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from signals.dossier.compose import short_hash
from signals.pdf import pdf_of


def printed(content: dict[str, Any], tell: Callable[[int], None] = lambda step: None) -> bytes:
    """The PDF of a frozen letter. tell: called with how far it is, see services.making.STEPS."""
    tell(1)
    with override(content["language"]):
        html = render_to_string("signals/dossier/letter.html", {"letter": content, "fingerprint": short_hash(content)})
        tell(2)
        return pdf_of(html, "letter.css", lambda: tell(3))
