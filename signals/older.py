"""What a page shows of a case by default: this and the last school year, and all that is still open.

What is older comes at a click, which is recorded. Until then nothing of it is sent to the browser.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from signals import rules
from signals.cards import Card
from signals.entries import Entry
from signals.events import case_event
from signals.models import Case
from signals.opened import ACTIVE, IDLE
from signals.years import last_year_start

ASKED = "older=yes"  # in an address


@dataclass(frozen=True)
class Window:
    """From when on a page shows a case; whole: somebody asked for what is older as well."""

    since: datetime
    whole: bool = False

    def shows(self, at: datetime | None) -> bool:
        return self.whole or at is None or at >= self.since

    def older(self, entries: Iterable[Entry]) -> int:
        """How many lines are from before."""
        return sum(entry.at < self.since for entry in entries)


def window(asked: Mapping[str, str]) -> Window:
    """What an address asks for."""
    day = last_year_start(timezone.localdate())
    since = timezone.make_aware(datetime.combine(day, time.min))
    return Window(since, asked.get("older") == ASKED.partition("=")[2])


def record_older(
    entries: Iterable[Entry],
    seen: Window,
    *,
    case: Case,
    by: User,
    to: tuple[Permission, ...],
    kind: str = "case",
    ref: str = "",
) -> None:
    """Leave an event when a page shows lines from before; call it before it does. kind, ref: of what it shows."""
    if seen.whole and (count := seen.older(entries)):
        case_event(Action.CASE_OLDER_READ, case=case, by=by, to=to, kind=kind, ref=ref, details={"lines": count})


def older_words(count: int, new: int, seen: Window, url: str) -> dict[str, Any]:
    """For the template: how much there is from before, and where it is shown or put away again.

    Args:
        count: lines from before among those that somebody looks at, and `new` of them new to them.
        url: where the click leads.
    """
    if not count:
        return {}
    words = {"day": date_format(seen.since.date(), "j F Y"), "count": count, "new": new}
    text = ngettext("%(count)d line from before %(day)s.", "%(count)d lines from before %(day)s.", count) % words
    if new:
        text += " " + ngettext("%(new)d of them is new to you.", "%(new)d of them are new to you.", new) % words
    return {"text": text, "shown": seen.whole, "url": url, "day": words["day"]}


def open_or_recent(cards: Iterable[Card], seen: Window) -> list[Card]:
    """Steps that are still open whatever their age, and those that ended in what is shown."""
    return [
        card
        for card in cards
        if card.state == rules.STEP_OPEN or not card.outcome or seen.shows(card.outcome.recorded_at)
    ]


def without_older(context: Mapping[str, Any], seen: Window, case: Case) -> dict[str, Any]:
    """The parts of a case's page without what ended before; `put_away` names the parts that were longer."""
    if seen.whole:
        return {}
    found: dict[str, Any] = {
        "cards": open_or_recent(context["cards"], seen),
        "files": [file for file in context["files"] if seen.shows(file.added_at)],
        "tasks_over": [task for task in context["tasks_over"] if seen.shows(task.ended_at)],
        "meetings": [row for row in context["meetings"] if seen.shows(row.starts_at)],
        "shares": [
            share for share in context["shares"] if share.state in (ACTIVE, IDLE) or share.last >= seen.since.date()
        ],
    }
    put_away = {name for name, rows in found.items() if len(rows) < len(context[name])}
    if not seen.shows(case.closed_at):
        found["case"] = {**context["case"], "close_reason": ""}
    return {**found, "put_away": put_away}
