"""What a writer sees: the front door, the own reports, one of them with its steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.grants import grants_of
from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.texts import concern_name, subject_short
from signals import access, rules, writing
from signals.cards import cards
from signals.chronology import about, addition_entry, moment, on_paper
from signals.events import case_event
from signals.forms.case import TextForm
from signals.models import Draft, Signal
from signals.moved_words import text_for_writer
from signals.opened import readers_of
from signals.paging import page_by_id
from signals.selectors import steps_of
from signals.services.sending import WRITE, signal_add, signal_called
from signals.trail import receipt_of

UNPROCESSABLE = 422
STATES = {
    "received": gettext_lazy("received"),
    "handling": gettext_lazy("being handled"),
    "closed": gettext_lazy("closed"),
}


@guard(Permission.START)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: the one where their work is."""
    grants = grants_of(person(request))
    if grants.allows(Permission.CASE_HANDLE, Permission.WALLED_HANDLE):
        return redirect("signals:desk")
    if grants.allows(Permission.CASE_FOLLOW):
        return redirect("signals:followup")
    if grants.allows(Permission.SIGNAL_WRITE):
        return redirect("signals:mine")
    return redirect("accounts:people" if grants.allows(Permission.PEOPLE_EDIT) else "signals:trail")


@guard(Permission.SIGNAL_WRITE)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Report a concern, go on with a draft, or see how one's own reports stand."""
    user = person(request)
    page, following = page_by_id(access.own_signals(user).select_related("case"), request.GET.get("after", ""))
    drafts = access.own_drafts(user).order_by("-updated_at")
    context = {
        "drafts": [_draft_line(row) for row in drafts],
        "signals": [_signal_line(row) for row in page],
        "page_next": f"?after={following}" if following else "",
        "called_url": reverse("signals:called"),
    }
    return render(request, "signals/mine.html", context)


@guard(Permission.SIGNAL_WRITE)
@require_safe
def signal(request: HttpRequest, reference: str) -> HttpResponse:
    """One's own report: what to do now, who does the rest, how it stands."""
    found = access.own_signal(person(request), reference)
    return _signal_page(request, found, TextForm(label=_("What do you want to add?")))


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def signal_added(request: HttpRequest, reference: str) -> HttpResponse:
    """Add something to one's own report."""
    user = person(request)
    found = access.own_signal(user, reference)
    if request.method != "POST":
        return redirect("signals:signal", reference)
    form = TextForm(request.POST, label=_("What do you want to add?"))
    if not form.is_valid():
        return _signal_page(request, found, form, status=UNPROCESSABLE)
    signal_add(by=user, signal=found, text=form.cleaned_data["text"], key=form.cleaned_data["key"])
    return redirect(reverse("signals:signal", args=[reference]) + "#additions")


@guard(Permission.SIGNAL_WRITE)
@require_POST
def signal_call(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a call to 112 made after sending."""
    found = access.own_signal(person(request), reference)
    signal_called(by=person(request), signal=found, at=timezone.now())
    return redirect("signals:signal", reference)


def _signal_page(request: HttpRequest, found: Signal, form: TextForm, *, status: int = 200) -> HttpResponse:
    case, steps = found.case, steps_of(found)
    case_event(Action.SIGNAL_READ, case=case, by=person(request), to=WRITE, kind="signal", ref=found.reference)
    printing = "print" in request.GET
    if printing:
        case_event(Action.SIGNAL_PRINTED, case=case, by=person(request), to=WRITE, kind="signal", ref=found.reference)
    shown = cards(steps, found.school, for_writer=True)
    context = {
        "signal": _content(found),
        "mine": [card for card in shown if card.mine and card.state == rules.STEP_OPEN],
        "others": [card for card in shown if not card.mine and card.state == rules.STEP_OPEN],
        "ended": [card for card in shown if card.state != rules.STEP_OPEN],
        "additions": [addition_entry(row) for row in found.additions.select_related("author").order_by("id")],
        "add_form": form,
        "writing": writing.for_browser(),
        "add_url": reverse("signals:signal-add", args=[found.reference]),
        "called_url": "" if found.called_112_at else reverse("signals:signal-called", args=[found.reference]),
        "readers": readers_of(case),
        "walled": case.walled,
        "moved": text_for_writer(case),
        "just_sent": "sent" in request.GET,
        "printing": printing,
        "receipt": receipt_of(found),
    }
    return render(request, "signals/signal.html", context, status=status)


def _content(found: Signal) -> dict[str, Any]:
    state = rules.state_for_author(found.case.status)
    return {
        "reference": found.reference,
        "label": concern_name(found.concern),
        "sent_at": found.entered_at,
        "state": state,
        "state_label": STATES[state],
        "about": f"{subject_short(found.subject_role, found.school.sector)}: {about(found)}",
        "happened_text": moment(found.happened_on, found.happened_time, found.happened_about),
        "on_paper": on_paper(found),
        "observed": found.observed,
        "told": found.told,
        "opinion": found.opinion,
        "against": found.against,
        "called_at": found.called_112_at,
    }


def _signal_line(row: Signal) -> dict[str, Any]:
    state = rules.state_for_author(row.case.status)
    return {
        "url": reverse("signals:signal", args=[row.reference]),
        "reference": row.reference,
        "label": concern_name(row.concern),
        "sent_at": row.entered_at,
        "state": state,
        "state_label": STATES[state],
    }


def _draft_line(row: Draft) -> dict[str, Any]:
    concern = row.data.get("concern")
    return {
        "url": reverse("signals:draft", args=[row.reference]),
        "discard_url": reverse("signals:draft-discard", args=[row.reference]),
        "label": concern_name(concern) if concern else _("Not filled in yet"),
        "updated_at": row.updated_at,
    }
