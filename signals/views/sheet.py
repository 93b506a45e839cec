"""The sheet for a call: one page for the printer, with no more of the case than was picked for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.requests import person
from audit.actions import Action
from escalation.hats import function_at
from escalation.texts import concern_name
from signals import access, rules
from signals.cards import cards
from signals.events import case_event
from signals.lines import folded
from signals.models import Step
from signals.recording import Offer, offer_for
from signals.selectors import steps_of


@guard(*access.HANDLE)
@require_safe
def step_sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """Pick what to say, print it, call. Opening it is recorded, for it holds a part of the story."""
    user = person(request)
    step = access.step(user, reference)
    details = {"recipient": step.recipient, "obligation": step.obligation}
    case_event(
        Action.STEP_SHEET, case=step.case, by=user, to=access.HANDLE, kind="step", ref=reference, details=details
    )
    offer = offer_for(step)
    picked = [key for key in offer.texts if key in set(request.GET.getlist("pick"))]
    case = step.case
    function = function_at(user, *access.HANDLE, board=case.board_id, school=case.school_id, walled=case.walled)
    context = {
        "card": cards([step], step.case.school, among=steps_of(step.case))[0],
        "caller": ", ".join(part for part in (user.name, function) if part),
        "school": step.case.school.name,
        "concern": concern_name(step.case.concern),
        "can_record": step.state == rules.STEP_OPEN and step.case.status in rules.ACTIVE,
        **_picks(step, offer, picked, printing="print" in request.GET),
    }
    return render(request, "signals/step_sheet.html", context)


def _picks(step: Step, offer: Offer, picked: list[str], *, printing: bool) -> dict[str, Any]:
    pairs = [("pick", key) for key in picked]
    query = urlencode(pairs)
    done = reverse("signals:step-done", args=[step.reference])
    return {
        "case_ref": step.case.reference,
        "case_url": reverse("signals:case", args=[step.case.reference]) + f"#step-{step.reference}",
        "groups": folded(offer.groups, picked),
        "picked": picked,
        "lines": [offer.texts[key] for key in picked],
        "print_url": "?" + urlencode([*pairs, ("print", "1")]),
        "done_url": f"{done}?{query}" if query else done,
        "printing": printing,
    }
