"""The shares of a case in its line of time: that one was given, and that it was taken back."""

from operator import attrgetter

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from signals.entries import Entry
from signals.opened import STOPPED, ShareLine


def with_shares(entries: list[Entry], shares: list[ShareLine]) -> list[Entry]:
    """A chronology with these shares in it, oldest first; for who may see with whom a case was shared, and why."""
    found = [entry for line in shares for entry in _entries(line)]
    return sorted([*entries, *found], key=attrgetter("at")) if found else entries


def _entries(line: ShareLine) -> list[Entry]:
    """One that nobody took back stops by itself: its last day is part of the first line."""
    words = {"name": line.name, "level": line.level_label, "day": date_format(line.ends_on, "j F Y")}
    given = _("Shared the case with %(name)s, to %(level)s, until %(day)s") % words
    found = [Entry(line.given_at, "share", line.by, given, line.reason)]
    if line.ended_at and line.state == STOPPED:
        found.append(Entry(line.ended_at, "share", line.ended_by, _("Stopped sharing the case with %(name)s") % words))
    return found
