"""Addresses of pages about one thing by its number: a case shows thirty; looked up they cost a tenth of its page."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

UNKNOWN = "2222-2222-22"  # stands for the number


def address(name: str, reference: str) -> str:
    """As `reverse(name, args=[reference])`."""
    return _pattern(name, get_script_prefix()).replace(UNKNOWN, reference)


@lru_cache(maxsize=256)
def _pattern(name: str, _prefix: str) -> str:
    return reverse(name, args=[UNKNOWN])
