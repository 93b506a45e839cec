"""What in a text leads to somebody without naming them: addresses, accounts, numbers. No Django, no database.

Whose it is nobody can tell, so it is listed for somebody to judge. Every form begins where a run of signs begins, so
that a long one is looked through once.
"""

import re
from collections.abc import Iterator

NOT = r"\s<>(),;:\"'‘’“”„"  # signs that no address holds
MAIL = re.compile(rf"(?<![^{NOT}])[^{NOT}@]*@[^{NOT}]*[^{NOT}.!?]")
WHOLE_MAIL = re.compile(r"[^@]+@[^@]+\.[^@]+")
RUN = re.compile(r"(?<![\w.-])[\w.-]*_[\w.-]*")  # "tim_vdb", and perhaps only a line to write on
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]*[\w/]|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,8}/[^\s<>\"]*\w", re.I)
DIGITS = re.compile(r"(?<![^\W_])[^\W\d_]{3,}\d{2,}(?![^\W_])")  # "timmie2011"
DAY = r"(?!\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d(?!\d))"
NUMBER = re.compile(
    rf"(?<![\w+-]){DAY}"
    r"(?:(?:\+|00)\d(?:[\s.()/-]{0,2}\d){8,13}|0\d(?:[\s.()/-]{0,2}\d){8}|\d{7,})(?!\w)"  # also one of a person
)
FILE = re.compile(r".*\.(?:jpe?g|png|pdf|docx?|xlsx?|txt|heic|mp[34]|mov|wav)", re.I)


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses and accounts stand, from and until."""
    if "@" in text:
        yield from (found.span() for found in MAIL.finditer(text))
    if "_" in text:
        for found in RUN.finditer(text):
            plain = found[0].strip("_.-")
            start = found.start() + found[0].find(plain)
            if "_" in plain:
                yield start, start + len(plain)


def _all(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    yield from (("link", found.span()) for found in LINK.finditer(text))
    yield from (("account", span) for span in accounts(text))
    yield from (("number", found.span()) for found in NUMBER.finditer(text))
    yield from (("account", found.span()) for found in DIGITS.finditer(text))


def signs(text: str) -> list[tuple[int, int]]:
    """Where everything stands that leads to somebody, from and until; the name of a file does not."""
    found: list[tuple[int, int]] = []
    for _kind, (start, end) in _all(text):
        if all(end <= one or start >= two for one, two in found):
            found.append((start, end))
    return sorted((start, end) for start, end in found if not FILE.fullmatch(text, start, end))


def kind_of(word: str) -> str:
    """What kind of sign this is: "link", "mail", "account" or "number"; empty for any other word."""
    kind = next((kind for kind, span in _all(word) if span == (0, len(word))), "")
    return "mail" if kind == "account" and WHOLE_MAIL.fullmatch(word) else kind


def alone(sign: str) -> re.Pattern[str]:
    """Finds this and nothing longer."""
    return re.compile(rf"(?<![\w@]){re.escape(sign)}(?![\w@])", re.IGNORECASE)
