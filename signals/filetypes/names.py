"""The name of a file as it may be shown and given back: no path, no signs that hide what it is, not too long."""

import re
import unicodedata

LONGEST = 120
HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control signs, and those that turn the order of letters round
FORBIDDEN = re.compile(r'[<>:"|?*%]')
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
SHORT = 8  # signs of an extension; what is longer is none


def extension_of(name: str) -> str:
    """What stands behind the last dot, in small letters; empty when that is no extension."""
    _head, dot, tail = _plain(name).rpartition(".")
    return tail.lower() if dot and tail.isascii() and tail.isalnum() and len(tail) <= SHORT else ""


def clean_name(name: str, extension: str) -> str:
    """A name that may stand on any screen and any disk.

    Args:
        name: as the browser sent it.
        extension: the one that belongs to the content, put behind it unless the name has one of its own.
    """
    text = _plain(name)
    ending = f".{extension_of(text) or extension}"
    stem = text.removesuffix(text[-len(ending) :]) if text.lower().endswith(ending) else text
    stem = stem.strip(" .")[: LONGEST - len(ending)].rstrip(" .")
    if not stem or DEVICES.match(stem):
        stem = f"_{stem}" if stem else "_"
    return stem + ending


def _plain(name: str) -> str:
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    seen = "".join(
        " " if sign.isspace() else sign for sign in last if sign.isspace() or unicodedata.category(sign) not in HIDING
    )
    return " ".join(FORBIDDEN.sub("_", seen).split())
