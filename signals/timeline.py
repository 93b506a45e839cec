"""The line of time on the page of a case: which kinds one wants to see, in which order, and what is new to them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from signals.ages import moment_words
from signals.entries import Entry
from signals.older import Window, older_words

KINDS: dict[str, tuple[Any, frozenset[str]]] = {
    "reports": (gettext_lazy("Reports"), frozenset({"signal", "addition", "call", "facts"})),
    "notes": (gettext_lazy("Notes"), frozenset({"note"})),
    "steps": (gettext_lazy("Steps"), frozenset({"step"})),
    "work": (gettext_lazy("Tasks and meetings"), frozenset({"task", "meeting", "handover"})),
    "files": (gettext_lazy("Files"), frozenset({"file"})),
    "changes": (gettext_lazy("Changes"), frozenset({"change", "moved", "opening", "glass"})),
    "shares": (gettext_lazy("Shares"), frozenset({"share"})),
    "dossiers": (gettext_lazy("Dossiers"), frozenset({"dossier"})),
}


def timeline(
    entries: list[Entry], asked: Mapping[str, str], user: User, looked: datetime | None, seen: Window
) -> dict[str, Any]:
    """What the page shows of a chronology, oldest first as it comes.

    Args:
        asked: the address: `order=old`, `kind=` one of KINDS; anything else is as if it were not there.
        looked: when this person looked before; what others did since is marked, also among what is older.
        seen: from when on lines are shown; the kinds count what is shown.
    """
    old, kind = asked.get("order") == "old", asked.get("kind", "")
    kind = kind if kind in KINDS else ""
    new = _mark_new(entries, user, looked)
    of_kind = [one for one in entries if one.kind in KINDS[kind][1]] if kind else entries
    shown = of_kind if seen.whole else of_kind[_before(of_kind, seen) :]
    parts = {"kind": kind, "order": "old" if old else "", "older": "yes" if seen.whole else ""}
    return {
        "entries": shown if old else shown[::-1],
        "order": "old" if old else "new",
        "order_url": _address(parts, order="" if old else "old"),
        "kinds": _links(entries if seen.whole else entries[_before(entries, seen) :], kind, parts),
        "since": _since(new, looked),
        "older": _older(of_kind, parts, seen),
    }


def _older(entries: list[Entry], parts: dict[str, str], seen: Window) -> dict[str, Any]:
    before = entries[: _before(entries, seen)]
    url = _address(parts, older="" if seen.whole else "yes")
    return older_words(len(before), sum(one.new for one in before), seen, url)


def _before(entries: list[Entry], seen: Window) -> int:
    """How many lines are from before what is shown: the first ones, for the oldest comes first."""
    return bisect_left(entries, seen.since, key=attrgetter("at"))


def _mark_new(entries: list[Entry], user: User, looked: datetime | None) -> int:
    """Mark what others wrote since this person looked, and say how many lines that are."""
    since = [] if looked is None else [one for one in entries if (one.written or one.at) > looked]
    for entry in since:
        entry.new = (entry.who != user.name) if entry.by is None else (entry.by != user.pk)
    return sum(entry.new for entry in since)


def _since(new: int, looked: datetime | None) -> str:
    if looked is None:
        return ""
    words = {"at": moment_words(looked), "new": new}
    if not new:
        return _("You looked here before on %(at)s. Others added nothing since.") % words
    return (
        ngettext(
            "You looked here before on %(at)s. Others added %(new)d line since.",
            "You looked here before on %(at)s. Others added %(new)d lines since.",
            new,
        )
        % words
    )


def _links(entries: list[Entry], kind: str, parts: dict[str, str]) -> list[dict[str, Any]]:
    """A link for each kind that there is, and one for all; none where there is but one kind."""
    each = Counter(one.kind for one in entries)
    counts = {name: sum(each[kind] for kind in of) for name, (_label, of) in KINDS.items()}
    there = [name for name, count in counts.items() if count or name == kind]
    if len(there) < 2:
        return []
    found = [{"url": _address(parts, kind=""), "label": _("Everything"), "current": not kind, "count": len(entries)}]
    for name in there:
        found.append(
            {
                "url": _address(parts, kind=name),
                "label": str(KINDS[name][0]),
                "current": name == kind,
                "count": counts[name],
            }
        )
    return found


def _address(parts: dict[str, str], **other: str) -> str:
    """The same page with something else; what is empty is left out."""
    said = [f"{name}={value}" for name, value in {**parts, **other}.items() if value]
    return f"?{'&'.join(said)}#chronology"
