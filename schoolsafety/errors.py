"""Pages for when something is refused, missing or broken. An unknown address and a forbidden one look the same.

The pages for a broken request or a broken server ask nothing of the database: it may be what is broken. Then the page
says so, see schoolsafety.away.
"""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.kept import keep_for_author, keep_refused
from schoolsafety.away import away, is_away, own


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_away(exception):  # a session that could not be written counts as a bad request
        return away(request, exception)
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", {"kept": keep_refused(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", {"kept": keep_refused(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_away(error := sys.exception()):
        return away(request, error)
    context = {"sent": own(request), "path": request.get_full_path()}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of before the last log-in. What was typed is kept for whoever was given that form, see accounts.kept."""
    return render(request, "errors/csrf.html", {"kept": keep_for_author(request)}, status=403)
