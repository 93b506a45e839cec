"""The shares of a case in its line of time: that one was given, and that it was taken back or ran out."""

from datetime import date, datetime, time, timedelta
from operator import attrgetter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from signals.entries import Entry
from signals.opened import EXPIRED, STOPPED, Opened, ShareLine


def with_shares(entries: list[Entry], opened: Opened | None) -> list[Entry]:
    """A chronology with the shares in it, oldest first; `opened`: None for who may not see with whom it was shared."""
    lines = [*opened.shares, *opened.earlier] if opened else []
    found = [entry for line in lines for entry in _entries(line)]
    return sorted([*entries, *found], key=attrgetter("at")) if found else entries


def _entries(line: ShareLine) -> list[Entry]:
    """That it was given, with its last day; and how it ended, if it did."""
    words = {"name": line.name, "level": line.level_label, "day": date_format(line.ends_on, "j F Y")}
    given = _("Shared the case with %(name)s, to %(level)s, until %(day)s") % words
    of = [(_("Of"), _("Case %(reference)s") % {"reference": line.case})] if line.case else []
    found = [Entry(line.given_at, "share", line.by, given, line.reason, of, by=line.giver)]
    if line.ended_at and line.state == STOPPED:
        stopped = _("Stopped sharing the case with %(name)s") % words
        found.append(Entry(line.ended_at, "share", line.ended_by, stopped, details=of, by=line.ender))
    if line.state == EXPIRED:
        over = _("The share with %(name)s ran out: %(day)s was its last day") % words
        found.append(Entry(_after(line.ends_on), "share", "", over, details=of))
    return found


def _after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
