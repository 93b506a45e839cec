"""Changing an answer in a case: the steps are looked at again, with the protocol that the report was sent with."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from audit.actions import Action
from escalation.entries import Question
from escalation.facts import Facts
from escalation.protocol import ProtocolError, protocol_of
from signals import access, work_access
from signals.answers import facts_now, questions_of, refuted_question, with_role
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.case import ReasonForm
from signals.forms.facts import CorrectionForm, answers_that_changed, questions_form
from signals.forms.joined import says_joined, says_moved
from signals.forms.questions import QuestionsForm
from signals.models import Case, Signal
from signals.selectors import report_of, reports_of
from signals.services.facts import facts_correct
from signals.services.factwalls import facts_arrived
from signals.views.joined import led_on, led_to_report
from signals.views.walls import not_kept, out_of_sight, walled_just_now
from signals.walling import staff_of

CONFLICT, UNPROCESSABLE = 409, 422


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_facts(request: HttpRequest, reference: str) -> HttpResponse:
    """Change an answer, with a reason. `?melding=` says of which report, where the case holds several."""
    user = person(request)
    if walled_just_now(request, user, reference):
        return redirect("start") if _arrived(request, user, reference) else not_kept(request, user)
    found = access.case(user, reference, to=access.HANDLE, follow_joined=True)
    which = request.GET.get("melding", "").replace("\x00", "")
    if (not request.POST or not which) and (there := led_on(request, found, reference)):
        return there
    report = report_of(found, which) or work_access.report(user, which, to=access.HANDLE)
    went, found = report.case_id != found.pk, report.case
    if went and request.method != "POST":
        return led_to_report(request, found, reference, f"{_url(found)}?melding={which}")
    known = facts_now(report)
    asked = _questions(report, known)
    staff = staff_of(found)
    initial = {"subject_role": known.subject_role, "seen": report.facts_changes.count()}
    labels = [(value, label) for value, (_user, label) in staff.items()]
    form = CorrectionForm(request.POST or None, initial=initial, staff=labels)
    questions = questions_form(known, asked, request.POST or None)
    says_moved(form, found, reference) if went else says_joined(form, found, reference)
    if request.method == "POST" and form.is_valid() and questions.is_valid():
        answers = answers_that_changed(known, asked, questions)
        if form.cleaned_data["subject_role"] != known.subject_role:
            answers = with_role(known, {**answers, "subject_role": form.cleaned_data["subject_role"]})
        try:
            _correct(user, report, form, answers, {value: colleague for value, (colleague, _label) in staff.items()})
            return _after(request, found)
        except RuleError as error:
            report = work_access.report(user, report.reference, to=access.HANDLE)  # it may be theirs no more
            form.add_error(None, str(error))
    return _page(request, found, report, form, questions, moved=found.reference != reference)


def _arrived(request: HttpRequest, user: User, reference: str) -> bool:
    """A second click sends the reason that the wall went up with; other words are not lost with the case."""
    form = ReasonForm(request.POST)
    typed = request.POST.get("reason", "").strip()
    return not typed or (
        form.is_valid() and facts_arrived(by=user, reference=reference, reason=form.cleaned_data["reason"])
    )


def _url(found: Case) -> str:
    return reverse("signals:case-facts", args=[found.reference])


def _questions(report: Signal, known: Facts) -> tuple[Question, ...]:
    """Those of the report, and for every concern whether it proved to be wrong."""
    try:
        asked = questions_of(report, known)
        refuted = refuted_question(protocol_of(report.protocol))
    except ProtocolError:
        return ()
    return (*(one for one in asked if one.fact != "refuted"), *([refuted] if refuted else ()))


def _correct(
    user: User, report: Signal, form: CorrectionForm, answers: dict[str, object], staff: dict[str, User]
) -> None:
    data = form.cleaned_data
    about = staff.get(data["about"])
    facts_correct(
        by=user,
        signal=report,
        answers=answers,
        reason=data["reason"],
        seen=data["seen"],
        keep_out=(about,) if about else (),
    )


def _after(request: HttpRequest, found: Case) -> HttpResponse:
    """To the steps; who can't see the case any more is told so."""
    if gone := out_of_sight(request, person(request), found.reference):
        return gone
    messages.success(request, _("Recorded. The steps have been looked at again."))
    return redirect("signals:case", found.reference)


def _page(
    request: HttpRequest, found: Case, report: Signal, form: CorrectionForm, questions: QuestionsForm, *, moved: bool
) -> HttpResponse:
    case_event(Action.CASE_READ, case=found, by=person(request), to=access.HANDLE)
    wrong = bool(form.errors or questions.errors)
    context = {
        "form": form,
        "questions": questions,
        "report": report,
        "others": [row for row in reports_of(found) if row.pk != report.pk],
        "case_ref": found.reference,
        "case_url": reverse("signals:case", args=[found.reference]),
        "facts_url": _url(found),
    }
    status = CONFLICT if moved else UNPROCESSABLE if wrong else 200
    return render(request, "signals/case_facts.html", context, status=status)
