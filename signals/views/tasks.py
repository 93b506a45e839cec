"""Tasks in a case: made, changed, ended, opened again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.selectors import calendar_of
from escalation.texts import concern_name
from signals import access, rules, work_access
from signals.about import involved
from signals.casepeople import people_in
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.about import ask_whom, chosen
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.forms.tasks import TaskEndForm, TaskForm
from signals.models import Case, Task
from signals.services import tasks as services
from signals.told import assignees_of
from signals.views.joined import led_on
from signals.work import task_row

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Make a task."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    form, people = _form(request, case, {"assignee": user.reference}), involved(people_in(case))
    ask_whom(form, people)
    if there := led_on(request, case, reference, form):
        return there
    joined = says_joined(form, case, reference)
    if request.method == "POST" and form.is_valid():
        try:
            about = chosen(form, people)
            task = services.task_add(by=user, case=case, wanted=form.wanted(), key=_key(form), person=about)
            return redirect(services.address(task))
        except RuleError as error:
            case = access.case(user, case.reference, to=HANDLE)  # it may be theirs no more
            refuse(form, error)
    context = {**_page(case), "form": form, "in_hand": case.status in rules.ACTIVE or form.is_bound}
    context["goes_to"] = reverse("signals:task-new", args=[case.reference]) if joined else ""
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/task_new.html", context, status=status)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def task_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a task. Who was later than a colleague sees both: what it says now, and what they typed."""
    user = person(request)
    task = work_access.task(user, reference, to=HANDLE)
    initial = {"text": task.text, "assignee": task.assignee.reference, "due_on": task.due_on}
    form = _form(request, task.case, {**initial, "remind": task.remind, "version": task.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.task_change(by=user, task=task, wanted=form.wanted(), version=version or 0)
            messages.success(request, _("The task is changed. What it said before stays with the case."))
            return redirect(services.address(task))
        except RuleError as error:
            task = work_access.task(user, reference, to=HANDLE)
            form.add_error(None, str(error))
            form.data = {**request.POST.dict(), "version": str(task.version)}
    _read(user, task)
    context = {
        **_page(task.case),
        "form": form,
        "task": task_row(task, timezone.localdate(), user.pk),
        "changed": form.is_bound and bool(form.non_field_errors()),
    }
    return render(request, "signals/task_change.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(*access.ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def task_end(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that a task was done, or why it is not; for who handles the case, and for whose task it is."""
    user = person(request)
    task = _own_or_handled(user, reference)
    form = TaskEndForm(request.POST if request.method == "POST" else None, initial={"version": task.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, to = data["outcome"] == "done", _way(user, task.case)
        try:
            services.task_end(by=user, task=task, done=done, text=data["text"], version=data["version"], to=to)
            messages.success(request, _("Recorded. You can open the task again if this was a mistake."))
            return redirect(services.address(task))
        except RuleError as error:
            task = _own_or_handled(user, reference)
            form.add_error(None, str(error))
            form.data = {**request.POST.dict(), "version": str(task.version)}
    _read(user, task)
    context = {**_page(task.case), "form": form, "task": task_row(task, timezone.localdate(), user.pk)}
    return render(request, "signals/task_end.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(*access.ADD)
@require_POST
def task_reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Undo that a task was ended."""
    user = person(request)
    task = _own_or_handled(user, reference)
    try:
        services.task_reopen(by=user, task=task, to=_way(user, task.case))
        messages.success(request, _("The task is open again."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect(services.address(task))


def _own_or_handled(user: User, reference: str) -> Task:
    task = work_access.task(user, reference, to=access.ADD)
    if task.assignee_id != user.pk and not access.may(user, task.case, *HANDLE):
        access.forbidden(user, task.case, "task is of another")
    return task


def _way(user: User, case: Case) -> tuple[Permission, ...]:
    """By what this person may, for the trail."""
    way = access.sight(user).way(case)
    return (way,) if way else access.ADD


def _read(user: User, task: Task) -> None:
    """What a task says is a part of the story."""
    case_event(Action.CASE_READ, case=task.case, by=user, to=_way(user, task.case), kind="task", ref=task.reference)


def _form(request: HttpRequest, case: Case, initial: dict[str, Any]) -> TaskForm:
    data = request.POST if request.method == "POST" else None
    return TaskForm(data, initial=initial, people=assignees_of(case), calendar=calendar_of(case.school))


def _key(form: TaskForm) -> str:
    return str(form.cleaned_data["key"])


def _page(case: Case) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "concern": concern_name(case.concern),
        "case_url": reverse("signals:case", args=[case.reference]) + "#tasks",
    }
