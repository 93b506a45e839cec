"""Practice: the door, and writing a report for the invented school.

An exercise has addresses of its own, and each page of it posts to them alone. So a form of an exercise can't become a
real report, nor the other way round, whatever stands open in another tab.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.grants import schools_to_write_for
from accounts.guard import guard
from accounts.models import Sector, User
from accounts.requests import person
from accounts.roles import Permission, Role
from escalation.engine import is_walled
from escalation.facts import FactError, Facts
from escalation.hats import function_name
from escalation.texts import concern_name
from signals import report, rules, unnamed, work_access, writing
from signals.cards import writer_sees
from signals.errors import RuleError
from signals.forms.practice import PracticeForm
from signals.forms.questions import QuestionsForm
from signals.models import Rehearsal
from signals.practice import acts, invented
from signals.practice.play import Play, load
from signals.practice.shown import practice_cards
from signals.services.drafts import draft_save
from signals.services.rehearsing import rehearsal_change, rehearsal_clear, rehearsal_save, rehearsal_send
from signals.views.own import content

UNPROCESSABLE = 422
STEP_URLS = {name: f"signals:practice-step-{name}" for name in ("done", "decline", "reopen", "sheet")}
# What a real report takes over from an exercise that turned out to be none; not the people, for those are invented.
REAL = (
    *("subject_role", "subject_description", "concern", "observed", "told", "opinion", "against"),
    *("happened_on", "happened_time", "happened_about", "known_on", "known_time"),
)


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of an exercise: with the mark on it, and with addresses of exercises only."""
    marked = {"practice": True, "step_urls": STEP_URLS, "search_url": "signals:practice-form"}
    return render(request, template, marked | context, status=status)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """What practising is; begin, go on, or throw it away. What proves to be real becomes a draft of a report."""
    user = person(request)
    kept = work_access.own_rehearsal(user)
    if request.method == "POST":
        if kept and request.POST.get("action") == "real":
            return _make_real(request, user, kept)
        if kept:
            rehearsal_clear(by=user, rehearsal=kept)
            messages.success(request, _("The exercise is gone. Nothing of it was kept."))
        return redirect("signals:practice")
    play = load(kept, user) if kept else None
    context = {
        "running": kept is not None,
        "sent": play is not None,
        "closed": bool(play and play.case.status == rules.CLOSED),
        "about": concern_name(play.case.concern) if play else "",
        "since": kept.created_at if kept else None,
    }
    return page(request, "signals/practice.html", context)


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_form(request: HttpRequest) -> HttpResponse:
    """The first page of the report. The search for a person posts here as well."""
    user = person(request)
    kept = work_access.own_rehearsal(user)
    sector = kept.sector if kept else _sector(user)
    if request.headers.get("HX-Request") == "true":
        return page(request, "signals/_person_results.html", _people(request, sector))
    if kept and kept.rows:  # once it was sent it stays as it is
        if request.method == "POST":
            messages.warning(request, _("This exercise was sent already. Begin again to write another report."))
        return redirect("signals:practice-report")
    if request.method != "POST":
        form = PracticeForm(initial=kept.data if kept else None, user=user, sector=sector)
        return _form_page(request, form, kept)
    if request.POST.get("action") == "search":
        form = PracticeForm(initial=request.POST.dict(), user=user, sector=sector)
        return _form_page(request, form, kept)
    return _typed(request, user, kept, sector)


def _typed(request: HttpRequest, user: User, kept: Rehearsal | None, sector: str) -> HttpResponse:
    """Keep what was typed, and go on when all is there."""
    action = request.POST.get("action", "continue")
    form = PracticeForm(request.POST, user=user, sector=sector, partial=action != "continue")
    valid = form.is_valid()
    if not valid and action != "called":
        return _form_page(request, form, kept, status=UNPROCESSABLE)
    typed = {name: request.POST.get(name, "") for name in form.fields if name not in form.errors}
    called_at = timezone.now() if action == "called" else None
    kept = rehearsal_save(by=user, sector=sector, data=typed, called_at=called_at)
    if not valid:
        return _form_page(request, form, kept, status=UNPROCESSABLE)
    if action == "save":
        messages.success(request, _("The exercise is kept. Only you can see it."))
    where = {"continue": "signals:practice-check", "called": "signals:practice-form"}
    return redirect(where.get(action, "signals:practice"))


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_check(request: HttpRequest) -> HttpResponse:
    """The questions, what was written, who would read it; and then the exercise is sent."""
    user = person(request)
    kept = work_access.own_rehearsal(user)
    if kept is None or kept.rows:
        return redirect("signals:practice-report" if kept else "signals:practice")
    first = PracticeForm(kept.data, user=user, sector=kept.sector)
    if not first.is_valid():
        messages.warning(request, _("Something is still missing or has changed. Please look at it once more."))
        return redirect("signals:practice-form")
    data = first.cleaned_data
    if request.method != "POST":
        return _check_page(request, kept, data, questions_form(data, initial=kept.answers))
    form = questions_form(data, request.POST)
    action = request.POST.get("action", "send")
    if action == "send":
        return _send(request, user, kept, data, form)
    form.is_valid()
    called_at = timezone.now() if action == "called" else None
    rehearsal_save(by=user, sector=kept.sector, answers=form.cleaned_data, called_at=called_at)
    return redirect("signals:practice-check" if action == "called" else "signals:practice-form")


def _send(request: HttpRequest, user: User, kept: Rehearsal, data: dict[str, Any], form: QuestionsForm) -> HttpResponse:
    if not form.is_valid():
        return _check_page(request, kept, data, form)
    try:
        choice = form.cleaned_data["keep_name"]
        content = report.report(data, form.answers(), unnamed=choice == unnamed.LEAVE_OUT)
        story = " ".join(data[name] for name in unnamed.BOXES)
        described = not data["person"]
        if wrong := unnamed.problem(content.facts, choice, report.whom(data), story, described=described):
            form.add_error("keep_name" if unnamed.is_offered(content.facts) else None, wrong)
            return _check_page(request, kept, data, form)
        rehearsal_send(by=user, rehearsal=kept, report=content)
    except FactError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _check_page(request, kept, data, form)
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect("signals:practice")
    return redirect("signals:practice-report")


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_report(request: HttpRequest) -> HttpResponse:
    """The steps, as the writer of a report sees them. A POST pretends a call to 112."""
    user = person(request)
    kept = work_access.own_rehearsal(user)
    play = load(kept, user) if kept else None
    if kept is None or play is None:
        return redirect("signals:practice")
    if request.method == "POST":
        now = timezone.now()
        do(request, user, kept, lambda play: acts.call(play, now))
        return redirect("signals:practice-report")
    return page(request, "signals/signal.html", _report(play, printing="print" in request.GET))


def do(request: HttpRequest, user: User, kept: Rehearsal, act: Callable[[Play], None], said: str = "") -> str:
    """Do something in the exercise. Returns why it can't be done; empty when it was."""
    try:
        rehearsal_change(by=user, rehearsal=kept, act=act)
    except RuleError as error:
        return str(error)
    if said:
        messages.success(request, said)
    return ""


def _report(play: Play, *, printing: bool) -> dict[str, Any]:
    shown = practice_cards(play, filter(writer_sees, play.steps), for_writer=True)
    return {
        "signal": content(play.signal),
        "mine": [card for card in shown if card.mine and card.stands],
        "others": [card for card in shown if not card.mine and card.stands],
        "ended": [card for card in shown if not card.stands],
        "readers": invented.readers(play.school.sector, walled=play.case.walled),
        "walled": play.case.walled,
        "called_url": "" if play.signal.called_112_at else reverse("signals:practice-report"),
        "printing": printing,
        "just_sent": play.case.status == rules.NEW,
        "play_as": function_name(played(play), play.school.sector),
    }


def played(play: Play) -> Role:
    """Whom one plays after sending: who would handle it."""
    return Role.BOARD_OFFICER if play.case.walled else Role.COORDINATOR


def _make_real(request: HttpRequest, user: User, kept: Rehearsal) -> HttpResponse:
    """Take the words over into a draft of a real report. The pretended call to 112 and the people stay behind."""
    words = {name: kept.data[name] for name in REAL if name in kept.data}
    draft = draft_save(by=user, draft=None, data=words, key=kept.reference)  # two clicks make one
    rehearsal_clear(by=user, rehearsal=kept)
    messages.success(request, _("This is now a real draft. Choose whom it is about, check the rest, and send it."))
    return redirect("signals:draft", draft.reference)


def _sector(user: User) -> str:
    """That of the school where somebody works, or of the first one of their board."""
    schools = schools_to_write_for(user)
    return schools[0].sector if schools else Sector.VO.value


def _people(request: HttpRequest, sector: str) -> dict[str, Any]:
    query = request.POST.get("person_query", "")[:80]
    return {
        "people": invented.search(query, sector),
        "query": query,
        "selected": request.POST.get("person", ""),
    }


def _form_page(request: HttpRequest, form: PracticeForm, kept: Rehearsal | None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "writing": writing.for_browser(),
        "draft": kept,
        "called_at": kept.called_112_at if kept else None,
        **_people(request, form.sector),
        "selected": form["person"].value() or "",
    }
    return page(request, "signals/signal_form.html", context, status)


def questions_form(data: dict[str, Any], *args: Any, **kwargs: Any) -> QuestionsForm:
    """The questions that matter for what was chosen."""
    return QuestionsForm(*args, questions=report.questions(data), sector=data["school"].sector, **kwargs)


def _check_page(request: HttpRequest, kept: Rehearsal, data: dict[str, Any], form: QuestionsForm) -> HttpResponse:
    asked = form if form.is_bound else questions_form(data, kept.answers)
    facts = _facts(data, asked)
    found = invented.readers(facts.sector, walled=is_walled(facts))
    context = {
        "form": form,
        "summary": report.summary(data),
        "readers": found,
        "handlers": [reader for reader in found if not reader.on_request],
        "walled": is_walled(facts),
        "unnamed_offered": unnamed.is_offered(facts),
        "called_at": kept.called_112_at,
    }
    return page(request, "signals/signal_check.html", context, UNPROCESSABLE if form.errors else 200)


def _facts(data: dict[str, Any], form: QuestionsForm) -> Facts:
    """As much as is known of them; answers that can't be true together count as none."""
    try:
        return report.facts(data, form.answers() if form.is_valid() else {})
    except FactError:
        return report.facts(data, {})
