"""A dossier that is being made or is ready: how far it is, the PDF, and whether a PDF is one of ours."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guard import guard
from accounts.idle import quiet
from accounts.requests import person
from signals import access
from signals.dossier import access as door
from signals.dossier.forms import CheckForm
from signals.dossier.services import giving, preparing
from signals.dossier.shown import made, progress
from signals.dossier.views import _page, _read
from signals.errors import RuleError
from signals.models import Dossier, DossierState
from signals.uploads import takes_files
from signals.views.files import SANDBOX, UNAVAILABLE

HANDLE = access.HANDLE
UNPROCESSABLE = 422


@guard(*HANDLE)
@require_safe
def dossier(request: HttpRequest, reference: str) -> HttpResponse:
    """One dossier: how far it is, or what was in it, its hash and its PDF."""
    user = person(request)
    row = door.dossier(user, reference)
    if row.state == DossierState.DRAFT:
        return redirect("signals:dossier-parts", reference)
    _read(row, user)
    return render(request, "signals/dossier/dossier.html", {**_page(row), **made(row), **progress(row)})


@quiet
@guard(*HANDLE)
@require_safe
def dossier_state(request: HttpRequest, reference: str) -> HttpResponse:
    """How far it is, for the page that asks by itself; nothing of what is in it."""
    row = door.dossier(person(request), reference)
    return render(request, "signals/dossier/_progress.html", {"dossier": row, **progress(row)})


@guard(*HANDLE)
@require_POST
def dossier_again(request: HttpRequest, reference: str) -> HttpResponse:
    """Try once more after it failed."""
    user = person(request)
    preparing.dossier_again(by=user, dossier=door.dossier(user, reference))
    return redirect("signals:dossier", reference)


@guard(*HANDLE)
@require_POST
def dossier_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the PDF, to be kept outside: never shown here. A button and no link, for it is written down who took it."""
    user = person(request)
    row = door.dossier(user, reference)
    try:
        pdf = giving.dossier_fetch(by=user, dossier=row)
    except RuleError as error:
        return render(request, "signals/file_closed.html", {"text": str(error)}, status=UNAVAILABLE)
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{row.reference}.pdf") or "attachment"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@takes_files
@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_check(request: HttpRequest) -> HttpResponse:
    """Whether a PDF is a dossier of ours, to the last byte."""
    form = CheckForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        found = giving.dossier_check(by=person(request), content=form.cleaned_data["file"].read())
        context |= {"asked": True, "found": found, **(_found(found) if found else {})}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "signals/dossier/check.html", context, status=status)


def _found(row: Dossier) -> dict[str, Any]:
    return {**_page(row), "made": row.made_at}
