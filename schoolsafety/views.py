"""Pages that belong to no app: is the process alive, and the language of the screen."""

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts.guard import public
from accounts.idle import quiet
from accounts.selectors import anything_kept


@public
@quiet
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Says that the process answers; reads nothing."""
    return HttpResponse("ok", content_type="text/plain")


@public
@quiet
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Says whether the database can be read, for a proxy or monitoring; 503 when not. Tells nothing else."""
    try:
        anything_kept()
    except Error:
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in a cookie and go back to the page."""
    return set_language(request)
