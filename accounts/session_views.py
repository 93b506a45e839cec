"""One's own sessions, what an open page asks about them, and what was typed when one had just ended."""

from allauth.account import views as allauth_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept, sessions
from accounts.guard import guard, public
from accounts.idle import quiet, state
from accounts.requests import person
from accounts.roles import Permission


@public
def log_out(request: HttpRequest) -> HttpResponseBase:
    """Also for somebody whose last role has ended: they must be able to end their session.

    The browser is asked to drop what it kept of this site, but not the cookies: the chosen language may stay.
    """
    response: HttpResponseBase = allauth_views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@quiet
@require_safe
def session_state(request: HttpRequest) -> JsonResponse:
    """How long this session still lasts. A page asks it by itself, so it is no sign of life."""
    return JsonResponse(state(request))


@public
@require_POST
def session_here(request: HttpRequest) -> JsonResponse:
    """Somebody is still there: they typed something, or said so."""
    return JsonResponse(state(request))


@guard(Permission.START)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    """Where somebody is logged in; end one of them, or all others."""
    user, key = person(request), request.session.session_key or ""
    if request.method != "POST":
        return render(request, "account/sessions.html", {"places": sessions.places(user=user, current=key)})
    if request.POST.get("action") == "others":
        sessions.others_end(request, by=user)
        messages.success(request, _("You are logged out everywhere else."))
    elif sessions.session_end(by=user, ref=request.POST.get("session", ""), current=key):
        messages.success(request, _("That session has ended."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("sessions")


@quiet
@guard(Permission.START)
@require_POST
def words_typed(request: HttpRequest) -> JsonResponse:
    """Keep what stands in an open form. The page asks this by itself while somebody types."""
    return JsonResponse({"kept": kept.words_typed(request, by=person(request))})


@guard(Permission.START)
@require_http_methods(["GET", "HEAD", "POST"])
def kept_words(request: HttpRequest) -> HttpResponse:
    """What was sent just after the log-in had ended: send it again, or throw it away. Nobody else sees it."""
    user = person(request)
    if request.method == "POST":
        kept.words_discard(by=user, reference=request.POST.get("discard", "")[:12])
        return redirect("kept_words")
    found = kept.own_words(user)
    return render(request, "account/kept_words.html", {"found": found}) if found else redirect("start")
