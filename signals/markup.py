"""Writes HTML in Python where a page repeats it so often that a template costs too much.

What is the same each time is a frame, made once for each language, with a place for every value. Only here, and only by
filled(), joined() and Writing, is text called safe in Python: the first two escape all that is not HTML already, the
last all that it is given.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

ICON = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
BETWEEN = "\0"  # stands between texts that are escaped together
LINE_END = re.compile("\r\n|\r|\n")
TWO = [f"{number:02}" for number in range(60)]
MAY_BREAK = re.compile("(?<=[@.])")


class Clock:
    """Writes moments, for the machine and as the date filter writes "j F H:i", with the year when that is another.

    It asks place and language once a list.
    """

    def __init__(self) -> None:
        self.tz = timezone.get_current_timezone()
        self.months, self.year = _months(get_language()), timezone.localdate(timezone=self.tz).year
        self.days: dict[tuple[int, timedelta | None], tuple[str, str]] = {}

    def moment(self, at: datetime) -> tuple[str, str]:
        local = at.astimezone(self.tz)
        key = local.toordinal(), local.utcoffset()
        frames = self.days.get(key) or self._day(key, local)
        time = f"{TWO[local.hour]}:{TWO[local.minute]}"
        return frames[0] % (time, TWO[local.second]), f"{frames[1]} {time}"

    def _day(self, key: tuple[int, timedelta | None], local: datetime) -> tuple[str, str]:
        """A day as both are written, without the time: the same day stands in many lines."""
        year = "" if local.year == self.year else f" {local.year}"
        whole = local.isoformat(timespec="minutes")
        machine = f"{whole[:11]}%s:%s{whole[16:]}"
        found = self.days[key] = machine, f"{local.day} {self.months[local.month]}{year}"
        return found


class Writing:
    """Writes frames one after the other, and escapes all their values together: one by one, that is what costs.

    Every value is a text, and is escaped whatever it is.
    """

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.values: list[str] = []

    def add(self, frame: str, *values: str) -> None:
        self.frames.append(frame)
        self.values += values

    def lines(self, frame: str, text: str) -> None:
        """A text with its line ends, in a frame with one place."""
        if "\n" in text or "\r" in text:
            lines = LINE_END.split(text)
            self.add(frame.replace("{}", "<br>".join(["{}"] * len(lines))), *lines)
        else:
            self.add(frame, text)

    def address(self, address: str) -> None:
        """An e-mail address that, where it does not fit, goes on at the next line after an @ or a dot."""
        parts = MAY_BREAK.split(address)
        self.add("<wbr>".join(["{}"] * len(parts)), *parts)

    @property
    def html(self) -> str:
        together = BETWEEN.join(self.values)
        escaped = escape(together)
        values = self.values if escaped is together else escaped.split(BETWEEN)  # as a rule there is nothing to escape
        if len(values) != len(self.values):  # one of them holds what stands between them
            values = [escape(value) for value in self.values]
        return SafeString("".join(self.frames).format(*values))


def filled(frame: str, *values: Any) -> str:
    """As format_html(), which for each value looks whether it is lazy, in a third of the time."""
    return SafeString(frame.format(*map(_escaped, values)))


def joined(parts: Iterable[str]) -> str:
    """One after the other."""
    return SafeString("".join(map(_escaped, parts)))


def _escaped(value: Any) -> str:
    """As conditional_escape(), which looks whether a value is lazy before it looks what it is."""
    kind = type(value)
    return escape(value) if kind is str else value if kind is SafeString else conditional_escape(value)


def escape(text: str) -> str:
    """As html.escape(), which counts each mark in the text; most texts hold none, and seeing that is quick."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    if "'" in text:
        text = text.replace("'", "&#x27;")
    return text


@lru_cache
def icon(name: str) -> str:
    return format_html(ICON, static("icons.svg"), name)


@lru_cache
def _months(_language: str | None) -> dict[int, str]:
    return {number: str(name) for number, name in MONTHS.items()}
