"""The school calendar: when a school is open, and the days on which it is closed."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.hours import read_hours
from accounts.models import School
from accounts.requests import person
from accounts.roles import Permission
from escalation import access
from escalation.errors import ClosingLabelError, HoursChangedError
from escalation.forms import CalendarForm, ClosingForm, week_initial
from escalation.hats import works_as
from escalation.school_holidays import school_holidays
from escalation.selectors import closing_days, holidays_of
from escalation.services.calendar import calendar_save, closing_remove, hours_mark
from escalation.services.calendar import closing_add as add
from escalation.texts import hours_text
from escalation.views.contacts import SCHOOLS_ON_PAGE, UNPROCESSABLE, tabs
from escalation.year import coming_year

YEAR = timedelta(days=365)


@guard(Permission.CONTACT_EDIT)
@require_safe
def calendars(request: HttpRequest) -> HttpResponse:
    """The schools whose calendar somebody keeps."""
    user = person(request)
    schools = list(access.contact_schools(user)[:SCHOOLS_ON_PAGE])
    context = {
        "tabs": tabs("calendars"),
        "works_as": works_as(user, Permission.CONTACT_EDIT),
        "rows": [_summary(school) for school in schools],
    }
    return render(request, "escalation/calendars.html", context)


def _summary(school: School) -> dict[str, Any]:
    return {
        "name": school.name,
        "url": reverse("escalation:calendar", args=[school.reference]),
        "hours": hours_text(read_hours(school.hours)),
        "region": school.get_region_display() if school.region else "",
    }


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """One calendar: hours, own closing days, and everything that holds in the coming year. A post takes days away."""
    user = person(request)
    school = access.calendar_school(user, reference)
    if request.method == "POST":
        if closing_remove(by=user, school=school, reference=request.POST.get("remove", "")):
            messages.success(request, _("These days are no longer in the calendar."))
        return redirect("escalation:calendar", school.reference)
    today, own = timezone.localdate(), closing_days(school)
    source = school_holidays()
    context = {
        "school": school,
        "summary": _summary(school),
        "own": [row for row in own if row.ends_on >= today],
        "year": coming_year(holidays_of(school), own, today, today + YEAR),
        "source": source.source,
        "source_url": f"https://{source.source.url}",
        "known_until": source.known_until if school.region else None,
        "edit_url": reverse("escalation:calendar-edit", args=[school.reference]),
        "add_url": reverse("escalation:closing-add", args=[school.reference]),
    }
    return render(request, "escalation/calendar.html", context)


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Set region and hours."""
    user = person(request)
    school = access.calendar_school(user, reference)
    initial = {"region": school.region, **week_initial(read_hours(school.hours))}
    form = CalendarForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data, seen = form.cleaned_data, request.POST.get("seen")
        try:
            calendar_save(by=user, school=school, region=data["region"], hours=data["hours"], seen=seen)
            messages.success(request, _("The calendar is saved. Reports from now on are counted with it."))
            return redirect("escalation:calendar", school.reference)
        except HoursChangedError:
            school = access.calendar_school(user, reference)
            form.add_error(None, _changed(school))
    context = {
        "form": form,
        "seen": hours_mark(school) if not form.is_bound or form.non_field_errors() else request.POST.get("seen"),
        "school": school,
        "cancel_url": reverse("escalation:calendar", args=[school.reference]),
    }
    return render(request, "escalation/calendar_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _changed(school: School) -> str:
    """What a colleague made of it meanwhile, above the own words."""
    region = school.get_region_display() if school.region else _("no school holidays")
    hours = hours_text(read_hours(school.hours)) or _("no hours")
    said = f"{hours}; {region}"
    words = _("A colleague changed this meanwhile. It says now: %(now)s. Save once more what is right.")
    return words % {"now": said}


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def closing_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add days on which the school is closed."""
    user = person(request)
    school = access.calendar_school(user, reference)
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add(by=user, school=school, **form.cleaned_data)
            messages.success(request, _("The days are in the calendar."))
            return redirect("escalation:calendar", school.reference)
        except ClosingLabelError as error:
            words = _(
                "These days stand in the calendar already, as: %(label)s. Leave it so, or take those days away first."
            )
            form.add_error("label", words % {"label": error})
    context = {"form": form, "school": school, "cancel_url": reverse("escalation:calendar", args=[school.reference])}
    return render(request, "escalation/closing_form.html", context, status=UNPROCESSABLE if form.errors else 200)
