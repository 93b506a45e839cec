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
from signals.answers import facts_of_writer, questions_of
from signals.cards import as_sent, cards, writer_sees
from signals.chronology import about, addition_entry, moment, on_paper
from signals.errors import RuleError
from signals.events import case_event
from signals.filelist import own_files
from signals.forms.case import TextForm
from signals.forms.facts import answers_that_changed, questions_form
from signals.forms.questions import QuestionsForm
from signals.forms.refusing import refuse
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
    """Add something to one's own report, with or without (the form on the report's own page) the answers to it."""
    user = person(request)
    found = access.own_signal(user, reference)
    if request.method != "POST" and access.is_shut(found):
        return redirect("signals:signal", reference)  # the questions would say what others made of it
    with_answers = not access.is_shut(found) and (request.method != "POST" or "answers" in request.POST)
    form = TextForm(request.POST or None, label=_("What do you want to add?"))
    known = facts_of_writer(found)
    asked = questions_of(found, known) if with_answers else ()
    questions = questions_form(known, asked, request.POST or None)
    if request.method == "POST" and form.is_valid() and questions.is_valid():
        data, answers = form.cleaned_data, answers_that_changed(known, asked, questions)
        try:
            signal_add(by=user, signal=found, text=data["text"], key=data["key"], answers=answers)
            return redirect(reverse("signals:signal", args=[reference]) + "#additions")
        except RuleError as error:
            refuse(form, error)
    if not with_answers:
        return _signal_page(request, found, form, status=UNPROCESSABLE)
    return _answers_page(request, found, form, questions)


@guard(Permission.SIGNAL_WRITE)
@require_POST
def signal_call(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a call to 112 made after sending."""
    found = access.own_signal(person(request), reference)
    signal_called(by=person(request), signal=found, at=timezone.now())
    return redirect("signals:signal", reference)


def _answers_page(request: HttpRequest, found: Signal, form: TextForm, questions: QuestionsForm) -> HttpResponse:
    case_event(Action.SIGNAL_READ, case=found.case, by=person(request), to=WRITE, kind="signal", ref=found.reference)
    context = {
        "form": form,
        "questions": questions,
        "signal_ref": found.reference,
        "signal_url": reverse("signals:signal", args=[found.reference]),
    }
    wrong = bool(form.errors or questions.errors)
    return render(request, "signals/signal_add.html", context, status=UNPROCESSABLE if wrong else 200)


def _signal_page(request: HttpRequest, found: Signal, form: TextForm, *, status: int = 200) -> HttpResponse:
    case, steps, shut = found.case, steps_of(found), access.is_shut(found)
    case_event(Action.SIGNAL_READ, case=case, by=person(request), to=WRITE, kind="signal", ref=found.reference)
    printing = "print" in request.GET
    if printing:
        case_event(Action.SIGNAL_PRINTED, case=case, by=person(request), to=WRITE, kind="signal", ref=found.reference)
    steps = as_sent(steps) if shut else [step for step in steps if writer_sees(step)]
    shown = cards(steps, found.school, for_writer=True)
    context = {
        "signal": content(found),
        "mine": [card for card in shown if card.mine and card.stands],
        "others": [card for card in shown if not card.mine and card.stands],
        "ended": [card for card in shown if not card.stands],
        "additions": [addition_entry(row) for row in found.additions.select_related("author").order_by("id")],
        "files": own_files(found, person(request)),
        "file_url": reverse("signals:signal-file-add", args=[found.reference]),
        "add_form": form,
        "writing": writing.for_browser(),
        "add_url": reverse("signals:signal-add", args=[found.reference]),
        "called_url": "" if found.called_112_at else reverse("signals:signal-called", args=[found.reference]),
        "as_sent": shut,
        "readers": [] if shut else readers_of(case),
        "walled": case.walled and not shut,
        "moved": "" if shut else text_for_writer(case),
        "just_sent": "sent" in request.GET,
        "printing": printing,
        "receipt": receipt_of(found),
    }
    return render(request, "signals/signal.html", context, status=status)


def content(found: Signal) -> dict[str, Any]:
    """What the writer sees of the own report."""
    state = _state(found)
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


def _state(found: Signal) -> str:
    return rules.state_for_author(rules.NEW if access.is_shut(found) else found.case.status)


def _signal_line(row: Signal) -> dict[str, Any]:
    state = _state(row)
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
