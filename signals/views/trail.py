"""The trail that somebody may see, as a logbook and as a file."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.grants import grants_of
from accounts.guard import guard
from accounts.references import is_reference
from accounts.requests import person
from accounts.roles import Permission
from accounts.stepup import step_up_for_file
from audit.actions import Action
from escalation.hats import works_as
from signals.events import private_event
from signals.forms.trail import TrailForm
from signals.paging import page_by_id
from signals.trail import SEALED, by_day, lines, people_seen
from signals.trail_export import MOST, as_csv, as_xlsx, rows
from signals.trail_filter import Filters, filtered_events

LINES = 50
UNPROCESSABLE = 422
WIDER = (Permission.TRAIL_BOARD, Permission.TRAIL_ACCOUNTS, Permission.TRAIL_SCHOOL)


@guard(Permission.TRAIL_OWN)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Newest first, by day."""
    user = person(request)
    people = _people(request)
    form = TrailForm(request.GET, people=people)
    if not form.is_valid():
        return render(request, "signals/trail.html", _page(request, form), status=UNPROCESSABLE)
    filters = form.filters()
    events = filtered_events(user, filters).defer(*SEALED)
    page, following = page_by_id(events, request.GET.get("after", ""), LINES)
    private_event(Action.TRAIL_READ, by=user, kind="trail", details={"events": len(page), **filters.details()})
    query = filters.query()
    context = {
        **_page(request, form),
        "days": by_day(lines(page)),
        "filtered": filters.words(people),
        "csv_url": _address("signals:trail-csv", filters),
        "xlsx_url": _address("signals:trail-xlsx", filters),
        "page_next": "?" + urlencode({**query, "after": following}) if following else "",
    }
    return render(request, "signals/trail.html", context)


@guard(Permission.TRAIL_OWN)
@require_safe
@step_up_for_file("signals:trail")
def trail_csv(request: HttpRequest) -> HttpResponse:
    """What is filtered, for any spreadsheet."""
    return _export(request, "csv", "text/csv; charset=utf-8", as_csv)


@guard(Permission.TRAIL_OWN)
@require_safe
@step_up_for_file("signals:trail")
def trail_xlsx(request: HttpRequest) -> HttpResponse:
    """What is filtered, for Excel."""
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _export(request, "xlsx", media, as_xlsx)


def _export(
    request: HttpRequest, ending: str, media: str, write: Callable[[Iterator[list[str]]], bytes]
) -> HttpResponse:
    """The file. Its event is there before the first line is."""
    user = person(request)
    form = TrailForm(request.GET, people=[])
    if not form.is_valid():
        return redirect(reverse("signals:trail") + "?" + request.GET.urlencode())
    filters = form.filters()
    found = list(filtered_events(user, filters).defer(*SEALED).order_by("-pk")[: MOST + 1])
    events, capped = found[:MOST], len(found) > MOST
    details = {"format": ending, "events": len(events), "capped": capped, **filters.details()}
    private_event(Action.TRAIL_EXPORTED, by=user, kind="trail", details=details)
    title = _("logbook")
    name = f"{title}-{timezone.localdate().isoformat()}.{ending}"
    return HttpResponse(
        write(rows(events, capped=capped)),
        headers={
            "Content-Type": media,
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
        },
    )


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    case = request.GET.get("case", "").strip().upper()
    return people_seen(person(request), case if is_reference(case) else "")


def _address(name: str, filters: Filters) -> str:
    query = urlencode(filters.query())
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _page(request: HttpRequest, form: TrailForm) -> dict[str, object]:
    return {
        "form": form,
        "scope_label": _scope(request),
        "works_as": works_as(person(request), *WIDER),
        "clear_url": reverse("signals:trail"),
    }


def _scope(request: HttpRequest) -> str:
    grants = grants_of(person(request))
    if grants.boards(Permission.TRAIL_BOARD):
        return _("Everything at this board, without content.")
    if grants.boards(Permission.TRAIL_ACCOUNTS):
        return _("Log-ins and settings of this board, and what you did yourself.")
    if grants.schools(Permission.TRAIL_SCHOOL):
        return _("What happened at your school, and what you did yourself.")
    return _("What you did yourself.")
