"""What changes the state of a case on a page of its own: its status, closing it, opening it again."""

from dataclasses import dataclass
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
from signals.forms.joined import says_joined
from signals.models import Case
from signals.models.case import CaseOutcome, Status
from signals.models.work import TaskState
from signals.moved_words import moved_text
from signals.overtaken import overtaken
from signals.selectors import meetings_to_come, shares_running, task_days_of
from signals.services import cases as services
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE
MOVES = {
    rules.ESCALATED: gettext_lazy("Pass on outside the school"),
    rules.MONITORING: gettext_lazy("Keep an eye on how it goes"),
}

INTROS = {
    rules.ESCALATED: gettext_lazy(
        "You record here that somebody outside the school has it now. Nothing is sent: call or mail them yourself, and "
        "record that at the step."
    ),
    rules.MONITORING: gettext_lazy(
        "The case stays open, and its owner stays the same. Make a task for the day on which you look again."
    ),
    rules.REOPENED: gettext_lazy(
        "Everybody who reported something here sees that the case is in hand again. They do not see why."
    ),
}


@dataclass(frozen=True)
class Act:
    """One change of the state: what stands above its page and on its button, and the state it leads to."""

    title: str
    button: str
    to: str


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_move(request: HttpRequest, reference: str, status: str) -> HttpResponse:
    """Change the status, with a reason."""
    found = _case(request, reference)
    act = Act(str(MOVES[status]), _("Change the status"), status)
    form = ReasonForm(request.POST or None)
    if there := led_on(request, found, reference, form):
        return there
    if found.reference != reference:
        return _overtaken(request, reference, form, act)
    if request.method == "POST" and form.is_valid():
        try:
            services.case_move(by=person(request), case=found, to=status, reason=form.cleaned_data["reason"])
            messages.success(request, _("Recorded. The state is now: %(status)s.") % {"status": Status(status).label})
            return redirect("signals:case", reference)
        except OvertakenError as error:
            return _overtaken(request, reference, form, act, error)
        except RuleError as error:
            found = _case(request, reference)  # it may be theirs no more
            form.add_error(None, str(error))
    return _reason_page(request, found, form, act)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close with an outcome. An open must is shown first, with the way to record it."""
    found = _case(request, reference)
    form = CloseForm(request.POST or None, initial={"version": found.version})
    if there := led_on(request, found, reference, form):
        return there
    if found.reference != reference:
        return _close_again(request, reference)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            services.case_close(by=person(request), case=found, **data)
            messages.success(request, _("The case is closed."))
            return redirect("signals:case", reference)
        except RuleError as error:
            return _close_again(request, reference, error)
    return _close_page(request, found, form)


def _close_again(request: HttpRequest, reference: str, error: RuleError | None = None) -> HttpResponse:
    """What was sent, on the case as it is by now: changed by a colleague, or put with another one."""
    found = _case(request, reference)
    form = CloseForm({**request.POST.dict(), "version": str(found.version)})
    joined, both = says_joined(form, found, reference), {}
    if error and not joined:
        form.add_error(None, str(error))
    if joined or isinstance(error, OvertakenError):
        both = _both(found, form, _("Close this case"), to=rules.CLOSED)
        both["goes_to"] = reverse("signals:case-close", args=[found.reference])
    return _close_page(request, found, form, both)


def _close_page(request: HttpRequest, found: Case, form: CloseForm, both: dict[str, Any] | None = None) -> HttpResponse:
    musts = found.steps.filter(state=rules.STEP_OPEN, obligation="must").select_related("signal", "change", "lapsed_by")
    musts = musts.prefetch_related("outcomes__recorded_by")
    context = {
        "case": summary(found),
        "form": form,
        "running": shares_running(found),
        "open_tasks": sum(task.state == TaskState.OPEN for task in task_days_of(found)),
        "to_come": meetings_to_come(found),
        "open_musts": cards(musts, found.school, can_record=True),
        "case_url": reverse("signals:case", args=[found.reference]),
        **(both or {}),
    }
    status = CONFLICT if both else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_close.html", context, status=status)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a closed case again, with a reason."""
    found = _case(request, reference)
    act = Act(_("Reopen the case"), _("Reopen the case"), rules.REOPENED)
    form = ReasonForm(request.POST or None)
    if there := led_on(request, found, reference, form):
        return there
    if found.reference != reference:
        return _overtaken(request, reference, form, act)
    if request.method == "POST" and form.is_valid():
        try:
            services.case_reopen(by=person(request), case=found, reason=form.cleaned_data["reason"])
            messages.success(request, _("The case is open again."))
            return redirect("signals:case", reference)
        except OvertakenError as error:
            return _overtaken(request, reference, form, act, error)
        except RuleError as error:
            found = _case(request, reference)  # it may be theirs no more
            form.add_error(None, str(error))
    return _reason_page(request, found, form, act)


def _case(request: HttpRequest, reference: str) -> Case:
    """The case, or the one that it was put with meanwhile."""
    return access.case(person(request), reference, to=HANDLE, follow_joined=True)


def _overtaken(
    request: HttpRequest, reference: str, form: ReasonForm, act: Act, error: OvertakenError | None = None
) -> HttpResponse:
    """A colleague changed the state, or put the case with another one: what they did, and what was typed here."""
    now = _case(request, reference)
    both = _both(now, form, act.title, to=act.to)
    if not says_joined(form, now, reference, again=not both["no_more"]):
        form.add_error(None, str(error))
    return _reason_page(request, now, form, act, both)


def _both(found: Case, form: ReasonForm, title: str, *, to: str) -> dict[str, Any]:
    return overtaken(found, form, title) | {"no_more": not rules.can_move(found.status, to)}


def _reason_page(
    request: HttpRequest, found: Case, form: ReasonForm, act: Act, both: dict[str, Any] | None = None
) -> HttpResponse:
    here = reverse("signals:case-reopen", args=[found.reference])
    if act.to != rules.REOPENED:
        here = reverse("signals:case-move", args=[found.reference, act.to])
    context = {
        "title": act.title,
        "intro": INTROS[act.to],
        "form": form,
        "button": act.button,
        "goes_to": here,
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
