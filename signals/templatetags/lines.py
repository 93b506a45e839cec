"""Long lists: rows of cases, and of one case the lines of time and of the log.

A case may have hundreds of lines. As a template each costs as much as a tenth of a whole bare page; written here,
where filled() escapes every value, a twentieth of that.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from signals.entries import Entry
from signals.lists import Row
from signals.markup import Clock, broken, filled, icon, joined
from signals.trail import TrailLine

register = template.Library()

ENTRY = (
    '<li class="entry entry-{}">\n<span class="entry-icon">{}</span>\n<div class="entry-in">\n<p class="entry-when">'
    '<time datetime="{{}}">{{}}</time>{{}}</p>\n<h{} class="entry-title">{{}}</h{}>\n{}{}{}</div>\n</li>\n'
)
FILE = '<p><a class="file-link" href="{}"><bdi>{}</bdi></a></p>\n'
TEXT = '<p class="story">{}</p>\n'
LINE = '<li class="trail-line{}{}"><time datetime="{}">{}</time> <span><strong>{}</strong> {}{}{}{}{}</span></li>'
MARK = ' <span class="{}">{}{}</span>'
TAB = '<li><a href="{{}}"{}>{{}}{}</a></li>'
HERE, COUNT = ' aria-current="page"', ' <span class="count">{}</span>'


@register.filter
def rows_html(rows: Iterable[Row]) -> str:
    """The rows of a list of cases."""
    return joined(row.html for row in rows)


@register.filter
def tabs_html(tabs: Iterable[Mapping[str, Any]]) -> str:
    """The tabs above a list."""
    return joined(
        filled(
            TAB.format(HERE if tab["current"] else "", "" if count is None else COUNT), tab["url"], tab["label"], count
        )
        for tab in tabs
        for count in [tab.get("count")]
    )


@register.simple_tag
def timeline_entries(entries: Iterable[Entry], level: str = "", without_text: bool = False) -> str:
    """The lines of a timeline. level: of their headings; without_text leaves the story out."""
    clock = Clock()
    return joined(_entry(entry, level or "3", without_text, clock) for entry in entries)


def _entry(entry: Entry, level: str, without_text: bool, clock: Clock) -> str:
    text, details = ("", ()) if without_text else (entry.text, entry.details)
    who = f" · {entry.who}" if entry.who else ""
    if entry.new:
        who = f"{who} · {_('new')}"
    parts = [*clock.moment(entry.at), who, entry.title]
    if text:
        parts.append(broken(text))
    url = "" if without_text else entry.url
    if url:
        parts += [url, entry.link]
    if details:
        parts.append(_details(details))
    kind = f"{entry.kind} entry-new" if entry.new else entry.kind
    return filled(_frame(kind, entry.icon, level, bool(text), bool(url), bool(details)), *parts)


@lru_cache
def _frame(kind: str, sign: str, level: str, text: bool, url: bool, details: bool) -> str:
    """What is the same in all lines of a kind: every value of a line has a place, in which it is escaped."""
    return ENTRY.format(
        kind, icon(sign), level, level, TEXT if text else "", FILE if url else "", "{}" if details else ""
    )


def _details(details: Iterable[tuple[str, str]]) -> str:
    rows = (filled("<div><dt>{}</dt><dd>{}</dd></div>", label, broken(value)) for label, value in details)
    return format_html('<dl class="facts">{}</dl>\n', joined(rows))


@register.simple_tag
def trail_lines(lines: Iterable[TrailLine], here: bool = False, short: bool = False) -> str:
    """Lines of the log. short: time only; here: on the page of the case, so without its reference."""
    clock = Clock()
    return joined(filled(LINE, *_line(line, here, short, clock)) for line in lines)


def _line(line: TrailLine, here: bool, short: bool, clock: Clock) -> tuple[Any, ...]:
    machine, words = clock.moment(line.at)
    times = _("(%(times)s times)") % {"times": line.times} if line.times > 1 else ""
    return (
        " trail-refused" if line.refused else "",
        " trail-alarm" if line.alarm else "",
        machine,
        words.rpartition(" ")[2] if short else words,
        line.who,
        line.sentence,
        "" if here or not line.reference else _link(line.reference),
        format_html(MARK, "quiet", "", times) if times else "",
        format_html(MARK, "alarm", icon("unlock"), _("break-glass")) if line.alarm else "",
        format_html(MARK, "refused", icon("refused"), _("refused")) if line.refused else "",
    )


def _link(reference: str) -> str:
    return format_html(' <a class="ref" href="{}?case={}">{}</a>', reverse("signals:trail"), reference, reference)
