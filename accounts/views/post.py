"""Mail and background work, for the administrator; and for everybody when they want mail."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, post
from accounts.guard import guard
from accounts.jobs import beats
from accounts.message_forms import MessagesForm
from accounts.models import User
from accounts.people_events import people_event
from accounts.requests import person as me
from accounts.roles import Permission
from accounts.selectors import wish_of
from accounts.services.post import job_drop, job_retry, mail_choose, mail_drop, mails_retry
from audit.actions import Action

UNPROCESSABLE = 422


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def post_and_work(request: HttpRequest) -> HttpResponse:
    """What waits, what was given up, and whether the worker runs; try again, or let go."""
    user = me(request)
    within = access.reach(user)
    if request.method == "POST":
        _act(request, user, within)
        return redirect("accounts:post")
    mails, more_mails = post.mails(within)
    jobs, more_jobs = post.jobs(within)
    for board in within.boards:
        people_event(Action.POST_LISTED, by=user, board=board, kind="post", details={"mails": len(mails)})
    parts = beats.parts()
    context = {
        "parts": parts,
        "stopped": any(part.stopped for part in parts),
        "waiting": post.waiting(within),
        "mails": mails,
        "more_mails": more_mails,
        "jobs": jobs,
        "more_jobs": more_jobs,
    }
    return render(request, "accounts/post.html", context)


def _act(request: HttpRequest, user: User, within: access.Reach) -> None:
    """What somebody else did already is done; a second click does nothing."""
    action, _colon, key = request.POST.get("action", "").partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None
    if action == "mails-retry":
        count = mails_retry(by=user, within=within, mail=None)
    elif number is None or action not in ACTIONS:
        count = 0
    else:
        count = ACTIONS[action](user, within, number)
    if not count:
        messages.info(request, _("That was done already."))
    elif action.endswith("retry"):
        messages.success(request, _("It is tried again now."))
    else:
        messages.success(request, _("It is given up, and no longer stands here."))


ACTIONS: dict[str, Callable[[User, access.Reach, int], int]] = {
    "mail-retry": lambda by, within, key: mails_retry(by=by, within=within, mail=key),
    "mail-drop": lambda by, within, key: mail_drop(by=by, within=within, mail=key),
    "job-retry": lambda by, within, key: job_retry(by=by, within=within, job=key),
    "job-drop": lambda by, within, key: job_drop(by=by, within=within, job=key),
}


@guard(Permission.START)
@require_http_methods(["GET", "HEAD", "POST"])
def my_messages(request: HttpRequest) -> HttpResponse:
    """When somebody wants mail about cases: at once or together, and at which hours not."""
    user = me(request)
    data = request.POST if request.method == "POST" else None
    form = MessagesForm(data, initial=MessagesForm.filled(wish_of(user)))
    if form.is_valid():
        mail_choose(by=user, wish=form.wish())
        messages.success(request, _("Saved. What waits for you follows it too."))
        return redirect("accounts:messages")
    return render(request, "accounts/messages.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)
