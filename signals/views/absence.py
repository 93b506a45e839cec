"""Who is away and who stands in, at the schools and boards whose cases somebody handles."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.models import Board, School, User
from accounts.requests import person
from accounts.roles import Permission
from signals import work_access
from signals.errors import RuleError
from signals.forms.handover import AbsenceForm
from signals.selectors import absences_at
from signals.services import absences as services
from signals.told import coordinators_at, officers_at, places_handled

UNPROCESSABLE = 422


@guard(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """The absences where one handles cases, and a form for a new one."""
    user = person(request)
    places = places_handled(user)
    place = _place(request, places)
    people = coordinators_at(place) if isinstance(place, School) else officers_at(place)
    initial = {"user": user.reference, "starts_on": timezone.localdate()}
    form = AbsenceForm(request.POST if request.method == "POST" else None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _set(user, place, form)
            messages.success(request, _("Recorded. It ends by itself after the last day."))
            return redirect("signals:absences")
        except RuleError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "place": place,
        "places": places if len(places) > 1 else [],
        "rows": absences_at(places),
        "today": timezone.localdate(),
        "alone": len(people) < 2,
    }
    return render(request, "signals/absences.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
@require_POST
def absence_end(request: HttpRequest, reference: str) -> HttpResponse:
    """Stop an absence before its last day."""
    user = person(request)
    services.absence_end(by=user, absence=work_access.absence(user, reference))
    messages.success(request, _("Stopped. Mails no longer go to the deputy."))
    return redirect("signals:absences")


def _set(user: User, place: School | Board, form: AbsenceForm) -> None:
    data: dict[str, Any] = form.cleaned_data
    away, deputy = form.person("user"), form.person("deputy")
    if away and deputy:
        days = {"starts_on": data["starts_on"], "ends_on": data["ends_on"]}
        services.absence_set(by=user, place=place, user=away, deputy=deputy, **days)


def _place(request: HttpRequest, places: list[School | Board]) -> School | Board:
    """The school or board of the page; of several the one in the address."""
    wanted = request.GET.get("place", "")
    return next((place for place in places if place.reference == wanted), places[0])
