"""Writing a report: the form, the questions, sending. Until it is sent it is a draft that only the writer sees."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.grants import schools_to_write_for
from accounts.guard import guard
from accounts.references import is_reference, new_reference
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.facts import FactError, Facts
from escalation.selectors import terms_in
from signals import access, people, report, unnamed, writing
from signals.addresses import address
from signals.errors import RuleError
from signals.events import private_event, terms_digest
from signals.forms.concern import STAFF_ROLES, ConcernForm
from signals.forms.questions import QuestionsForm, answered
from signals.models import Draft, Signal
from signals.routing import route
from signals.services.drafts import DraftChangedError, draft_discard, draft_save, mark
from signals.services.sending import signal_called, signal_send
from signals.views.drafting import (
    ANSWERED_TOO_LATE,
    answers_more,
    call_of,
    draft_or_report,
    newest,
    other_words,
    says_more,
    source_of,
    turn_of,
)

CONFLICT, UNPROCESSABLE = 409, 422
ONE_CLICK = timedelta(minutes=1)  # a second click on "I have called" within this time is the same call


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def signal_new(request: HttpRequest) -> HttpResponse:
    """A blank form; the first button that is pressed makes it a draft. Pressed twice it is the same draft."""
    user, key = person(request), request.POST.get("key", "")
    if is_reference(key) and (sent := access.sent_as(user, key)):
        return _already_sent(request, sent)
    kept = access.kept_as(user, key) if is_reference(key) else None
    return _form_page(request, kept)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Go on with a draft. One that was sent meanwhile leads to its report."""
    found = draft_or_report(person(request), reference)
    if isinstance(found, Signal):
        return _already_sent(request, found)
    return _form_page(request, found)


@guard(Permission.SIGNAL_WRITE)
@require_POST
def draft_discarded(request: HttpRequest, reference: str) -> HttpResponse:
    """Throw a draft away."""
    draft_discard(by=person(request), draft=access.own_draft(person(request), reference))
    messages.success(request, _("The draft is gone."))
    return redirect("signals:mine")


@guard(Permission.SIGNAL_WRITE)
@require_POST
def called(request: HttpRequest) -> HttpResponse:
    """Record a call to 112 before anything is written: it starts a draft with the time in it."""
    user, now = person(request), timezone.now()
    recent = access.own_drafts(user).filter(called_112_at__gt=now - ONE_CLICK)
    just_now = next((draft for draft in recent if not draft.data), None)
    kept = just_now or draft_save(by=user, draft=None, called_at=now)
    return redirect("signals:draft", kept.reference)


@guard(Permission.SIGNAL_WRITE)
@require_POST
def person_search(request: HttpRequest) -> HttpResponse:
    """The people found for what is typed, as a part of the form."""
    found = _search(request)
    chosen = people.find(request.POST.get("person", "")[:40], schools_to_write_for(person(request)))
    if chosen and chosen.value not in {someone.value for someone in found}:
        found.insert(0, chosen)
    context = {
        "people": found,
        "query": request.POST.get("person_query", ""),
        "selected": request.POST.get("person", ""),
    }
    return render(request, "signals/_person_results.html", context)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_check(request: HttpRequest, reference: str) -> HttpResponse:
    """The questions that matter, what was written, who will read it; and then it is sent."""
    user = person(request)
    draft, schools, agreed = access.kept_with_schools(user, reference)
    kept = draft or draft_or_report(user, reference)
    action = request.POST.get("action", "send")
    called_at = timezone.now() if action == "called" else None
    if isinstance(kept, Signal):
        call_of(user, kept.key, called_at)
        if request.method == "POST" and action == "send" and answers_more(request, kept):
            messages.warning(request, ANSWERED_TOO_LATE)
        return redirect("signals:signal", kept.reference)
    first = ConcernForm(kept.data, user=user, schools=schools)
    if not first.is_valid():
        if request.method == "POST":  # what was answered and that 112 was called stay all the same
            draft_save(by=user, draft=kept, answers=answered(request.POST), called_at=called_at)
        messages.warning(request, _("Something is still missing or has changed. Please look at it once more."))
        return redirect("signals:draft", kept.reference)
    data = first.cleaned_data
    if request.method != "POST":
        return _check_page(request, kept, data, _questions(data, initial=kept.answers))
    if action == "send":
        return _send(request, kept, data, agreed)
    form = _questions(data, request.POST)
    form.is_valid()
    draft_save(by=user, draft=kept, answers=form.cleaned_data, called_at=called_at)
    call_of(user, kept.reference, called_at)
    return redirect("signals:draft-check" if action == "called" else "signals:draft", kept.reference)


def _send(request: HttpRequest, kept: Draft, data: dict[str, Any], agreed: list[Any]) -> HttpResponse:
    form = _questions(data, request.POST)
    if not form.is_valid():
        return _check_page(request, kept, data, form)
    if (seen := request.POST.get("seen")) is not None and seen != mark(kept):
        form.add_error(None, _("You changed this on another screen meanwhile. Read it once more; then send it."))
        return _check_page(request, kept, data, form)
    try:
        content = report.report(data, form.answers(), unnamed=form.cleaned_data["keep_name"] == unnamed.LEAVE_OUT)
    except FactError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _check_page(request, kept, data, form)
    story = " ".join(data[name] for name in unnamed.BOXES)
    choice, described = form.cleaned_data["keep_name"], not data["person"]
    if wrong := unnamed.problem(content.facts, choice, report.whom(data), story, described=described):
        form.add_error("keep_name" if unnamed.is_offered(content.facts) else None, wrong)
        return _check_page(request, kept, data, form)
    try:
        terms = terms_in(agreed, content.school.board_id)
        signal = signal_send(by=person(request), draft=kept, report=content, terms=terms)
    except RuleError as error:
        draft_save(by=person(request), draft=kept, answers=form.cleaned_data)
        form.add_error(None, str(error))
        return _check_page(request, kept, data, form)
    return HttpResponseRedirect(address("signals:signal", signal.reference) + "?sent=1")


def _already_sent(request: HttpRequest, sent: Signal) -> HttpResponse:
    """An old tab leads to the report. What was typed there since goes into a draft of its own: no word is lost."""
    if request.POST.get("action") == "called":
        signal_called(by=person(request), signal=sent, at=timezone.now())
    if request.method == "POST" and says_more(request, sent):
        messages.warning(request, _("This report was sent already. What you typed now is kept here, as a new one."))
        return _form_page(request, None)
    return redirect("signals:signal", sent.reference)


def _form_page(request: HttpRequest, kept: Draft | None) -> HttpResponse:
    user = person(request)
    schools = schools_to_write_for(user)
    if request.method != "POST":
        blank = {"paper": "1"} if "paper" in request.GET else None
        form = ConcernForm(initial=kept.data if kept else blank, user=user, schools=schools)
        return _show_form(request, form, kept)
    action = _action(request)
    if action == "search":
        form = ConcernForm(initial=request.POST.dict(), user=user, schools=schools)
        return _show_form(request, form, kept, found=_search(request))
    form = ConcernForm(request.POST, user=user, schools=schools, partial=action != "continue")
    valid = form.is_valid()
    if not valid and action != "called":
        return _show_form(request, form, kept, status=UNPROCESSABLE)
    typed = {name: request.POST.get(name, "") for name in form.fields if name not in form.errors}
    called_at = timezone.now() if action == "called" else None
    key, source = request.POST.get("key", ""), source_of(request)
    try:
        kept = draft_save(by=user, draft=kept, data=typed, called_at=called_at, key=key, source=source)
    except DraftChangedError as changed:
        if called_at:
            draft_save(by=user, draft=changed.draft, called_at=called_at)
        return _show_form(request, form, changed.draft, other=changed.draft, status=CONFLICT)
    call_of(user, kept.reference, called_at)
    if not valid:
        return _show_form(request, form, kept, status=UNPROCESSABLE)
    return _after_saving(request, kept, action)


def _action(request: HttpRequest) -> str:
    """The button that was pressed. A name that was typed without choosing somebody is a search first."""
    posted = request.POST
    action = posted.get("action", "continue")
    nobody_yet = not posted.get("person") and not posted.get("subject_description", "").strip()
    return "search" if action == "continue" and nobody_yet and posted.get("person_query", "").strip() else action


def _after_saving(request: HttpRequest, kept: Draft, action: str) -> HttpResponse:
    if action == "continue":
        return redirect("signals:draft-check", kept.reference)
    if action == "save":
        messages.success(request, _("Kept as a draft. Only you can see it."))
        return redirect("signals:mine")
    return redirect("signals:draft", kept.reference)


def _show_form(
    request: HttpRequest,
    form: ConcernForm,
    kept: Draft | None,
    *,
    found: Any = None,
    other: Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    """`other`: the draft as another screen keeps it, to be shown beside what was typed here."""
    posted, blank = request.POST, request.method != "POST" and kept is None
    context = {
        "form": form,
        "writing": writing.for_browser(),
        "draft": kept,
        "called_at": kept.called_112_at if kept else None,
        "people": found,
        "query": form["person_query"].value() or "",
        "selected": form["person"].value() or "",
        "key": kept.reference if kept else posted.get("key") or new_reference(),
        "page": posted.get("page") or new_reference(),
        "seen": mark(kept) if other or request.method != "POST" else posted.get("seen", ""),
        "turn": turn_of(request),
        "other": other_words(form, other) if other else [],
        "other_at": other.updated_at if other else None,
        "unsent": newest(access.own_drafts(person(request))) if blank else None,
    }
    return render(request, "signals/signal_form.html", context, status=status)


def _questions(data: dict[str, Any], *args: Any, **kwargs: Any) -> QuestionsForm:
    return QuestionsForm(*args, questions=report.questions(data), sector=data["school"].sector, **kwargs)


def _check_page(request: HttpRequest, kept: Draft, data: dict[str, Any], form: QuestionsForm) -> HttpResponse:
    found = data["person"]
    asked = form if form.is_bound else _questions(data, kept.answers)
    facts = _facts(data, asked)
    way = route(school=data["school"], facts=facts, staff=found.user if found else None)
    handlers = [reader for reader in way.readers if not reader.on_request]
    context = {
        "form": form,
        "summary": report.summary(data),
        "readers": way.readers,
        "handlers": handlers,
        "walled": way.walled,
        "named": bool(way.named),
        "nowhere": way.leads_nowhere,
        "unnamed_offered": unnamed.is_offered(facts),
        "answers_matter": way.by_law,
        "nobody": not way.walled and not handlers,
        "called_at": kept.called_112_at,
        "draft": kept,
        "seen": mark(kept),
    }
    return render(request, "signals/signal_check.html", context, status=UNPROCESSABLE if form.errors else 200)


def _facts(data: dict[str, Any], form: QuestionsForm) -> Facts:
    """As much as is known of them; answers that are wrong or can't be true together count as none."""
    wrong = any(question.fact in form.errors for question in form.questions)
    try:
        return report.facts(data, {} if wrong else form.answers())
    except FactError:
        return report.facts(data, {})


def _search(request: HttpRequest) -> list[people.Found]:
    user = person(request)
    found = people.search(
        request.POST.get("person_query", "").replace("\x00", "")[:80],
        schools=schools_to_write_for(user),
        staff=request.POST.get("subject_role") in STAFF_ROLES,
        but_not=user,
    )
    details = {
        "found": [someone.value for someone in found],
        "terms": terms_digest(request.POST.get("person_query", "")),
    }
    private_event(Action.PERSON_SEARCHED, by=user, kind="person", details=details)
    return found
