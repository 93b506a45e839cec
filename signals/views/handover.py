"""Handing a case over: the owner asks, the colleague accepts or refuses, or the owner withdraws the question."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.requests import person
from audit.actions import Action
from escalation.texts import concern_name
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.handover import HandOverForm, RefuseForm
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.models import Case, HandOver
from signals.overtaken import overtaken
from signals.selectors import away_at
from signals.services import handover as services
from signals.told import handlers_of
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask a colleague to take the case over."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    people = [colleague for colleague in handlers_of(case) if colleague != user]
    form = HandOverForm(request.POST if request.method == "POST" else None, people=people, away=away_at(case))
    if there := led_on(request, case, reference, form):
        return there
    joined = says_joined(form, case, reference)
    if request.method == "POST" and form.is_valid():
        data, to = form.cleaned_data, form.person("to")
        try:
            if to:
                services.hand_over_propose(by=user, case=case, to=to, text=data["text"], key=data["key"])
            messages.success(request, _("Your colleague has been asked. Until they accept, the case stays yours."))
            return redirect("signals:case", reference)
        except RuleError as error:
            refuse(form, error)
    context = {
        **_page(case),
        "form": form,
        "can_ask": case.owner == user and case.status in rules.ACTIVE and services.waits(case) is None,
        "nobody": not people,
        "goes_to": reverse("signals:hand-over", args=[case.reference]),
    }
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/hand_over.html", context, status=status)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_answer(request: HttpRequest, reference: str) -> HttpResponse:
    """What a colleague asks, and the two answers."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    accepts = request.POST.get("answer") == "accept"
    form = RefuseForm(request.POST if request.method == "POST" and not accepts else None)
    if there := led_on(request, case, reference, form):
        return there
    if says_joined(form, case, reference, again=False):
        return _too_late(request, case, form)
    row = services.waits(case)
    if request.method != "POST":
        if row is None or not services.may_answer(row, user):
            messages.info(request, _("Nothing is asked of you here: it was answered or withdrawn."))
            return redirect("signals:case", reference)
        return _answer_page(request, case, row, RefuseForm(initial={"asked": row.reference}))
    if accepts:
        return _answer(request, case, request.POST.get("asked", ""))
    if form.is_valid():
        return _answer(request, case, form.cleaned_data["asked"], form)
    if row is None or not services.may_answer(row, user):
        messages.warning(request, _("Nothing is asked of you here: it was answered or withdrawn."))
        return redirect("signals:case", reference)
    return _answer_page(request, case, row, form)


@guard(*HANDLE)
@require_POST
def hand_over_withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the question back."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    if there := led_on(request, case, reference):
        return there
    asked = _asked(request.POST.get("asked", ""))
    row = services.asked(case, asked)
    if row and row.by_id != user.pk:
        access.forbidden(user, case, "hand-over was asked by another")
    try:
        services.hand_over_withdraw(by=user, case=case, reference=asked)
        messages.success(request, _("Withdrawn. The case stays yours."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:case", reference)


def _answer(request: HttpRequest, case: Case, asked: str, refused: RefuseForm | None = None) -> HttpResponse:
    """Accept, or refuse with what is in the form."""
    by, asked, accept = person(request), _asked(asked), refused is None
    reason = refused.cleaned_data["reason"] if refused else ""
    row = services.asked(case, asked)
    if row and not services.may_answer(row, by):
        access.forbidden(by, case, "hand-over is for another")
    try:
        services.hand_over_answer(by=by, case=case, reference=asked, accept=accept, reason=reason)
        done = _("The case is yours now.") if accept else _("Your answer was sent. The case stays with its owner.")
        messages.success(request, done)
    except RuleError as error:
        if refused:
            refused.add_error(None, str(error))
            return _too_late(request, case, refused)
        messages.warning(request, str(error))
    return redirect("signals:case", case.reference)


def _too_late(request: HttpRequest, case: Case, form: RefuseForm) -> HttpResponse:
    """Nothing is asked any more: why it was refused can be kept as a note."""
    context = {
        "title": _("Take this case over?"),
        "form": form,
        "no_more": True,
        **_page(case),
        **overtaken(case, form, _("I do not take it over")),
    }
    return render(request, "signals/case_reason.html", context, status=CONFLICT)


def _asked(text: str) -> str:
    return text.replace("\x00", "")[:12]


def _answer_page(request: HttpRequest, case: Case, row: HandOver, form: RefuseForm) -> HttpResponse:
    case_event(Action.CASE_READ, case=case, by=person(request), to=HANDLE, kind="handover", ref=row.reference)
    context = {**_page(case), "form": form, "by": row.by.name, "at": row.created_at, "text": row.text}
    context |= {"asked": row.reference, "stead": "" if row.to == person(request) else row.to.name}
    return render(request, "signals/hand_over_answer.html", context, status=UNPROCESSABLE if form.errors else 200)


def _page(case: Case) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "concern": concern_name(case.concern),
        "case_url": reverse("signals:case", args=[case.reference]),
    }
