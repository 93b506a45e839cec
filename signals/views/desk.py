"""The handler's desk: what is new, mine, due, waiting or closed; the soonest deadline on top."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.hats import works_as
from escalation.selectors import count_proposals
from signals import access, filters
from signals.beside import sight_and_beside
from signals.desk_words import EMPTY, LABELS, addresses, order_of, wrong_words
from signals.events import private_event
from signals.filter_panel import Options, choices, known, panel
from signals.filters import Filters
from signals.listing import TABS, Desk, Saved, Shown
from signals.lists import Line, rows_of, tab_links
from signals.moved import at_board
from signals.mywork import my_work
from signals.same import thirds_among
from signals.scope import Scope
from signals.week import due_before


@guard(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """One tab of the desk."""
    user, now = person(request), timezone.now()
    seen, around = sight_and_beside(user, now)
    scope = seen.scope(*access.HANDLE)
    narrowed, wrong, options = _narrowed(request, scope)
    work, moved = my_work(around["work"], seen), at_board(around["moved"])
    listing = Desk(scope, user, narrowed, filters.times(now, due_before(around["days"], now)), work.owners)
    tab, counts, saved, (lines, following) = _looked(listing, request.GET)
    order = order_of(request.GET, tab)
    links = addresses(request.GET, tab, order, narrowed, following)
    rows = rows_of(lines, now, several=bool(links["several"]))
    _record(user, tab, [row.reference for row in rows], [case.reference for case in moved])
    context: dict[str, Any] = {
        "tab": tab,
        "tab_label": LABELS[tab],
        "tabs": tab_links(counts, LABELS, tab, narrowed.query),
        "rows": rows,
        "new_count": counts["new"],
        "moved": moved,
        "work": work,
        "saved": saved,
        **links,
        "empty": EMPTY["filtered" if narrowed else tab],
        "panel": panel(options, narrowed, saved, tab) if options else {},
        "wrong": wrong_words(wrong) if options else "",
        **_beside(user, seen, around, [line for line, _due in lines]),
    }
    return render(request, "signals/desk.html", context)


def _beside(user: User, seen: access.Sight, around: dict[str, list[Any]], lines: list[Line]) -> dict[str, Any]:
    """What stands around the list of these cases."""
    new = [line.pk for line in lines if line.small]  # that nobody has taken, with a small report
    return {
        "thirds": thirds_among(new, seen.scope(*access.HANDLE)),
        "works_as": works_as(user, *access.HANDLE),
        "sets_absence": seen.grants.allows(Permission.CASE_HANDLE, Permission.WALLED_HANDLE),
        "glass_waits": len(around["glasses"]),
        "proposals": count_proposals(seen.grants, around["proposals"]),
    }


def _narrowed(request: HttpRequest, scope: Scope) -> tuple[Filters, list[str], Options | None]:
    """The filters that count, those that do not, and what can be chosen where a filter is shown."""
    narrowed, wrong = filters.read(request.GET)
    if not (narrowed or wrong or "filters" in request.GET):
        return narrowed, wrong, None
    options = choices(scope, narrowed)
    narrowed, unknown = known(options, narrowed)
    return narrowed, [*wrong, *unknown], options


def _looked(listing: Desk, asked: Mapping[str, str]) -> tuple[str, dict[str, str], list[Saved], Shown]:
    """The tab that was asked for, the counts, the filters that were kept and a page of the tab.

    Where none was asked for: what is new, or one's own cases when there is nothing new.
    """
    tab, after = asked.get("tab", ""), asked.get("after", "")
    if tab in TABS:
        return tab, *listing.look(tab, order_of(asked, tab), after)
    counts, saved, page = listing.look("new", order_of(asked, "new"), after)
    if counts["new"] == "0" and counts["mine"] != "0":
        return "mine", counts, saved, listing.page("mine", order_of(asked, "mine"), after)
    return "new", counts, saved, page


def _record(user: User, tab: str, cases: list[str], moved: list[str]) -> None:
    details: dict[str, object] = {"tab": tab, "cases": cases}
    if moved:
        details["moved"] = moved
    private_event(Action.CASE_LISTED, by=user, kind="list", to=access.HANDLE, details=details)
