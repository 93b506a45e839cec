"""Recording what became of a step."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.requests import person
from audit.actions import Action
from escalation.texts import recipient_name
from signals import access, rules
from signals.cards import cards
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.forms.case import DeclineForm, ReasonForm
from signals.forms.done import DoneForm
from signals.lines import folded
from signals.models import Step
from signals.overtaken import overtaken
from signals.recording import Offer, offer_for
from signals.selectors import steps_of
from signals.services import steps as services
from signals.services.factwalls import case_of_outcome
from signals.views.walls import out_of_sight, walled_just_now

CONFLICT, UNPROCESSABLE = 409, 422


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def step_done(request: HttpRequest, reference: str) -> HttpResponse:
    """Tick a step off: what was done, when, by whom, with whom, what was shared. `?pick=`: lines of the sheet."""
    user = person(request)
    if walled_just_now(request, user, case_of_outcome(by=user, step=reference)):  # a second click
        return redirect("start")
    step = access.step(user, reference)
    offer = offer_for(step)
    form = DoneForm(
        request.POST or None,
        initial={"by_whom": user.name, "pick": request.GET.getlist("pick")},
        texts=offer.texts,
        outside=offer.outside,
        findings=offer.findings,
        staff=offer.staff,
        naming=offer.naming,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.step_done(by=user, step=step, done=form.done(offer.people))
            return out_of_sight(request, user, step.case.reference) or _back(
                request, step, _("Recorded as done: %(step)s.")
            )
        except OvertakenError:
            return _overtaken(request, step, form, "done", _("What was done?"))
        except RuleError as error:
            step = access.step(user, reference)  # it may be theirs no more
            form.add_error(None, str(error))
    return _page(request, step, form, "done", _("What was done?"), offer)


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def step_decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide against a step and say why."""
    user = person(request)
    step = access.step(user, reference)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            services.step_decline(
                by=user,
                step=step,
                reason=data["reason"],
                applies=data["applies"] == "yes",
                look_again_on=data["look_again_on"],
            )
            return _back(request, step, _("Recorded with the reason: %(step)s."))
        except OvertakenError:
            return _overtaken(request, step, form, "declined", _("Why is this step not taken?"))
        except RuleError as error:
            step = access.step(user, reference)  # it may be theirs no more
            form.add_error(None, str(error))
    return _page(request, step, form, "declined", _("Why is this step not taken?"))


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def step_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a recorded outcome back; it stays in the chronology."""
    user = person(request)
    step = access.step(user, reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.step_reopen(by=user, step=step, reason=form.cleaned_data["reason"])
            return _back(request, step, _("Open again: %(step)s."))
        except OvertakenError:
            return _overtaken(request, step, form, "reopen", _("Open this step again"))
        except RuleError as error:
            step = access.step(user, reference)  # it may be theirs no more
            form.add_error(None, str(error))
    return _page(request, step, form, "reopen", _("Open this step again"))


def _back(request: HttpRequest, step: Step, text: str) -> HttpResponse:
    """To the top of the case: there stand these words, and the step that comes next."""
    messages.success(request, text % {"step": recipient_name(step.recipient, step.case.school.sector)})
    return redirect("signals:case", step.case.reference)


def _overtaken(request: HttpRequest, step: Step, form: DoneForm | ReasonForm, mode: str, title: str) -> HttpResponse:
    """A colleague recorded something meanwhile: the card shows it, what was typed stands beside it."""
    now = access.step(person(request), step.reference)
    both = overtaken(now.case, form, title, with_changes=False)
    return _page(request, now, form, mode, title, both=both)


def _page(
    request: HttpRequest,
    step: Step,
    form: DoneForm | ReasonForm,
    mode: str,
    title: str,
    offer: Offer | None = None,
    both: dict[str, Any] | None = None,
) -> HttpResponse:
    if offer or step.state != rules.STEP_OPEN:  # the lines of the case, or the card that tells what was shared
        case_event(Action.CASE_READ, case=step.case, by=person(request), to=access.HANDLE)
    picked = form["pick"].value() or [] if "pick" in form.fields else []
    context = {
        "card": cards([step], step.case.school, among=steps_of(step.case))[0],
        "case_ref": step.case.reference,
        "case_url": reverse("signals:case", args=[step.case.reference]) + "#steps",
        "form": form,
        "groups": folded(offer.groups, picked) if offer else [],
        "picked": picked,
        "mode": mode,
        "title": title,
        "overtaken": both is not None,
        **(both or {}),
    }
    status = CONFLICT if both else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/step_record.html", context, status=status)
