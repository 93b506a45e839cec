"""Long lists: rows of cases, and of one case the lines of time and of the log.

A case may have hundreds of lines. As a template each costs as much as a tenth of a whole bare page; written here,
where Writing escapes every value, a thirtieth of that.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from signals.entries import ICONS, Entry
from signals.lists import Row
from signals.markup import Clock, Writing, icon
from signals.trail import TrailLine

register = template.Library()

ENTRY = (
    '<li class="entry entry-{}">\n<span class="entry-icon">{}</span>\n<div class="entry-in">\n<p class="entry-when">'
    '<time datetime="{{}}">{{}}</time>{{}}</p>\n<h{} class="entry-title">{{}}</h{}>\n'
)
STORY, END = '<p class="story">{}</p>\n', "</div>\n</li>\n"
FILE = '<p><a class="file-link" href="{}"><bdi>{}</bdi></a></p>\n'
LINE = '<li class="trail-line{}{}"><time datetime="{}">{}</time> <span><strong>{}</strong> {}'
REFERENCE = ' <a class="ref" href="{}?case={}">{}</a>'
TAB, TAB_HERE = '<li><a href="{}">{}', '<li><a href="{}" aria-current="page">{}'


@register.filter
def rows_html(rows: Iterable[Row]) -> str:
    """The rows of a list of cases."""
    page = Writing()
    for row in rows:
        row.write(page)
    return page.html


@register.filter
def tabs_html(tabs: Iterable[Mapping[str, Any]]) -> str:
    """The tabs above a list."""
    page = Writing()
    for tab in tabs:
        page.add(TAB_HERE if tab["current"] else TAB, str(tab["url"]), str(tab["label"]))
        if tab.get("count") is not None:
            page.add(' <span class="count">{}</span>', str(tab["count"]))
        page.add("</a></li>")
    return page.html


@register.simple_tag
def timeline_entries(entries: Iterable[Entry], level: str = "", without_text: bool = False) -> str:
    """The lines of a timeline. level: of their headings; without_text leaves the story out."""
    clock, page, new, level = Clock(), Writing(), _("new"), level or "3"
    for entry in entries:
        who = f" · {entry.who}" if entry.who else ""
        if entry.new:
            who = f"{who} · {new}"
        text, words = entry.text, (*clock.moment(entry.at), who, entry.title)
        if text and not (without_text or entry.details or entry.url or "\n" in text or "\r" in text):
            page.add(_whole(entry.kind, entry.new, level), *words, text)  # most of them, as a note is
            continue
        page.add(_begin(entry.kind, entry.new, level), *words)
        if not without_text:
            _story(entry, page)
        page.add(END)
    return page.html


@lru_cache
def _begin(kind: str, new: bool, level: str) -> str:
    """The frame of all lines of a kind."""
    return ENTRY.format(f"{kind} entry-new" if new else kind, icon(ICONS[kind]), level, level)


@lru_cache
def _whole(kind: str, new: bool, level: str) -> str:
    """The frame of a line with one line of text."""
    return f"{_begin(kind, new, level)}{STORY}{END}"


def _story(entry: Entry, page: Writing) -> None:
    if entry.text:
        page.lines(STORY, entry.text)
    if entry.url:
        page.add(FILE, entry.url, entry.link)
    if entry.details:
        page.add('<dl class="facts">')
        for label, value in entry.details:
            page.add("<div><dt>{}</dt>", label)
            page.lines("<dd>{}</dd></div>", value)
        page.add("</dl>\n")


@register.simple_tag
def trail_lines(lines: Iterable[TrailLine], here: bool = False, short: bool = False) -> str:
    """Lines of the log. short: time only; here: on the page of the case, so without its reference."""
    clock, page, trail = Clock(), Writing(), "" if here else reverse("signals:trail")
    for line in lines:
        machine, words = clock.moment(line.at)
        kinds = " trail-refused" if line.refused else "", " trail-alarm" if line.alarm else ""
        when = words.rpartition(" ")[2] if short else words
        page.add(LINE, *kinds, machine, when, line.who, line.sentence)
        if trail and line.reference:
            page.add(REFERENCE, trail, line.reference, line.reference)
        _marks(line, page)
        page.add("</span></li>")
    return page.html


def _marks(line: TrailLine, page: Writing) -> None:
    if line.times > 1:
        page.add(' <span class="quiet">{}</span>', _("(%(times)s times)") % {"times": line.times})
    if line.alarm:
        page.add(f' <span class="alarm">{icon("unlock")}{{}}</span>', _("break-glass"))
    if line.refused:
        page.add(f' <span class="refused">{icon("refused")}{{}}</span>', _("refused"))
