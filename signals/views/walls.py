"""Putting a wall around a case by hand, taking it down again, and taking over a case whose owner can't open it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.kept import words_keep
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from signals import access
from signals.errors import RuleError
from signals.forms.case import ReasonForm
from signals.forms.joined import says_joined
from signals.forms.walls import WallForm
from signals.models import Case
from signals.overtaken import overtaken
from signals.services import walls as services
from signals.views.joined import led_on
from signals.walling import WALLERS, WallChoices, wall_choices

CONFLICT, UNPROCESSABLE = 409, 422
NOT_RECORDED = gettext_lazy("There was a wall around this case already. What you sent now was not recorded.")


@guard(Permission.CASE_WALL)
@require_http_methods(["GET", "HEAD", "POST"])
def case_wall(request: HttpRequest, reference: str) -> HttpResponse:
    """Put up a wall. Whoever did it may not see the case any more afterwards."""
    user = person(request)
    if request.method == "POST" and services.changed_just_now(by=user, reference=reference, new=services.UP):
        if _arrived(request, user, reference):
            return _onward(user, reference)
        if not access.visible_cases(user).filter(reference=reference).exists():
            return not_kept(request, user)
    found = access.case(user, reference, to=WALLERS, follow_joined=True)
    choices = wall_choices(found, user)
    form = WallForm(request.POST or None, keepers=choices.keepers, staff=choices.staff)
    if found.walled:
        return _too_late(request, user, found, form)
    if there := led_on(request, found, reference, form):
        return there
    joined = says_joined(form, found, reference)
    if request.method == "POST" and form.is_valid():
        try:
            _wall(user, found, form, choices)
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            _say_walled(request, user, reference)
            return _onward(user, reference)
    context = {"form": form, "readers": choices.readers, "case_ref": found.reference}
    context |= {"case_url": _case_url(user, found), "goes_to": reverse("signals:case-wall", args=[found.reference])}
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_wall.html", context, status=status)


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_unwall(request: HttpRequest, reference: str) -> HttpResponse:
    """Take down a wall that somebody put up by hand."""
    user = person(request)
    if request.method == "POST" and services.changed_just_now(by=user, reference=reference, new=services.DOWN):
        return _onward(user, reference)
    found = access.case(user, reference, to=access.HANDLE, follow_joined=True)
    form = ReasonForm(request.POST or None)
    if there := led_on(request, found, reference, form):
        return there
    joined = says_joined(form, found, reference)
    if request.method == "POST" and form.is_valid():
        try:
            services.case_unwall(by=user, case=found, reason=form.cleaned_data["reason"])
        except RuleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The wall is gone. The team of the school can read the case again."))
            return _onward(user, reference)
    context = {
        "title": _("Take the wall down"),
        "intro": _("Then the team of the school can read this case again. Who was kept out stays kept out."),
        "form": form,
        "button": _("Take the wall down"),
        "case_url": _case_url(user, found),
        "goes_to": reverse("signals:case-unwall", args=[found.reference]),
    }
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_reason.html", context, status=status)


@guard(*access.HANDLE)
@require_POST
def case_take_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Become the owner of a case whose owner can't open it any more."""
    user = person(request)
    found = access.case(user, reference, to=access.HANDLE, follow_joined=True)
    if there := led_on(request, found, reference):
        return there
    try:
        services.case_take_over(by=user, case=found)
        messages.success(request, _("The case is yours now."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:case", reference)


def _wall(user: User, found: Case, form: WallForm, choices: WallChoices) -> None:
    data = form.cleaned_data
    bar = (choices.people[data["bar"]],) if data["bar"] else ()
    keeper = choices.people.get(data["keeper"])  # nobody: the board takes it over
    services.case_wall(by=user, case=found, reason=data["reason"], keeper=keeper, bar=bar)


def _arrived(request: HttpRequest, user: User, reference: str) -> bool:
    """A second click sends what the wall was put up with. The form can't be asked: they may not see the case now."""
    posted, form = request.POST, ReasonForm(request.POST)
    if not posted.get("reason", "").strip():
        return True  # nothing is lost
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    keeper, bar = posted.get("keeper", "")[:12], posted.get("bar", "")[:12]
    return services.wall_arrived(by=user, reference=reference, reason=reason, keeper=keeper, bar=bar)


def _too_late(request: HttpRequest, user: User, found: Case, form: WallForm) -> HttpResponse:
    """There is a wall already: to the case, or what was typed and where it can be kept."""
    if not request.POST.get("reason", "").strip():
        messages.info(request, _("There is a wall around this case already."))
        return _onward(user, found.reference)
    if not access.may(user, found, *access.HANDLE):
        return not_kept(request, user)
    form.is_valid()
    form.add_error(None, NOT_RECORDED)
    title = _("Put up a wall")
    context = {"title": title, "form": form, "no_more": True, "case_url": _case_url(user, found)}
    context |= overtaken(found, form, title)
    return render(request, "signals/case_reason.html", context, status=CONFLICT)


def not_kept(request: HttpRequest, user: User) -> HttpResponse:
    """What came after there was a wall, of who can't see the case: it goes to where words are that did not arrive."""
    words_keep(request, user=user)
    messages.warning(request, str(NOT_RECORDED))
    return redirect("kept_words")


def _say_walled(request: HttpRequest, user: User, reference: str) -> None:
    if access.visible_cases(user).filter(reference=reference).exists():
        text = _("The case is behind a wall now, and you go on with it.")
    else:
        text = _("Case %(reference)s is behind a wall now. You no longer see it; who goes on with it has been told.")
    messages.success(request, text % {"reference": reference})


def out_of_sight(request: HttpRequest, user: User, reference: str) -> HttpResponse | None:
    """After new facts put a case behind a wall: the answer for who did it and can't see it any more."""
    if access.visible_cases(user).filter(reference=reference).exists():
        return None
    _say_walled(request, user, reference)
    return _onward(user, reference)


def walled_just_now(request: HttpRequest, user: User, reference: str) -> bool:
    """A second click on what put the case behind a wall, by who can't see it any more."""
    if request.method != "POST" or not services.changed_just_now(by=user, reference=reference, new=services.UP):
        return False
    return not access.visible_cases(user).filter(reference=reference).exists()


def _onward(user: User, reference: str) -> HttpResponse:
    """To the case, or for who can't see it any more to their own first page."""
    if access.visible_cases(user).filter(reference=reference).exists():
        return redirect("signals:case", reference)
    return redirect("start")


def _case_url(user: User, found: Case) -> str:
    page = "case" if access.may(user, found, *access.READ) else "followup-case"
    return reverse(f"signals:{page}", args=[found.reference])
