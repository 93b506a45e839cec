"""The list of people, one person, and what an administrator does for them that needs no case."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, people, post
from accounts.errors import RoleError
from accounts.factors.services import factors_reset
from accounts.guard import guard
from accounts.models import User
from accounts.people_events import people_event
from accounts.people_forms import InviteForm, NarrowForm, RoleForm, SearchForm
from accounts.requests import person as me
from accounts.roles import Permission
from accounts.services.closing import reset_start, sessions_end
from accounts.services.invitations import invitation_send, invitation_send_again, invitation_withdraw
from accounts.services.roles import role_give
from accounts.stepup import step_up
from audit.actions import Action

UNPROCESSABLE = 422
FILTER = "narrow_%s"  # two forms on one page each need ids of their own
TABS = {
    "working": gettext_lazy("Works here"),
    "invited": gettext_lazy("Invited"),
    "stopped": gettext_lazy("Has stopped"),
}


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def people_list(request: HttpRequest) -> HttpResponse:
    """A tab of the people by name; or, sent with a name, whoever has it."""
    within = access.reach(me(request))
    if request.method == "POST":
        return _found(request, within, SearchForm(request.POST, within=within))
    form = NarrowForm(request.GET, within=within, auto_id=FILTER)
    narrow = form.narrow()
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "working"
    rows, following = people.page(within, narrow, tab, request.GET.get("after", ""))
    _listed(me(request), within, len(rows))
    kept = "".join(f"&{name}={value}" for name, value in vars(narrow).items() if value)
    counts = people.tabs(within, narrow)
    context = {
        "form": SearchForm(initial=vars(narrow), within=within),
        "filter": form,
        "narrowed": bool(kept),
        "narrow": narrow,
        "rows": rows,
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={name}{kept}", "count": counts[name], "current": name == tab}
            for name, label in TABS.items()
        ],
        "post_trouble": post.trouble(within) if tab == "working" else "",
        "page_next": f"?tab={tab}{kept}&after={following}" if following else "",
    }
    return render(request, "accounts/people.html", context)


def _found(request: HttpRequest, within: access.Reach, form: SearchForm) -> HttpResponse:
    valid, narrow = form.is_valid(), form.narrow()
    context: dict[str, Any] = {"form": form, "filter": NarrowForm(vars(narrow), within=within, auto_id=FILTER)}
    if not valid:
        return render(request, "accounts/people.html", {**context, "rows": None}, status=UNPROCESSABLE)
    rows, more = people.find(within, narrow, form.cleaned_data["query"])
    _listed(me(request), within, len(rows))
    context |= {"rows": rows, "more": more, "query": form.cleaned_data["query"]}
    return render(request, "accounts/people.html", context)


@guard(Permission.PEOPLE_EDIT)
@require_safe
def person(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody's roles at this board, and what can be done for them."""
    user = me(request)
    within = access.reach(user)
    found = access.colleague(user, within, reference)
    for board in within.boards:
        people_event(Action.PEOPLE_READ, by=user, board=board, kind="user", ref=found.reference)
    lines = people.lines_of(within, found)
    waiting, works = people.waiting_for(within, found), people.works_here(within, found)
    context = {
        "who": people.name_here(within, found),
        "email": found.email,
        "reference": reference,
        "lines": lines,
        "running": any(not line.over for line in lines),
        "works_here": works,
        "never_in": works and found.last_login is None,
        "mine": found == user,
        "waiting": people.rows_of_invitations([waiting])[0] if waiting else None,
        "waiting_reference": waiting.reference if waiting else "",
    }
    return render(request, "accounts/person.html", context)


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody new. Who works here already is shown; who has an account elsewhere is invited like anybody."""
    user = me(request)
    within = access.reach(user)
    form = InviteForm(request.POST or None, within=within)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if known := people.by_email(within, data["email"]):
            messages.info(request, _("This person works here already. Here you can give another role."))
            return redirect("accounts:person", known.reference)
        try:
            sent = invitation_send(by=user, email=data["email"], name=data["name"], offer=form.offer())
        except RoleError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:person", sent.user.reference)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def role_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a role; to somebody who stopped working here by a new invitation."""
    user = me(request)
    within = access.reach(user)
    found = access.colleague(user, within, reference)
    works, name = people.works_here(within, found), people.name_here(within, found)
    form = RoleForm(request.POST or None, within=within)
    if request.method == "POST" and form.is_valid():
        offer = form.offer()
        try:
            if works:
                role_give(by=user, person=found, **vars(offer))
                messages.success(request, _("The role is given. It works from the next page they open."))
            else:
                invitation_send(by=user, email=found.email, name=name, offer=offer)
                messages.success(request, _("The invitation is on its way."))
        except RoleError as error:
            form.refuse(error)
        else:
            return redirect("accounts:person", reference)
    context = {"form": form, "who": name, "back": reverse("accounts:person", args=[reference]), "works_here": works}
    return render(request, "accounts/role_new.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(Permission.PEOPLE_EDIT)
@require_POST
def invitation_again(request: HttpRequest, reference: str) -> HttpResponse:
    """A new link; the old one stops working."""
    found = access.invitation(me(request), reference)
    try:
        invitation_send_again(by=me(request), invitation=found)
        messages.success(request, _("A new link is on its way. The old one no longer works."))
    except RoleError as error:
        messages.warning(request, str(error))
    return redirect("accounts:person", found.user.reference)


@guard(Permission.PEOPLE_EDIT)
@require_POST
def invitation_withdrawn(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an invitation back."""
    found = access.invitation(me(request), reference)
    try:
        invitation_withdraw(by=me(request), invitation=found)
        messages.success(request, _("The invitation is withdrawn. The link no longer works."))
    except RoleError as error:
        messages.warning(request, str(error))
    return redirect(reverse("accounts:people") + "?tab=invited")


@guard(Permission.PEOPLE_EDIT)
@require_POST
def password_reset(request: HttpRequest, reference: str) -> HttpResponse:
    """Mail somebody the link of a forgotten password; nobody but they see it."""
    return _help(request, reference, reset_start, _("A link to choose a new password is on its way to them."))


@guard(Permission.PEOPLE_EDIT)
@require_POST
def logged_out(request: HttpRequest, reference: str) -> HttpResponse:
    """End all sessions of somebody."""
    return _help(request, reference, sessions_end, _("This person is logged out everywhere."))


@guard(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def second_step_lost(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the second step away of somebody who lost it; the next log-in sets up a new one."""
    user = me(request)
    within = access.reach(user)
    found = access.colleague(user, within, reference)
    if not people.works_here(within, found):
        access.not_found(user, "person", reference)
    if found == user:
        messages.warning(request, _("This is you. Another administrator takes your second step away."))
        return redirect("accounts:person", reference)
    if request.method != "POST":
        return render(request, "accounts/factors_reset.html", {"reference": reference, "who": found.name})
    factors_reset(user=found, by=user)
    messages.success(request, _("The second step is taken away. At the next log-in they set up a new one."))
    return redirect("accounts:person", reference)


def _help(request: HttpRequest, reference: str, do: Any, said: str) -> HttpResponse:
    """Do something for somebody who works here; for others there is nothing to do."""
    user = me(request)
    within = access.reach(user)
    found = access.colleague(user, within, reference)
    if not people.works_here(within, found):
        access.not_found(user, "person", reference)
    do(by=user, person=found, within=within)
    messages.success(request, said)
    return redirect("accounts:person", reference)


def _listed(user: User, within: access.Reach, count: int) -> None:
    for board in within.boards:
        people_event(Action.PEOPLE_LISTED, by=user, board=board, kind="people", details={"people": count})
