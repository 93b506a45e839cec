"""Practice: what the coordinator does with the case, and what the principal would see of it. One plays them oneself."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from escalation.entries import Question
from escalation.facts import Facts
from escalation.hats import function_name
from signals import followup as mirror
from signals import rules, work_access, writing
from signals.about import name_of
from signals.answers import facts_now, questions_of, refuted_question, with_role
from signals.errors import RuleError
from signals.forms.case import CloseForm, ReasonForm, TextForm
from signals.forms.facts import CorrectionForm, answers_that_changed, questions_form
from signals.models import FactsChange, Rehearsal
from signals.models.facts import FactsSource
from signals.practice import acts, invented
from signals.practice.play import Play, load
from signals.practice.shown import changes, practice_cards, story
from signals.views.case import in_order
from signals.views.case_status import INTROS, MOVES, Act, summary
from signals.views.practice import UNPROCESSABLE, do, page, played

CASE_URL = "signals:practice-case"


def own_play(request: HttpRequest) -> tuple[User, Rehearsal, Play] | None:
    """Who practises and what they sent; None when nothing was sent yet."""
    user = person(request)
    kept = work_access.own_rehearsal(user)
    play = load(kept, user) if kept else None
    return (user, kept, play) if kept and play else None


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_case(request: HttpRequest) -> HttpResponse:
    """The case as who handles it sees it. A POST takes it, or writes a note in it."""
    if (found := own_play(request)) is None:
        return redirect("signals:practice")
    user, kept, play = found
    form = TextForm(request.POST if "text" in request.POST else None, label=_("Note"))
    if request.method != "POST":
        return _case_page(request, play, form)
    if not form.is_bound:
        if wrong := do(request, user, kept, acts.take, _("The case is yours now.")):
            messages.warning(request, wrong)
        return redirect(CASE_URL)
    if not form.is_valid():
        return _case_page(request, play, form)
    data = form.cleaned_data
    if wrong := do(request, user, kept, lambda play: acts.note(play, data["text"], str(data["key"]))):
        form.add_error(None, wrong)
        return _case_page(request, play, form)
    return redirect(CASE_URL)


def _case_page(request: HttpRequest, play: Play, form: TextForm) -> HttpResponse:
    order = "old" if request.GET.get("order") == "old" else "new"
    active = play.case.status in rules.ACTIVE
    context = {
        "case": summary(play.case),
        "works_as": playing(play),
        "people": [{"name": name_of(play.person), "role_label": summary(play.case)["about"]}],
        **in_order(practice_cards(play, can_record=active)),
        "entries": story(play, newest_first=order == "new"),
        "order": order,
        "order_url": "?order=old" if order == "new" else "?order=new",
        "readers": invented.readers(play.school.sector, walled=play.case.walled),
        "note_form": form,
        "writing": writing.for_browser(),
        **_actions(play.case.status),
    }
    context["can"]["note"] |= form.is_bound
    return page(request, "signals/case.html", context, UNPROCESSABLE if form.errors else 200)


def playing(play: Play) -> str:
    """Whom one plays, as a sentence."""
    return _("In this exercise you are the %(function)s.") % {
        "function": function_name(played(play), play.school.sector)
    }


def _actions(status: str) -> dict[str, Any]:
    moves = [name for name in MOVES if rules.can_move(status, name)]

    def url(name: str) -> str:
        return reverse("signals:practice-act", args=[name])

    return {
        "can": {
            "take": status == rules.NEW,
            "note": status in rules.ACTIVE,
            "move": bool(moves),
            "close": rules.can_move(status, rules.CLOSED),
            "facts": status in rules.ACTIVE,
            "reopen": rules.can_move(status, rules.REOPENED),
        },
        "moves": [{"label": MOVES[name], "url": url(name)} for name in moves],
        "take_url": reverse(CASE_URL),
        "note_url": reverse(CASE_URL),
        "facts_url": url("antwoorden"),
        "close_url": url("sluiten"),
        "reopen_url": url("heropenen"),
    }


@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_act(request: HttpRequest, act: str) -> HttpResponse:
    """What needs a page of its own: another status, other answers, closing, opening again."""
    if (found := own_play(request)) is None:
        return redirect("signals:practice")
    pages = {"antwoorden": _facts, "sluiten": _close, "heropenen": _reopen}
    return pages.get(act, _move)(request, act, *found)


def _move(request: HttpRequest, act: str, user: User, kept: Rehearsal, play: Play) -> HttpResponse:
    def what(play: Play, reason: str) -> None:
        acts.move(play, act, reason)

    return _reason(request, user, kept, what, Act(str(MOVES[act]), _("Change the status"), act))


def _reopen(request: HttpRequest, act: str, user: User, kept: Rehearsal, play: Play) -> HttpResponse:
    again = Act(_("Reopen the case"), _("Reopen the case"), rules.REOPENED)
    return _reason(request, user, kept, acts.reopen, again)


def _reason(
    request: HttpRequest, user: User, kept: Rehearsal, what: Callable[[Play, str], None], shown: Act
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if not (wrong := do(request, user, kept, lambda play: what(play, reason))):
            return redirect(CASE_URL)
        form.add_error(None, wrong)
    context = {"title": shown.title, "intro": INTROS[shown.to], "form": form, "button": shown.button}
    context["case_url"] = reverse(CASE_URL)
    return page(request, "signals/case_reason.html", context, UNPROCESSABLE if form.errors else 200)


def _close(request: HttpRequest, act: str, user: User, kept: Rehearsal, play: Play) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        said = _("The case is closed. That was the whole exercise; below you see what you did.")
        if not (wrong := do(request, user, kept, lambda play: acts.close(play, data["outcome"], data["reason"]), said)):
            return redirect(CASE_URL)
        form.add_error(None, wrong)
    musts = [step for step in play.steps if step.state == rules.STEP_OPEN and step.obligation == "must"]
    context = {
        "case": summary(play.case),
        "form": form,
        "open_musts": practice_cards(play, musts, can_record=True),
        "case_url": reverse(CASE_URL),
    }
    return page(request, "signals/case_close.html", context, UNPROCESSABLE if form.errors else 200)


def _asked(play: Play, known: Facts) -> tuple[Question, ...]:
    """The questions of the report, and for every concern whether it proved to be wrong; not an age that is known."""
    refuted = refuted_question(acts.protocol_in(play))
    born = bool(play.person.pupil and play.person.pupil.birth_date)
    gone = {"refuted", "subject_is_minor"} if born else {"refuted"}
    asked = tuple(one for one in questions_of(play.signal, known) if one.fact not in gone)
    return (*asked, *([refuted] if refuted else ()))


def _facts(request: HttpRequest, act: str, user: User, kept: Rehearsal, play: Play) -> HttpResponse:
    known = facts_now(play.signal)
    try:
        asked = _asked(play, known)
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect(CASE_URL)
    initial = {"subject_role": known.subject_role, "seen": len(play.corrections)}
    form = CorrectionForm(request.POST or None, initial=initial, staff=[])
    questions = questions_form(known, asked, request.POST or None)
    if request.method == "POST" and form.is_valid() and questions.is_valid():
        answers = answers_that_changed(known, asked, questions)
        role, reason = form.cleaned_data["subject_role"], form.cleaned_data["reason"]
        answers = with_role(known, {**answers, "subject_role": role})
        change = FactsChange(source=FactsSource.CORRECTION, reason=reason)
        said = _("Recorded. The steps have been looked at again.")
        if not (wrong := do(request, user, kept, lambda play: acts.correct_by_hand(play, answers, change), said)):
            return redirect(CASE_URL)
        form.add_error(None, wrong)
    context = {
        "form": form,
        "questions": questions,
        "report": play.signal,
        "case_ref": play.case.reference,
        "case_url": reverse(CASE_URL),
    }
    return page(request, "signals/case_facts.html", context, UNPROCESSABLE if form.errors or questions.errors else 200)


@guard(Permission.SIGNAL_WRITE)
@require_safe
def practice_follow(request: HttpRequest) -> HttpResponse:
    """The same case as the principal sees it: steps and times, without the story."""
    if (found := own_play(request)) is None:
        return redirect("signals:practice")
    _user, _kept, play = found
    context = {
        "case": summary(play.case),
        "works_as": _("This is what the principal would see."),
        "steps": mirror.follow_steps(play.case, play.steps),
        "counts": mirror.counts(play.steps),
        "times": mirror.times(play.case),
        "changes": changes(play),
        "readers": invented.readers(play.school.sector, walled=play.case.walled),
    }
    return page(request, "signals/followup_case.html", context)
