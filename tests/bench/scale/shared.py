"""What was shared with somebody, as a list of the product's own pieces."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from signals import access
from signals.events import private_event
from signals.lists import listed, row, tab_links, with_steps
from signals.paging import capped_count, page_by_due


@guard(Permission.SHARED_READ)
def shared(request: HttpRequest) -> HttpResponse:
    user, now = person(request), timezone.now()
    cases = access.sight(user).scope(*access.READ).one_by_one().reach()
    counts = {"open": capped_count(cases)}
    page, following = page_by_due(listed(cases), request.GET.get("after", ""))
    rows = [row(case, now) for case in with_steps(page)]
    references = [shown.reference for shown in rows]
    private_event(Action.CASE_LISTED, by=user, kind="list", details={"tab": "open", "cases": references})
    tabs = tab_links(counts, {"open": "open"}, "open")
    context = {"tab": "open", "tabs": tabs, "rows": rows, "page_next": f"?after={following}" if following else ""}
    return render(request, "signals/desk.html", context)


urlpatterns = [path("met-mij-gedeeld/", shared), path("", include("schoolsafety.urls"))]
