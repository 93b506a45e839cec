"""A checkpoint as a QR code, to be photographed from the screen by whoever does not trust the mail."""

import io

import segno


def svg(note: str) -> str:
    """An inline SVG of the whole signed note; no style and no script, so that a strict policy lets it through.

    Args:
        note: a checkpoint as it stands in the table or in a mail.
    """
    out = io.BytesIO()
    segno.make(note, error="m", micro=False, encoding="utf-8").save(
        out, kind="svg", scale=3, xmldecl=False, svgns=True, nl=False, svgclass="qr", lineclass=None
    )
    return out.getvalue().decode()
