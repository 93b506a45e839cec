"""A meeting about a case: recording and moving it, its page, which prints well, and what is added to it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.selectors import calendar_of
from escalation.texts import concern_name
from signals import access, rules, work_access
from signals.about import involved, names_of, whom
from signals.casepeople import people_in
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.forms.about import ask_whom, chosen
from signals.forms.joined import says_joined
from signals.forms.meetings import DecisionsForm, MeetingAddForm, MeetingForm, MeetingMoveForm
from signals.forms.refusing import refuse
from signals.models import Case, Meeting
from signals.selectors import lines_of
from signals.services import meetings as services
from signals.told import assignees_of, holders
from signals.views.joined import led_on
from signals.work import meeting_row

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Record a meeting that was held or is to come."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    people = assignees_of(case)
    data = request.POST if request.method == "POST" else None
    form = MeetingForm(data, people=people, staff=_staff(case, people), initial=_today(user))
    involved_here = involved(people_in(case))
    ask_whom(form, involved_here)
    if there := led_on(request, case, reference, form):
        return there
    joined = says_joined(form, case, reference)
    if request.method == "POST" and form.is_valid():
        held = replace(form.held(), person=chosen(form, involved_here))
        try:
            row = services.meeting_record(by=user, case=case, held=held, key=str(form.cleaned_data["key"]))
            _warn(request, case, form)
            if row.starts_at > timezone.now():
                _say_untold(request, row, held)
            return redirect("signals:meeting", row.reference)
        except RuleError as error:
            case = access.case(user, case.reference, to=HANDLE)  # it may be theirs no more
            refuse(form, error)
    context = {**_page(case), "form": form, "in_hand": case.status in rules.ACTIVE or form.is_bound}
    context["goes_to"] = reverse("signals:meeting-new", args=[case.reference]) if joined else ""
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/meeting_new.html", context, status=status)


@guard(*access.READ)
@require_safe
def meeting(request: HttpRequest, reference: str) -> HttpResponse:
    """One meeting. Reading it is reading the case, and is recorded as such."""
    user = person(request)
    found = work_access.meeting(user, reference, to=access.READ)
    way = access.sight(user).way(found.case)
    case_event(
        Action.CASE_READ, case=found.case, by=user, to=(way,) if way else access.READ, kind="meeting", ref=reference
    )
    handles = access.may(user, found.case, *HANDLE)
    row = meeting_row(found, lines_of(found))
    context = {
        **_page(found.case),
        "meeting": row,
        "made_by": found.made_by.name,
        "about": names_of(whom(found.person), involved(people_in(found.case))) if found.person else "",
        "printing": "print" in request.GET,
        "school": found.case.school.name,
        "can_add": handles and (found.case.status in rules.ACTIVE or _may_cancel(found)),
        "can_move": handles and found.case.status in rules.ACTIVE and row.to_come,
    }
    return render(request, "signals/meeting.html", context)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_move(request: HttpRequest, reference: str) -> HttpResponse:
    """Change when, where or with whom it is. Who was later than a colleague sees both, and chooses."""
    user = person(request)
    found = work_access.meeting(user, reference, to=HANDLE)
    row, form, status = meeting_row(found, lines_of(found)), _move_form(request, found), 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            moved = services.meeting_move(by=user, meeting=found, planned=form.planned(), version=version)
            if moved.version == version:
                messages.info(request, _("You changed nothing: the meeting is as it was."))
            else:
                _say_moved(request, moved, form)
            return redirect("signals:meeting", reference)
        except RuleError as error:
            status = CONFLICT if isinstance(error, OvertakenError) else UNPROCESSABLE
            found = work_access.meeting(user, reference, to=HANDLE)
            row = meeting_row(found, lines_of(found))
            form.add_error(None, str(error))
            form.data = _with_version(request.POST, found.version)
    case_event(Action.CASE_READ, case=found.case, by=user, to=HANDLE, kind="meeting", ref=reference)
    context = {**_page(found.case), "form": form, "meeting": row, "changed": status == CONFLICT}
    context["can_move"] = row.to_come and found.case.status in rules.ACTIVE
    status = UNPROCESSABLE if form.errors and status == 200 else status
    return render(request, "signals/meeting_move.html", context, status=status)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add something to a meeting, or correct it; what stood there stays."""
    user = person(request)
    found = work_access.meeting(user, reference, to=HANDLE)
    row = meeting_row(found, lines_of(found))
    data = request.POST if request.method == "POST" else None
    form = MeetingAddForm(data, people=assignees_of(found.case), to_come=row.to_come)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            services.meeting_add(
                by=user,
                meeting=found,
                text=sent["text"],
                key=str(sent["key"]),
                decisions=form.decisions(),
                cancel=sent.get("cancel", False),
            )
            _warn(request, found.case, form)
            if sent.get("cancel"):
                _say_untold(request, found, services.plan_of(found))
            return redirect("signals:meeting", reference)
        except RuleError as error:
            found = work_access.meeting(user, reference, to=HANDLE)
            refuse(form, error)
    context = {**_page(found.case), "form": form, "meeting": row}
    return render(request, "signals/meeting_add.html", context, status=UNPROCESSABLE if form.errors else 200)


def _may_cancel(found: Meeting) -> bool:
    """Of a closed case it can still be said that a meeting does not take place."""
    to_come = found.cancelled_at is None and found.starts_at > timezone.now()
    return found.case.status == rules.CLOSED and to_come


def _move_form(request: HttpRequest, found: Meeting) -> MeetingMoveForm:
    """With who is there now, also when they could not be chosen today."""
    plan, people = services.plan_of(found), assignees_of(found.case)
    staff = _staff(found.case, people)
    staff += [user for user in plan.present if user not in staff]
    data = request.POST if request.method == "POST" else None
    return MeetingMoveForm(data, plan=plan, version=found.version, people=people, staff=staff)


def _say_moved(request: HttpRequest, meeting: Meeting, form: MeetingMoveForm) -> None:
    """That it is changed, and who gets no mail."""
    messages.success(request, _("The meeting is changed. What it was stays with the case."))
    _say_untold(request, meeting, form.planned())


def _say_untold(request: HttpRequest, meeting: Meeting, plan: services.Planned) -> None:
    """Who gets no mail: who can't open the case, and who is from outside."""
    told = services.to_tell(meeting, plan.present)
    others = [user.name for user in plan.present if user not in told] + [other.who for other in plan.outsiders]
    if others:
        messages.info(
            request, _("Tell these people yourself, they get no mail: %(names)s.") % {"names": ", ".join(others)}
        )


def _with_version(sent: QueryDict, version: int) -> QueryDict:
    """What somebody sent, on top of what a colleague made of it meanwhile."""
    found = sent.copy()
    found["version"] = str(version)
    return found


def _staff(case: Case, people: list[User]) -> list[User]:
    """Who of the school can be chosen as present: who may open the case, and its principals; others are typed."""
    follow = [] if case.walled else holders(case, Permission.CASE_FOLLOW)
    return people + [user for user in follow if user not in people and access.may(user, case, Permission.CASE_FOLLOW)]


def _today(user: User) -> dict[str, Any]:
    now = timezone.localtime()
    return {"held_on": now.date(), "held_at": now.time().replace(second=0, microsecond=0), "present": [user.reference]}


def _warn(request: HttpRequest, case: Case, form: DecisionsForm) -> None:
    """A task of a decision on a day on which the school is closed."""
    calendar = calendar_of(case.school)
    days = [decision.due_on for decision in form.decisions() if decision.due_on]
    if any(not calendar.is_school_day(day) for day in days):
        messages.warning(request, _("A task is due on a day on which the school is closed. You can change that."))


def _page(case: Case) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "concern": concern_name(case.concern),
        "case_url": reverse("signals:case", args=[case.reference]) + "#meetings",
    }
