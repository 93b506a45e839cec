"""One file: what it is, whether it may be kept, and how it will be kept."""

from signals.filetypes.kinds import EXTENSIONS, Checked, Kind, RefusedError, Why, kind_of

TABS = "\t\n\r\f"


def check(content: bytes, extension: str) -> Checked:
    """Look at a file and make it anew.

    Args:
        content: all of it.
        extension: of its name; empty when it has none.

    Raises:
        RefusedError: it is not taken, and why.
    """
    kind = kind_of(content)
    if kind == Kind.TXT and not extension:
        raise RefusedError(Why.UNKNOWN)  # what can't be told from anything else needs at least its name
    if extension and extension.lower() not in EXTENSIONS[kind]:
        raise RefusedError(_otherwise(content, kind, extension))
    return _read(content, kind)


def _otherwise(content: bytes, kind: Kind, extension: str) -> Why:
    """Its name says something else than what it is: why, if more can be said."""
    if kind == Kind.DOCX:  # a zip, and what is in it tells more
        try:
            _read(content, kind)
        except RefusedError as error:
            return error.why
    known = extension.lower() in {one for ends in EXTENSIONS.values() for one in ends}
    return Why.UNKNOWN if kind == Kind.TXT and not known else Why.OTHER


def _read(content: bytes, kind: Kind) -> Checked:
    if kind == Kind.TXT:
        return _text(content)
    if kind == Kind.PDF:
        from signals.filetypes import documents  # each library only where it is needed: the process starts sooner

        return documents.checked(content)
    if kind == Kind.DOCX:
        from signals.filetypes import letters

        return letters.checked(content)
    from signals.filetypes import images

    return images.checked(content, kind)


def _text(content: bytes) -> Checked:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(Why.UNKNOWN) from error
    if not text.strip():
        raise RefusedError(Why.EMPTY)
    if any(sign < " " and sign not in TABS for sign in text):
        raise RefusedError(Why.UNKNOWN)
    return Checked(Kind.TXT, text.encode())
