"""What is in the calendar of a school from one day until another, in words and in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from escalation.models import ClosingDays
from escalation.schooldays import Period

NAMES = {
    "autumn": gettext_lazy("Autumn holiday"),
    "christmas": gettext_lazy("Christmas holiday"),
    "spring": gettext_lazy("Spring holiday"),
    "may": gettext_lazy("May holiday"),
    "summer": gettext_lazy("Summer holiday"),
}


@dataclass(frozen=True)
class Line:
    """One period. `kind`: what sort of day it is, in words."""

    starts_on: date
    ends_on: date
    name: str
    kind: str


def coming_year(periods: Iterable[Period], own: Iterable[ClosingDays], first: date, last: date) -> list[Line]:
    """School holidays, own closing days and public holidays that fall between two days."""
    kinds = {"fixed": _("school holiday, fixed"), "advised": _("school holiday, advised")}
    lines = [Line(row.starts_on, row.ends_on, str(NAMES[row.name]), kinds[row.kind]) for row in periods]
    lines += [Line(row.starts_on, row.ends_on, row.label, _("closed, entered by the school")) for row in own]
    lines += _public(first, last)
    between = [row for row in lines if row.ends_on >= first and row.starts_on <= last]
    return sorted(between, key=lambda row: row.starts_on)


def _public(first: date, last: date) -> list[Line]:
    language = "nl" if get_language() == "nl" else "en_US"
    found = holidays.country_holidays("NL", years=range(first.year, last.year + 1), language=language)
    return [Line(day, day, name, _("public holiday")) for day, name in found.items()]
