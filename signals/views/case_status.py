"""What changes the state of a case on a page of its own: its status, closing it, opening it again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.requests import person
from escalation.texts import concern_name, subject_short
from signals import access, rules
from signals.ages import age
from signals.cards import cards
from signals.errors import OvertakenError, RuleError
from signals.forms.case import CloseForm, ReasonForm
from signals.models import Case
from signals.models.case import CaseOutcome, Status
from signals.models.work import TaskState
from signals.moved_words import moved_text
from signals.overtaken import overtaken
from signals.selectors import meetings_to_come, shares_running, task_days_of
from signals.services import cases as services

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE
MOVES = {
    rules.ESCALATED: gettext_lazy("Pass on outside the school"),
    rules.MONITORING: gettext_lazy("Keep an eye on how it goes"),
}


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_move(request: HttpRequest, reference: str, status: str) -> HttpResponse:
    """Change the status, with a reason."""
    found = access.case(person(request), reference, to=HANDLE)
    title = str(MOVES[status])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.case_move(by=person(request), case=found, to=status, reason=form.cleaned_data["reason"])
            return redirect("signals:case", reference)
        except OvertakenError as error:
            return _overtaken(request, found, form, error, title=title, button=_("Change the status"), to=status)
        except RuleError as error:
            form.add_error(None, str(error))
    return _reason_page(request, found, form, title=title, button=_("Change the status"))


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close with an outcome. An open must is shown first, with the way to record it."""
    found, both = access.case(person(request), reference, to=HANDLE), {}
    form = CloseForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            services.case_close(by=person(request), case=found, **data)
            messages.success(request, _("The case is closed."))
            return redirect("signals:case", reference)
        except RuleError as error:
            found = access.case(person(request), reference, to=HANDLE)
            form = CloseForm({**request.POST.dict(), "version": str(found.version)})
            form.add_error(None, str(error))
            if isinstance(error, OvertakenError):
                both = _both(found, form, _("Close this case"), to=rules.CLOSED)
    musts = found.steps.filter(state=rules.STEP_OPEN, obligation="must").select_related("signal", "change", "lapsed_by")
    musts = musts.prefetch_related("outcomes__recorded_by")
    context = {
        "case": summary(found),
        "form": form,
        "running": shares_running(found),
        "open_tasks": sum(task.state == TaskState.OPEN for task in task_days_of(found)),
        "to_come": meetings_to_come(found),
        "open_musts": cards(musts, found.school, can_record=True),
        "case_url": reverse("signals:case", args=[reference]),
        **both,
    }
    status = CONFLICT if both else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_close.html", context, status=status)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a closed case again, with a reason."""
    found = access.case(person(request), reference, to=HANDLE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.case_reopen(by=person(request), case=found, reason=form.cleaned_data["reason"])
            return redirect("signals:case", reference)
        except OvertakenError as error:
            title = _("Reopen the case")
            return _overtaken(request, found, form, error, title=title, button=title, to=rules.REOPENED)
        except RuleError as error:
            form.add_error(None, str(error))
    return _reason_page(request, found, form, title=_("Reopen the case"), button=_("Reopen the case"))


def _overtaken(
    request: HttpRequest, found: Case, form: ReasonForm, error: OvertakenError, *, title: str, button: str, to: str
) -> HttpResponse:
    """A colleague changed the state meanwhile: what they did, and what was typed here."""
    now = access.case(person(request), found.reference, to=HANDLE)
    form.add_error(None, str(error))
    return _reason_page(request, now, form, title=title, button=button, both=_both(now, form, title, to=to))


def _both(found: Case, form: ReasonForm, title: str, *, to: str) -> dict[str, Any]:
    return overtaken(found, form, title) | {"no_more": not rules.can_move(found.status, to)}


def _reason_page(
    request: HttpRequest,
    found: Case,
    form: ReasonForm,
    *,
    title: str,
    button: str,
    both: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "button": button,
        "case_url": reverse("signals:case", args=[found.reference]),
        **(both or {}),
    }
    status = CONFLICT if both else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_reason.html", context, status=status)


def summary(found: Case) -> dict[str, Any]:
    """What stands above every page about a case."""
    return {
        "reference": found.reference,
        "concern": concern_name(found.concern),
        "about": subject_short(found.subject_role, found.school.sector),
        "state": found.status,
        "state_label": str(Status(found.status).label),
        "age": age(found.created_at, timezone.now()),
        "created_at": found.created_at,
        "owner": found.owner.name if found.owner else "",
        "stand_in": "" if found.walled else getattr(found, "stand_in", "") or "",
        "walled": found.walled,
        "moved": moved_text(found),
        "school": found.school.name,
        "outcome_label": str(CaseOutcome(found.outcome).label) if found.outcome else "",
        "close_reason": found.close_reason,
    }
