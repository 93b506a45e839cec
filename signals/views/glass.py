"""Break-glass: a case outside one's reach, for an hour; and the list of what still has to be looked into."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.refusals import record_refusal
from accounts.requests import person
from accounts.roles import Permission
from accounts.stepup import step_up
from audit.actions import Action
from signals import access, glass_access, glasses
from signals.errors import RuleError
from signals.events import private_event
from signals.forms.glass import GlassForm, ReviewForm
from signals.paging import page_by_id
from signals.services.glass import glass_break as open_case
from signals.services.glass import glass_review as write_review

UNPROCESSABLE, TOO_MANY = 422, 429
TOO_OFTEN = "too many tries"


@guard(Permission.BREAK_GLASS)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def glass_break(request: HttpRequest) -> HttpResponse:
    """Open a case by its number and a reason. One answer for every number that can't be opened, whatever the cause."""
    form = GlassForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _break_page(request, form)
    user, reference = person(request), form.cleaned_data["reference"]
    if not ratelimit.consume(request, action="break_glass", user=user):
        record_refusal(user, kind="case", ref=reference, rule=TOO_OFTEN)
        form.add_error(None, _("You have tried too many numbers. Wait an hour, and ask for the right number first."))
        return _break_page(request, form, TOO_MANY)
    found = access.case_behind_glass(user, reference)
    if found is None:
        record_refusal(user, kind="case", ref=reference, rule="not visible")
        form.add_error("reference", _("You can't open this number. Check it with whoever gave it to you."))
        return _break_page(request, form)
    if not access.may(user, found):
        open_case(by=user, case=found, reason=form.cleaned_data["reason"])
    return redirect("signals:case", found.reference)


@guard(Permission.BREAK_SEE)
@require_safe
def glass(request: HttpRequest) -> HttpResponse:
    """What was opened by break-glass: first what waits for somebody to look into it, then what was looked into."""
    user = person(request)
    seen = access.sight(user)
    waiting = list(glasses.waiting(seen, user)[: glasses.MOST_WAITING])
    after = request.GET.get("after", "")
    reviewed, following = page_by_id(glasses.reviewed(seen, user), after)
    rows = glasses.glass_rows([*waiting, *reviewed], seen, user)
    references = [row.case_ref for row in rows]
    private_event(Action.CASE_LISTED, by=user, kind="list", details={"tab": "glass", "cases": references})
    context = {
        "waiting": rows[: len(waiting)],
        "reviewed": rows[len(waiting) :],
        "page_next": f"?after={following}" if following else "",
    }
    return render(request, "signals/glass.html", context)


@guard(Permission.BREAK_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def glass_review(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down what came of looking into it; never what one did oneself."""
    user = person(request)
    seen = access.sight(user)
    found = glass_access.glass_to_review(user, seen, reference)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_review(by=user, glass=found, review=form.cleaned_data["review"])
            messages.success(request, _("Written down. It no longer waits."))
            return redirect("signals:glass")
        except RuleError as error:
            form.add_error(None, str(error))
    context = {"form": form, "row": glasses.glass_rows([found], seen, user)[0]}
    return render(request, "signals/glass_review.html", context, status=UNPROCESSABLE if form.errors else 200)


def _break_page(request: HttpRequest, form: GlassForm, status: int = UNPROCESSABLE) -> HttpResponse:
    return render(request, "signals/glass_break.html", {"form": form}, status=status if form.errors else 200)
