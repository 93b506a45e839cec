"""Reads the file with the school holidays of the three regions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from escalation.entries import Source
from escalation.reader import Fields, read_fields
from escalation.schooldays import Period

FILE: Final = Path(__file__).parent / "calendars" / "school_holidays.yaml"
REGIONS: Final = ("noord", "midden", "zuid")
FIXED: Final = ("christmas", "may", "summer")
ADVISED: Final = ("autumn", "spring")


@dataclass(frozen=True, slots=True)
class SchoolHolidays:
    """All periods by region in the order of time, where they come from, and the last day that is known."""

    source: Source
    known_until: date
    by_region: Mapping[str, tuple[Period, ...]]


def load_school_holidays(path: Path) -> SchoolHolidays:
    """Read and check the file.

    Errors: `ProtocolError` with the line, for a holiday or a region that is missing or unknown, and for one that ends
    before it starts.
    """
    top = read_fields(path)
    entry = top.fields("source")
    source = Source("school-holidays", entry.text("title"), entry.text("url"), entry.day("checked_on"))
    entry.done()
    known_until = top.day("known_until")
    found: dict[str, list[Period]] = {region: [] for region in REGIONS}
    for _year, year in top.fields("years").each():
        _read_year(year, found)
    top.done()
    return SchoolHolidays(
        source, known_until, {key: tuple(sorted(rows, key=lambda row: row.starts_on)) for key, rows in found.items()}
    )


def _read_year(year: Fields, found: dict[str, list[Period]]) -> None:
    for name in (*FIXED, *ADVISED):
        holiday = year.fields(name)
        for region in REGIONS:
            entry = holiday.fields(region)
            period = Period(entry.day("from"), entry.day("until"), "advised" if name in ADVISED else "fixed", name)
            if period.ends_on < period.starts_on:
                raise entry.source.error(entry.node, "this holiday ends before it starts")
            entry.done()
            found[region].append(period)
        holiday.done()
    year.done()


@cache
def school_holidays() -> SchoolHolidays:
    """The holidays that ship with this version of the product; they are read once."""
    return load_school_holidays(FILE)
