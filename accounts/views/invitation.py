"""The link of an invitation, for whoever got it. Looking at it changes nothing: programs that scan mail do so too."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.forms import NewPasswordForm
from accounts.guard import public
from accounts.models import Invitation
from accounts.services.invitations import invitation_accept
from accounts.sso.config import all_accounts, find
from accounts.sso.steps import JOIN, errand
from accounts.sso.views import leave

GONE, CONFLICT, UNPROCESSABLE = 410, 409, 422


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Choose a password, or go on with a school account; with an account that is open already: accept."""
    found = access.by_link(reference, token)
    if found is None:
        return _dead(request)
    if request.user.is_authenticated and request.user != found.user:
        who = {"who": request.user.get_full_name()}
        return render(request, "accounts/invitation_other.html", who, status=_refused(request))
    if found.user.is_active:
        return _accept(request, found, token)
    if request.method == "POST" and (school := find(request.POST.get("provider", ""))):
        return leave(request, school, errand(JOIN, invitation=(reference, token)), "")
    form = NewPasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        if invitation_accept(invitation=found, token=token, password=form.cleaned_data["password1"]) is None:
            return _dead(request)
        messages.success(request, _("Your password is kept. Log in with it now."))
        return redirect("account_login")
    context: dict[str, object] = {"form": form, "school_accounts": all_accounts(), **_offer(found)}
    return render(request, "accounts/invitation.html", context, status=UNPROCESSABLE if form.errors else 200)


def _accept(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """With an open account: log in first, then one button."""
    here = request.user.is_authenticated
    if request.method == "POST" and here:
        if invitation_accept(invitation=found, token=token) is None:
            return _dead(request)
        messages.success(request, _("The role is yours now."))
        return redirect("start")
    context = {"logged_in": here, "here": request.path, **_offer(found)}
    return render(request, "accounts/invitation_join.html", context, status=200 if here else _refused(request))


def _offer(found: Invitation) -> dict[str, object]:
    return {
        "board": found.board.name,
        "place": str(found.school or found.board),
        "role": found.get_role_display(),
        "email": found.user.email,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
    }


def _refused(request: HttpRequest) -> int:
    return CONFLICT if request.method == "POST" else 200


def _dead(request: HttpRequest) -> HttpResponse:
    """Used, withdrawn, too old, forged: nobody learns which."""
    return render(request, "accounts/invitation_dead.html", status=GONE)
