"""Reads the sources, labels and recipients of a protocol file."""

from collections.abc import Mapping
from typing import Final

from accounts.hours import Hours, read_hours
from escalation.entries import ConcernLabel, Fallback, Label, Recipient, Source, Term
from escalation.facts import CONCERNS, RECIPIENTS, SECTORS
from escalation.reader import Fields, Words

MISSING: Final = "'{}' is missing"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_sources(section: Fields) -> dict[str, Source]:
    """Read the sources by their id."""
    found = {}
    for key, entry in section.each():
        found[key] = Source(key, entry.text("title"), entry.optional_text("url"), entry.day("checked_on"))
        entry.done()
    return found


def take_source(entry: Fields, sources: Mapping[str, Source]) -> Source:
    """Take the field `source`: the id of one of the sources."""
    return sources[entry.choice("source", sources)]


def read_terms(section: Fields) -> dict[str, Term]:
    """Read the words that are explained."""
    found = {}
    for key, entry in section.each():
        found[key] = Term(key, entry.words("name"), entry.words("meaning"))
        entry.done()
    return found


def read_labels(top: Fields, name: str, codes: tuple[str, ...] | None = None) -> dict[str, Label]:
    """Read names (and hints) by code; with `codes` every one of them must be there and no other."""
    section = top.fields(name)
    found = {}
    for code, entry in section.each():
        _check_code(entry, code, codes)
        found[code] = Label(code, entry.words("name"), entry.optional_words("hint"))
        entry.done()
    _check_complete(section, found, codes or ())
    return found


def read_concerns(top: Fields, groups: Mapping[str, Label]) -> dict[str, ConcernLabel]:
    """Read what a concern can be about, in the order of the screen."""
    section = top.fields("concerns")
    found = {}
    for code, entry in section.each():
        _check_code(entry, code, CONCERNS)
        group, name, hint = entry.choice("group", groups), entry.words("name"), entry.words("hint")
        found[code] = ConcernLabel(code, group, name, hint)
        entry.done()
    _check_complete(section, found, CONCERNS)
    return found


def read_recipients(top: Fields, sources: Mapping[str, Source]) -> dict[str, Recipient]:
    """Read everybody whom a step can name, and put them in the order of the contact list."""
    section = top.fields("recipients")
    found = {}
    for key, entry in section.each():
        _check_code(entry, key, RECIPIENTS)
        found[key] = _recipient(key, entry, sources)
        entry.done()
    _check_complete(section, found, RECIPIENTS)
    return {key: found[key] for key in RECIPIENTS}


def _recipient(key: str, entry: Fields, sources: Mapping[str, Source]) -> Recipient:
    local = entry.flag("local")
    return Recipient(
        key=key,
        name=entry.words("name"),
        names=_names_by_sector(entry),
        does=entry.words("does"),
        inside=entry.flag("inside"),
        local=local,
        phone=entry.optional_text("phone"),
        email=entry.optional_text("email"),
        url=entry.optional_text("url"),
        open=_open(entry.fields("open")) if entry.has("open") else None,
        hours=entry.optional_words("hours"),
        costs=entry.optional_words("costs"),
        note=entry.optional_words("note"),
        # A local contact that nobody filled in must never be a silent gap, so its fallback is required.
        fallback=_fallback(entry.fields("fallback")) if local else None,
        source=take_source(entry, sources),
        checked_on=entry.day("checked_on"),
    )


def _names_by_sector(entry: Fields) -> dict[str, Words]:
    if not entry.has("names"):
        return {}
    section = entry.fields("names")
    names = {sector: section.words(sector) for sector in SECTORS if section.has(sector)}
    section.done()
    return names


def _open(entry: Fields) -> Hours:
    """Read the days on which a line is open, with the same hours on each of them."""
    span = [entry.text("from"), entry.text("until")]
    days = entry.texts("days", DAYS)
    entry.done()
    try:
        found = read_hours({str(DAYS.index(day)): span for day in days})
    except ValueError as error:
        raise entry.source.error(entry.node, str(error)) from error
    if found is None:
        raise entry.source.error(entry.node, MISSING.format("days"))
    return found


def _fallback(entry: Fields) -> Fallback:
    fallback = Fallback({"nl": entry.text("nl"), "en": entry.text("en")}, entry.optional_text("phone"))
    entry.done()
    return fallback


def _check_code(entry: Fields, code: str, codes: tuple[str, ...] | None) -> None:
    if codes is not None and code not in codes:
        raise entry.source.error(entry.node, f"'{code}' is unknown here")


def _check_complete(section: Fields, found: Mapping[str, object], codes: tuple[str, ...]) -> None:
    for code in codes:
        if code not in found:
            raise section.source.error(section.node, MISSING.format(code))
