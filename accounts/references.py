"""Opaque references: what stands in addresses, mails and the trail instead of a database id or a name."""

import re
import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, no 0/1/L: no words, no misreading over the phone

PAIRS = [first + second for first in ALPHABET for second in ALPHABET]

PATTERN = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}")


def is_reference(text: str) -> bool:
    """True for something of the shape of a reference."""
    return PATTERN.fullmatch(text) is not None


def new_reference() -> str:
    """A random reference such as `7K3M-9QXD-T4`, about 48 bits; access never rests on it being secret."""
    number = secrets.randbelow(len(PAIRS) ** 5)  # asked once: the system's randomness costs more than the rest
    code = ""
    for _pair in range(5):
        number, place = divmod(number, len(PAIRS))
        code += PAIRS[place]
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
