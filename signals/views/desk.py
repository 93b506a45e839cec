"""The handler's desk: what is new, what is mine, what is open, what was closed; the soonest deadline on top."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.hats import works_as
from escalation.selectors import proposals_waiting
from signals import access
from signals.events import private_event
from signals.glasses import count_waiting
from signals.lists import desk_tabs, listed, row, tab_links, with_steps
from signals.moved import at_board
from signals.paging import capped_count, page_by_due, page_by_id
from signals.same import thirds_among

LABELS = {"new": _("New"), "mine": _("Mine"), "open": _("All open"), "closed": _("Closed")}


@guard(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """One tab of the desk."""
    user, now = person(request), timezone.now()
    seen = access.sight(user)
    tabs = desk_tabs(seen.scope(*access.HANDLE).reach(), user)
    counts = {name: capped_count(cases) for name, cases in tabs.items()}
    tab = request.GET.get("tab", "")
    if tab not in tabs:
        tab = "mine" if counts["new"] == "0" and counts["mine"] != "0" else "new"
    pager = page_by_id if tab == "closed" else page_by_due
    page, following = pager(listed(tabs[tab]), request.GET.get("after", ""))
    rows = [row(case, now) for case in with_steps(page)]
    references = [shown.reference for shown in rows]
    moved = at_board(seen)
    details = {"tab": tab, "cases": references} | ({"moved": [case.reference for case in moved]} if moved else {})
    private_event(Action.CASE_LISTED, by=user, kind="list", to=access.HANDLE, details=details)
    context = {
        "tab": tab,
        "tabs": tab_links(counts, LABELS, tab),
        "rows": rows,
        "page_next": f"?tab={tab}&after={following}" if following else "",
        "new_count": counts["new"],
        "works_as": works_as(user, *access.HANDLE),
        "moved": moved,
        "thirds": thirds_among(page, seen.scope(*access.HANDLE)),
        "glass_waits": count_waiting(seen, user),
        "proposals": proposals_waiting(user),
    }
    return render(request, "signals/desk.html", context)
