"""Moving reports between cases, putting two cases together, and putting it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from audit.actions import Action
from escalation.texts import concern_name
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.fields import StoryField
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.forms.transfers import ALL, BY_NUMBER, OWN, TransferForm
from signals.models import Case, Signal, Transfer
from signals.models.transfers import TransferKind
from signals.same import candidates
from signals.scope import Scope
from signals.search import number_in
from signals.selectors import transfer_of, transfers_of
from signals.services import transfers as services
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reports(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a report elsewhere, or put this case with another one; below it what was moved, to put back."""
    user = person(request)
    if request.method == "POST" and (before := _sent_before(request, user)):
        return redirect("signals:case", before.target.reference)
    seen, found = access.sight_and_case(user, reference, to=HANDLE, follow_joined=True)
    scope = seen.scope(*HANDLE)
    reports = list(found.signals.order_by("id"))
    form = _form(request, found, reports, scope)
    if there := led_on(request, found, reference, form):
        return there
    joined = says_joined(form, found, reference)
    if request.method == "POST" and form.is_valid():
        try:
            return _moved(request, _do(user, found, reports, form.cleaned_data))
        except RuleError as error:
            refuse(form, error)
    transfers = [_line(row, found, scope) for row in transfers_of(found)]
    if transfers:
        case_event(Action.CASE_READ, case=found, by=user, to=HANDLE, kind="transfer", ref=found.reference)
    context = {
        "form": form,
        "case_ref": found.reference,
        "open": found.status in rules.OPEN,
        "case_url": reverse("signals:case", args=[found.reference]),
        "goes_to": reverse("signals:case-reports", args=[found.reference]),
        "back_url": reverse("signals:case-reports-back", args=[found.reference]),
        "transfers": transfers,
    }
    status = CONFLICT if joined else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/case_reports.html", context, status=status)


def _form(request: HttpRequest, found: Case, reports: list[Signal], scope: Scope) -> TransferForm:
    return TransferForm(
        request.POST or None,
        reports=[(report.reference, _report(report)) for report in reports],
        cases=[(other.reference, _other(other)) for other in candidates(found, scope)],
        find=lambda text: _find(scope, found, text),
    )


@guard(*HANDLE)
@require_POST
def case_reports_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Put back what came to this case."""
    user = person(request)
    what = request.POST.get("what", "").replace("\x00", "")
    if before := transfer_of(reference, what, undone_by=user):
        return redirect("signals:case", before.source.reference)
    found = access.case(user, reference, to=HANDLE, follow_joined=True)
    if there := led_on(request, found, reference):
        return there
    row = transfer_of(reference, what)
    if row is None:
        messages.warning(request, _("There is nothing to put back."))
        return redirect("signals:case-reports", reference)
    try:
        services.transfer_undo(by=user, transfer=row)
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect("signals:case-reports", found.reference)
    messages.success(request, _("It is back in this case, as it was."))
    return redirect("signals:case", row.source.reference)


def _sent_before(request: HttpRequest, user: User) -> Transfer | None:
    """What a second click finds: after the first one the case may be no more than a number."""
    try:
        before = services.sent_before(UUID(request.POST.get("key", "")))
    except ValueError:
        return None
    return before if before and before.by_id == user.pk and _says(request, before) else None


def _says(request: HttpRequest, before: Transfer) -> bool:
    """Whether the same is sent once more, and not another reason or another case in a form that stayed open."""
    sent = {name: request.POST.get(name, "") for name in ("what", "where", "number", "reason")}
    if before.kind == TransferKind.SPLIT:
        to = sent["where"] == OWN
    else:
        to = (number_in(sent["number"]) if sent["where"] == BY_NUMBER else sent["where"]) == before.target.reference
    what = ALL if before.kind == TransferKind.MERGE else before.reports[0]
    return to and (sent["what"], StoryField().to_python(sent["reason"])) == (what, before.reason)


def _find(scope: Scope, found: Case, text: str) -> Case | None:
    """An open case that this person handles; for every other number the answer is the same."""
    rows = scope.reach().filter(reference=number_in(text), school=found.school_id, status__in=rules.ACTIVE)
    other = rows.first()
    return other if other and other.pk != found.pk else None


def _do(user: User, found: Case, reports: list[Signal], data: dict[str, Any]) -> Transfer:
    given = {"by": user, "reason": data["reason"], "key": data["key"]}
    if data["what"] == ALL:
        return services.case_merge(case=found, into=data["target"], **given)
    report = next(report for report in reports if report.reference == data["what"])
    report.case = found
    if data["where"] == OWN:
        return services.signal_split(signal=report, **given)
    return services.signal_move(signal=report, into=data["target"], **given)


def _moved(request: HttpRequest, row: Transfer) -> HttpResponse:
    words = {
        "move": _("The report is part of this case now. You can put it back under ‘Move reports’."),
        "split": _("The report is a case of its own now, and yours. You can put it back under ‘Move reports’."),
        "merge": _("The two cases are one now. You can put it back under ‘Move reports’."),
    }
    messages.success(request, words[row.kind])
    return redirect("signals:case", row.target.reference)


def _report(report: Signal) -> str:
    day = date_format(timezone.localtime(report.entered_at), "j F Y")
    return f"{concern_name(report.concern)}, {day}, {report.reference}"


def _other(case: Case) -> str:
    day = date_format(timezone.localtime(case.created_at), "j F Y")
    return f"{concern_name(case.concern)}, {day}, {case.reference}"


def _line(row: Transfer, found: Case, scope: Scope) -> dict[str, Any]:
    """One time that reports came here or went from here; the number of the other case links to it if one handles it."""
    came = row.target_id == found.pk
    other = row.source if came else row.target
    seen = scope.holds(other.joined_to or other)
    return {
        "reference": row.reference,
        "came": came,
        "other": other.reference if seen else "",
        "other_url": reverse("signals:case", args=[other.reference]) if seen else "",
        "kind": row.get_kind_display(),
        "who": row.by.name,
        "at": row.at,
        "reason": row.reason,
        "undone": row.undone_by.name if row.undone_by else "",
        "undone_at": row.undone_at,
        "can_undo": came and row.undone_at is None,
    }
