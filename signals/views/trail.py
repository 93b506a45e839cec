"""The trail that somebody may see, as a logbook."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.grants import grants_of
from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from signals.events import private_event
from signals.paging import page_by_id
from signals.trail import by_day, lines, visible_events

LINES = 50


@guard(Permission.TRAIL_OWN)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Newest first, by day."""
    user = person(request)
    page, following = page_by_id(visible_events(user), request.GET.get("after", ""), LINES)
    private_event(Action.TRAIL_READ, by=user, kind="trail", details={"events": len(page)})
    context = {
        "days": by_day(lines(page)),
        "scope_label": _scope(request),
        "page_next": f"?after={following}" if following else "",
    }
    return render(request, "signals/trail.html", context)


def _scope(request: HttpRequest) -> str:
    grants = grants_of(person(request))
    if grants.boards(Permission.TRAIL_BOARD):
        return _("Everything at this board, without content.")
    if grants.boards(Permission.TRAIL_ACCOUNTS):
        return _("Log-ins and settings of this board, and what you did yourself.")
    if grants.schools(Permission.TRAIL_SCHOOL):
        return _("What happened at your school, and what you did yourself.")
    return _("What you did yourself.")
