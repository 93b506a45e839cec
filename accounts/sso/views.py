"""The way to a provider and back. Of django-allauth's own pages none exists."""

from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.httpkit import deserialize_request
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.base import AuthProcess, Provider, ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.saml import views as saml_views
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from onelogin.saml2.errors import OneLogin_Saml2_Error
from requests import RequestException

from accounts.guard import guard, public
from accounts.requests import person
from accounts.roles import Permission
from accounts.sso import proof, saml, services
from accounts.sso.arrival import Problem, problem_page, turn_away
from accounts.sso.config import OIDC, SAML, SchoolAccount, all_accounts, find
from accounts.sso.oidc import OidcAdapter
from accounts.sso.steps import CONFIRM, CONNECT, ENTER, JOIN, errand
from accounts.stepup import step_up

ACS_COOKIE = "saml-acs-session"
ONLY_WAY_IN = gettext_lazy(
    "This is your only way in. Log out and choose “Forgot your password?” first, to get a password here."
)
UNAVAILABLE = (RequestException, ProviderException, OAuth2Error, OneLogin_Saml2_Error)


def _account(slug: str, kind: str = "") -> SchoolAccount:
    found = find(slug)
    if found is None or (kind and found.kind != kind):
        raise Http404
    return found


def leave(request: HttpRequest, account: SchoolAccount, data: dict[str, Any], next_url: str) -> HttpResponse:
    """Show the page that takes the browser to the provider.

    It is a page and no redirect, because a browser holds a form to `form-action` all along the redirects that follow
    it, and which hosts a provider sends somebody to can't be known beforehand.
    """
    provider: Provider = get_adapter(request).get_provider(request, provider=account.slug)
    process = AuthProcess.LOGIN if data["step"] in (ENTER, JOIN) else AuthProcess.REDIRECT
    try:
        there: HttpResponse = provider.redirect(request, process=process, next_url=next_url, data=data)
    except UNAVAILABLE:
        return problem_page(request, account, Problem.UNAVAILABLE)
    if there.status_code != 302:  # django-allauth found something wrong, and our adapter made the page
        return there
    return render(request, "account/sso_leave.html", {"account": account, "url": there["Location"]})


@public
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Log in with a school account."""
    account = _account(slug)
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return leave(request, account, errand(ENTER), get_next_redirect_url(request) or "")


@public
@require_safe
def oidc_return(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from an OpenID Connect provider."""
    account = _account(slug, OIDC)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(OidcAdapter(request, slug))(request)
    except RequestException:
        return problem_page(request, account, Problem.UNAVAILABLE)
    except (ProviderException, OAuth2Error) as error:
        turn_away(request, account, Problem.UNFINISHED, "the answer does not hold", request.user, error)
    return response


@public
@wraps(saml_views.acs)  # takes over that a form of another site may be posted here
def saml_acs(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Back from a SAML provider, with a form of that site and so without our cookies.

    django-allauth puts what was posted in a session of its own and goes on with a request that does have them.
    """
    account = _account(organization_slug, SAML)
    if request.method != "POST" or not 0 < len(request.POST.get("SAMLResponse", "")) <= saml.LONGEST:
        return problem_page(request, account, Problem.UNFINISHED)
    response: HttpResponse = saml_views.acs(request, organization_slug=organization_slug)
    response.cookies[ACS_COOKIE]["httponly"] = True
    return response


@public
@require_safe
def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """The rest of a SAML log-in."""
    account = _account(organization_slug, SAML)
    posted = LoginSession(request, "saml_acs_session", ACS_COOKIE)
    kept = posted.store.get("request")
    posted.delete()
    provider = get_adapter(request).get_provider(request, provider=account.slug)
    try:
        answer = deserialize_request(kept, HttpRequest()).POST.get("SAMLResponse", "") if kept else ""
        answered, seen = saml.read(account, answer)
        login = provider.sociallogin_from_response(request, seen)
        login.state = provider.unstash_redirect_state(request, answered)
    except ProviderException as error:
        turn_away(request, account, Problem.UNFINISHED, "the answer does not hold", request.user, error)
    except PermissionDenied:
        turn_away(request, account, Problem.UNFINISHED, "nobody here asked for this answer", request.user)
    found: HttpResponseBase = complete_social_login(request, login)
    return found


@public
@require_safe
def saml_metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What a SAML provider needs to know of this program."""
    return HttpResponse(saml.metadata(_account(organization_slug, SAML)), content_type="text/xml")


@guard(Permission.START)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Step-up with a school account: the provider asks again."""
    account = proof.account_of(request) or services.account_to_confirm(person(request))
    next_url = get_next_redirect_url(request) or reverse(settings.LOGIN_REDIRECT_URL)
    if account is None:
        return redirect("account_reauthenticate")
    if request.method == "POST":
        return leave(request, account, errand(CONFIRM, person(request)), next_url)
    found = {"account": account, "next": next_url, "own": person(request).has_usable_password()}
    return render(request, "account/sso_confirm.html", found)


@guard(Permission.START)
@require_http_methods(["GET", "HEAD", "POST"])
@step_up
def links(request: HttpRequest) -> HttpResponse:
    """With which school accounts somebody can log in; linking one, and undoing it."""
    user = person(request)
    linked = services.links_of(user)
    error = ""
    if request.method == "POST":
        account = find(request.POST.get("provider", ""))
        if account is None:
            error = _("Choose one of the accounts below.")
        elif request.POST.get("action") == "link":
            return leave(request, account, errand(CONNECT, user), reverse("sso_links"))
        elif set(linked) <= {account.slug} and not user.has_usable_password():
            error = str(ONLY_WAY_IN)
        else:
            services.identity_unlink(by=user, user=user, slug=account.slug)
            return HttpResponseRedirect(reverse("sso_links"))
    found = [{"account": account, "linked": account.slug in linked} for account in all_accounts()]
    status = 422 if error else 200
    return render(request, "account/sso_links.html", {"found": found, "error": error}, status=status)
