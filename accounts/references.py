"""Opaque references: what stands in addresses, mails and the trail instead of a database id or a name."""

import secrets

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"  # no vowels, no 0/1/L: no words, no misreading over the phone


def new_reference() -> str:
    """A random reference such as `7K3M-9QXD-T4`, about 48 bits; access never rests on it being secret."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
