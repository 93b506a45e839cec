"""Ending a role, and leaving altogether: first who takes over the open cases. The administrator sees no content."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access as people_access
from accounts.errors import RoleError
from accounts.guard import guard
from accounts.people import line, lines_of, name_here
from accounts.requests import person
from accounts.roles import Permission
from accounts.stepup import step_up
from signals.errors import RuleError
from signals.forms.leaving import LeaveForm, RoleEndForm
from signals.services.leaving import Left, left_behind, person_leave, role_leave

UNPROCESSABLE = 422


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def person_leaves(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody stops at this board: hand over, then close."""
    user = person(request)
    within = people_access.reach(user)
    found = people_access.colleague(user, within, reference)
    left = left_behind(found, within)
    form = LeaveForm(request.POST if request.method == "POST" else None, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            person_leave(by=user, person=found, within=within, takers=form.takers())
        except (RuleError, RoleError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The account is closed. Whoever takes over gets a mail."))
            return redirect("accounts:person", reference)
    context = {
        **_page(form, left, reference),
        "who": name_here(within, found),
        "mine": found == user,
        "roles": [shown for shown in lines_of(within, found) if not shown.over],
    }
    return render(request, "signals/person_leaves.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def role_end(request: HttpRequest, reference: str, role: str) -> HttpResponse:
    """One role ends, today or later."""
    user = person(request)
    within = people_access.reach(user)
    found = people_access.colleague(user, within, reference)
    row = people_access.membership(user, within, found, role)
    left = left_behind(found, within, row)
    form = RoleEndForm(request.POST if request.method == "POST" else None, left=left, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["last_day"]
        try:
            role_leave(by=user, role=row, within=within, last_day=day, takers=form.takers())
        except RuleError as error:
            form.add_error(None, str(error))
        except RoleError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("The role ends on that day.") if day else _("The role has ended."))
            return redirect("accounts:person", reference)
    context = {**_page(form, left, reference), "who": found.name, "mine": found == user, "role": line(row)}
    return render(request, "signals/role_end.html", context, status=UNPROCESSABLE if form.errors else 200)


def _page(form: LeaveForm, left: Left, reference: str) -> dict[str, object]:
    """What both pages show: how many, and nothing of what they are about."""
    return {
        "form": form,
        "cases": len(left.cases),
        "walled": len(left.walled),
        "stuck": left.stuck,
        "shares": left.shares,
        "drafts": left.drafts,
        "tasks": left.tasks,
        "back": reverse("accounts:person", args=[reference]),
    }
