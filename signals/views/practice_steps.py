"""Practice: recording what became of a step, and the sheet for a call that nobody makes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from escalation.hats import function_name
from escalation.texts import concern_name
from signals import access, rules
from signals.errors import RuleError
from signals.forms.case import DeclineForm, ReasonForm
from signals.forms.done import DoneForm
from signals.lines import folded
from signals.models import Rehearsal, Step
from signals.practice import acts
from signals.practice.play import Play
from signals.practice.shown import offer_for, practice_cards, step_of
from signals.recording import Offer
from signals.views.practice import UNPROCESSABLE, do, page, played
from signals.views.practice_case import CASE_URL, own_play

Act = Callable[[Play, Step], None]


@dataclass(frozen=True)
class Found:
    """A step of the own exercise."""

    user: User
    kept: Rehearsal
    play: Play
    step: Step


def _find(request: HttpRequest, reference: str) -> Found:
    """The step, or 404: of another exercise, also an own one that was thrown away, nothing is known."""
    found = own_play(request)
    step = step_of(found[2], reference) if found else None
    if found is None or step is None:
        access.not_found(person(request), "practice", reference)
    return Found(*found, step)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_step_done(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a step as done, as if one had called."""
    found = _find(request, reference)
    offer = offer_for(found.play, found.step)
    form = DoneForm(
        request.POST or None,
        initial={"by_whom": found.user.name, "pick": request.GET.getlist("pick")},
        texts=offer.texts,
        outside=offer.outside,
        findings=offer.findings,
    )

    def act(play: Play, step: Step) -> None:
        acts.step_done(play, step, form.done({}))

    return _record(request, found, form, act) or _page(request, found, form, "done", _("What was done?"), offer)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_step_decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide against a step and say why."""
    found = _find(request, reference)
    form = DeclineForm(request.POST or None)

    def act(play: Play, step: Step) -> None:
        data = form.cleaned_data
        applies, again = data["applies"] == "yes", data["look_again_on"]
        acts.step_decline(play, step, reason=data["reason"], applies=applies, look_again_on=again)

    title = _("Why is this step not taken?")
    return _record(request, found, form, act) or _page(request, found, form, "declined", title)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_step_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an outcome back."""
    found = _find(request, reference)
    form = ReasonForm(request.POST or None)

    def act(play: Play, step: Step) -> None:
        acts.step_reopen(play, step, form.cleaned_data["reason"])

    return _record(request, found, form, act) or _page(request, found, form, "reopen", _("Open this step again"))


def _record(request: HttpRequest, found: Found, form: DoneForm | ReasonForm, act: Act) -> HttpResponse | None:
    """Do it, and go back to the case; None when there is nothing to do or something is wrong with it."""
    if request.method != "POST" or not form.is_valid():
        return None

    def on_mine(play: Play) -> None:
        step = step_of(play, found.step.reference)
        if step is None:
            raise RuleError(_("This exercise has been thrown away."))
        act(play, step)

    if wrong := do(request, found.user, found.kept, on_mine, _("Recorded in the exercise.")):
        form.add_error(None, wrong)
        return None
    return redirect(CASE_URL)


def _page(
    request: HttpRequest, found: Found, form: DoneForm | ReasonForm, mode: str, title: str, offer: Offer | None = None
) -> HttpResponse:
    picked = form["pick"].value() or [] if "pick" in form.fields else []
    context = {
        "card": practice_cards(found.play, [found.step])[0],
        "case_ref": found.play.case.reference,
        "case_url": reverse(CASE_URL) + "#steps",
        "form": form,
        "groups": folded(offer.groups, picked) if offer else [],
        "picked": picked,
        "mode": mode,
        "title": title,
    }
    return page(request, "signals/step_record.html", context, UNPROCESSABLE if form.errors else 200)


@guard(Permission.SIGNAL_WRITE)
@require_safe
def practice_step_sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """The sheet for the call, to rehearse what one would say."""
    found = _find(request, reference)
    offer = offer_for(found.play, found.step)
    picked = [key for key in request.GET.getlist("pick") if key in offer.texts]
    function = function_name(played(found.play), found.play.school.sector)
    context = {
        "card": practice_cards(found.play, [found.step])[0],
        "caller": f"{found.user.name}, {function}",
        "school": found.play.school.name,
        "concern": concern_name(found.play.case.concern),
        "can_record": found.step.state == rules.STEP_OPEN and found.play.case.status in rules.ACTIVE,
        **_picks(found, offer, picked, printing="print" in request.GET),
    }
    return page(request, "signals/step_sheet.html", context)


def _picks(found: Found, offer: Offer, picked: list[str], *, printing: bool) -> dict[str, Any]:
    pairs = [("pick", key) for key in picked]
    done = reverse("signals:practice-step-done", args=[found.step.reference])
    return {
        "case_ref": found.play.case.reference,
        "case_url": reverse(CASE_URL) + f"#step-{found.step.reference}",
        "groups": folded(offer.groups, picked),
        "picked": picked,
        "lines": [offer.texts[key] for key in picked],
        "print_url": "?" + urlencode([*pairs, ("print", "1")]),
        "done_url": f"{done}?{urlencode(pairs)}" if pairs else done,
        "printing": printing,
    }
