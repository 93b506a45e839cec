"""Keeping a filter of the desk under a name, and renaming or removing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from signals import access, work_access
from signals.errors import RuleError
from signals.filter_panel import read_query, words_of
from signals.forms.filters import FilterNameForm
from signals.services import filters as services

UNPROCESSABLE = 422
DESK = (Permission.CASE_HANDLE, Permission.WALLED_HANDLE)


@guard(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def filter_save(request: HttpRequest) -> HttpResponse:
    """Ask for a name, and keep the filter that stands in the address."""
    user = person(request)
    query = read_query(request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode())
    if not query:
        messages.warning(request, _("Choose first what you want to see. Then you can keep that filter."))
        return redirect(_desk("filters=1"))
    form = FilterNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.filter_save(by=user, name=form.cleaned_data["name"], query=query)
            messages.success(request, _("Kept. You find this filter on your desk."))
            return redirect(_desk(query))
        except RuleError as error:
            form.add_error("name", str(error))
    return _page(request, form, query, title=_("Keep this filter"), button=_("Keep"))


@guard(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def filter_edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a filter another name; or remove it, with a form of its own."""
    user = person(request)
    kept = work_access.own_filter(user, reference)
    form = FilterNameForm(request.POST or None, initial={"name": kept.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.filter_rename(by=user, kept=kept, name=form.cleaned_data["name"])
            return redirect(_desk(kept.query))
        except RuleError as error:
            form.add_error("name", str(error))
    remove = reverse("signals:filter-remove", args=[reference])
    title = _("Rename or remove this filter")
    return _page(request, form, kept.query, title=title, button=_("Change the name"), remove=remove)


@guard(*DESK)
@require_POST
def filter_remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Throw a filter away."""
    user = person(request)
    services.filter_remove(by=user, kept=work_access.own_filter(user, reference))
    messages.success(request, _("The filter is removed. The cases are still there."))
    return redirect("signals:desk")


def _desk(query: str) -> str:
    return f"{reverse('signals:desk')}?{query}"


def _page(request: HttpRequest, form: FilterNameForm, query: str, **more: Any) -> HttpResponse:
    scope = access.sight(person(request)).scope(*access.HANDLE)
    context = {
        "form": form,
        "query": query,
        "words": words_of(scope, query),
        "back": _desk(query),
        "action": request.path,
        **more,
    }
    return render(request, "signals/filter.html", context, status=UNPROCESSABLE if form.errors else 200)
