"""Files of a case: adding one, giving one back, taking one out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from signals import access, file_access
from signals.about import Involved, involved
from signals.casepeople import people_in
from signals.errors import RuleError
from signals.events import case_event
from signals.filetypes.kinds import MEDIA, Kind
from signals.forms.about import ask_whom, chosen
from signals.forms.case import ReasonForm
from signals.forms.files import FileForm
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.models import Case, Signal
from signals.opened import readers_of
from signals.services import files as services
from signals.services.sending import WRITE
from signals.uploads import takes_files
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE, UNAVAILABLE = 409, 422, 503
OUTLASTS = gettext_lazy(
    "The file is taken out, and nobody gets it any more. Its content is still there, encrypted: the store of files "
    "does not answer. It is destroyed tonight, or as soon as the store is back."
)
# Whatever a browser makes of it all the same: no script, no form, no origin of ours.
SANDBOX = "sandbox; default-src 'none'"


@takes_files
@guard(*access.ADD)
@require_http_methods(["GET", "HEAD", "POST"])
def case_file_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a file into a case."""
    user = person(request)
    seen, found = access.sight_and_case(user, reference, to=access.ADD, follow_joined=True)
    form, people = FileForm(request.POST or None, request.FILES or None), involved(people_in(found))
    ask_whom(form, people)
    way = seen.way(found)
    if there := led_on(request, found, reference, form):
        return there
    joined = says_joined(form, found, reference)
    if request.method == "POST" and _added(request, form, found, to=(way,) if way else access.ADD, people=people):
        return _arrived(request, reverse("signals:case", args=[reference]) + "#files")
    back = {"back_url": reverse("signals:case", args=[found.reference]), "back": _("Back to the case")}
    goes_to = reverse("signals:case-file-add", args=[found.reference]) if joined else ""
    return _add_page(request, form, found, goes_to=goes_to, **back)


@takes_files
@guard(Permission.SIGNAL_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def signal_file_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a file to one's own report."""
    found = access.own_signal(person(request), reference)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _added(request, form, found.case, to=WRITE, signal=found):
        return _arrived(request, reverse("signals:signal", args=[reference]) + "#files")
    back = {"back_url": reverse("signals:signal", args=[reference]), "back": _("Back to your report")}
    shut = access.is_shut(found)
    readers: dict[str, Any] = {} if shut else {"readers": readers_of(found.case), "walled": found.case.walled}
    return _add_page(request, form, found.case, **back, **readers)


@guard(*access.READ, Permission.CASE_FOLLOW, Permission.SIGNAL_WRITE)
@require_safe
def file(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a file, to be kept outside: never shown here, never run."""
    user = person(request)
    found, way = file_access.attachment(user, reference)
    try:
        content = services.file_open(by=user, file=found, to=way)
    except RuleError as error:
        return render(request, "signals/file_closed.html", {"text": str(error)}, status=UNAVAILABLE)
    response = HttpResponse(content, content_type=MEDIA[Kind(found.kind)])
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@guard(*access.HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def file_remove(request: HttpRequest, reference: str, attachment: str) -> HttpResponse:
    """Take a file out, with a reason."""
    user = person(request)
    found = access.case(user, reference, to=access.HANDLE, follow_joined=True)
    form = ReasonForm(request.POST or None)
    if there := led_on(request, found, reference, form):
        return there
    row, joined = file_access.attachment_of(user, found, attachment), says_joined(form, found, reference)
    if request.method == "POST" and form.is_valid():
        gone = services.file_remove(by=user, file=row, reason=form.cleaned_data["reason"])
        if gone.outlasts:
            messages.warning(request, OUTLASTS)
        else:
            messages.success(request, _("The file is taken out, and its content is destroyed."))
        return redirect(reverse("signals:case", args=[reference]) + "#files")
    case_event(Action.CASE_READ, case=found, by=user, to=access.HANDLE, kind="file", ref=row.reference)
    context = {
        "title": _("Take this file out?"),
        "intro": _("‘%(name)s’ is destroyed and can’t be brought back. That it was here, and why it went, stays.")
        % {"name": row.name},
        "form": form,
        "button": _("Take it out"),
        "case_url": reverse("signals:case", args=[found.reference]),
        "goes_to": reverse("signals:file-remove", args=[found.reference, attachment]),
    }
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_reason.html", context, status=status)


def _added(
    request: HttpRequest,
    form: FileForm,
    case: Case,
    *,
    to: tuple[Permission, ...],
    signal: Signal | None = None,
    people: Sequence[Involved] = (),
) -> bool:
    """True when the file was kept; otherwise the form says why not."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    upload = services.Upload(
        data["file"].name, data["file"].read(), data["about"], str(data["key"]), chosen(form, people)
    )
    try:
        services.file_add(by=person(request), case=case, upload=upload, signal=signal, to=to)
    except RuleError as error:
        refuse(form, error, "file")
        return False
    return True


def _by_script(request: HttpRequest) -> bool:
    """Whether static/js/upload.js sends it, which can't see where a redirect leads without following it."""
    return request.headers.get("Accept") == "application/json"


def _arrived(request: HttpRequest, url: str) -> HttpResponse:
    return JsonResponse({"url": url}) if _by_script(request) else redirect(url)


def _add_page(request: HttpRequest, form: FileForm, case: Case, *, goes_to: str = "", **more: Any) -> HttpResponse:
    """The form. goes_to: the other case to which it is sent from now on, see `forms.joined`."""
    if form.is_bound and _by_script(request):
        request.kept_now = True  # type: ignore[attr-defined]  # the words did not arrive, though it answers 200
        said = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return JsonResponse({"problem": said, "key": form["key"].value(), "action": goes_to})
    context = {"form": form, "reference": case.reference, "goes_to": goes_to, **more}
    status = CONFLICT if goes_to else UNPROCESSABLE
    return render(request, "signals/file_add.html", context, status=status if form.is_bound else 200)
