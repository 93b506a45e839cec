"""Searching for a case. The words are posted, so that no address, history or server log holds a name."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.requests import person
from audit.actions import Action
from signals import access, filters, rules
from signals.events import private_event, terms_digest
from signals.filter_panel import words_of
from signals.filters import Filters
from signals.forms.search import SearchForm
from signals.lists import Row, listed, row, with_steps
from signals.models import Case
from signals.paging import page_by_id
from signals.search import find, number_in, reads_stories

UNPROCESSABLE = 422


@guard(*access.SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_search(request: HttpRequest) -> HttpResponse:
    """One box, and the cases that were found."""
    user = person(request)
    seen = access.sight(user)
    form = SearchForm(request.POST if request.method == "POST" else None, names=reads_stories(seen))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    query, narrowed = form.cleaned_data["q"], _filters(request)
    page: list[Case]
    at = filters.times(timezone.now(), timezone.now())
    cases, whole = find(seen, query)
    cases = cases.filter(narrowed.condition(user.pk, at))
    page, following = page_by_id(listed(cases), request.POST.get("after", ""))
    rows = [_row(seen, case) for case in with_steps(page)]
    details = {"terms": terms_digest(query, "case.searched"), "cases": [found.reference for found in rows]}
    private_event(Action.CASE_SEARCHED, by=user, kind="list", details=details)
    found = {
        "rows": rows,
        "running": [row for row in rows if row.state != rules.CLOSED],
        "closed": [row for row in rows if row.state == rules.CLOSED],
        "query": query,
        "number": number_in(query),
        "following": following,
        "whole": whole,
        "filters": narrowed.query,
        "filter_words": words_of(seen.scope(*access.HANDLE), narrowed.query) if narrowed else "",
    }
    return _page(request, form, **found)


def _filters(request: HttpRequest) -> Filters:
    """The filter of the desk from which somebody searched, unless they look everywhere."""
    if "everywhere" in request.POST:
        return Filters()
    return filters.read(dict(parse_qsl(request.POST.get("filters", "")[: filters.LONGEST])))[0]


def _row(seen: access.Sight, case: Case) -> Row:
    """A row like those of the desk, to the page that this person may open."""
    page = "signals:case" if seen.may(case, *access.READ) else "signals:followup-case"
    return row(case, timezone.now(), page)


def _page(request: HttpRequest, form: SearchForm, **more: Any) -> HttpResponse:
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_search.html", {"form": form, **more}, status=status)
