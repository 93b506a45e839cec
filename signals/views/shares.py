"""Sharing one case with one colleague, stopping it, and what was opened to oneself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from escalation.texts import concern_name
from signals import access, colleagues, rules, shared
from signals.errors import RuleError
from signals.events import private_event, terms_digest
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.forms.shares import ShareForm
from signals.lists import listed
from signals.models import Case
from signals.paging import page_by_id
from signals.selectors import share_of, shares_running
from signals.services import shares as services
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE
Found = list[colleagues.Colleague]


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_share(request: HttpRequest, reference: str) -> HttpResponse:
    """Share a case: search for the colleague, choose, say why and until when."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    if request.method != "POST":
        return led_on(request, case, reference) or _share_page(request, case, ShareForm(case=case))
    if case.reference == reference and _searches(request):
        form = ShareForm(initial=request.POST.dict(), case=case)
        return _share_page(request, case, form, found=_search(request, case))
    form = ShareForm(request.POST, case=case)
    if says_joined(form, case, reference):
        return _share_page(request, case, form, status=CONFLICT)
    if form.is_valid():
        data = form.cleaned_data
        wanted = {name: data[name] for name in ("level", "ends_on", "reason", "key")}
        try:
            services.case_share(by=user, case=case, colleague=data["colleague"].user, **wanted)
            messages.success(request, _("The case is shared. Your colleague gets a mail with its number."))
            return _back(reference)
        except RuleError as error:
            case = access.case(user, case.reference, to=HANDLE)  # it may be theirs no more
            refuse(form, error)
    return _share_page(request, case, form)


@guard(*HANDLE)
@require_POST
def share_search(request: HttpRequest, reference: str) -> HttpResponse:
    """The colleagues found for what is typed, as a part of the form."""
    case = access.case(person(request), reference, to=HANDLE, follow_joined=True)
    found = _search(request, case)
    chosen = colleagues.find(request.POST.get("colleague", "")[:40], case)
    if chosen and chosen.value not in {someone.value for someone in found}:
        found.insert(0, chosen)
    return render(request, "signals/_colleague_results.html", _results(request, found, chosen))


@guard(*HANDLE)
@require_POST
def share_end(request: HttpRequest, reference: str, share: str) -> HttpResponse:
    """Take a share back. Sharing once more undoes it."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    if there := led_on(request, case, reference):
        return there
    found = share_of(case, share)
    if found is None:
        access.not_found(user, "share", share)
    services.share_end(by=user, share=found)
    messages.success(request, _("Stopped. Your colleague can't open this case any more."))
    return _back(reference)


@guard(Permission.SHARED_READ)
@require_safe
def shared_with_me(request: HttpRequest) -> HttpResponse:
    """The cases that were opened to this person one by one, and below them the shares that are over."""
    user, now = person(request), timezone.now()
    seen = access.sight(user)
    reach = seen.scope(*access.READ).one_by_one().reach()
    page: list[Case]
    page, following = page_by_id(listed(reach), request.GET.get("after", ""))
    past, older = page_by_id(shared.shares_over(user, seen), request.GET.get("over", ""))
    rows, over = shared.open_rows(page, user, seen, now), [shared.over_row(share) for share in past]
    references = dict.fromkeys([*(row.reference for row in rows), *(row.reference for row in over)])
    private_event(Action.CASE_LISTED, by=user, kind="list", details={"tab": "shared", "cases": list(references)})
    context = {
        "rows": rows,
        "over": over,
        "page_next": f"?after={following}" if following else "",
        "over_next": f"?over={older}" if older else "",
    }
    return render(request, "signals/shared.html", context)


def _back(reference: str) -> HttpResponse:
    return redirect(reverse("signals:case", args=[reference]) + "#shares")


def _searches(request: HttpRequest) -> bool:
    """True for the button beside the name, and for a name that was typed without choosing somebody."""
    posted = request.POST
    nobody_yet = not posted.get("colleague") and posted.get("colleague_query", "").strip()
    return posted.get("action") == "search" or bool(nobody_yet)


def _search(request: HttpRequest, case: Case) -> Found:
    terms = request.POST.get("colleague_query", "").replace("\x00", "")[:80]
    found = colleagues.search(terms, case)
    details = {"found": [someone.value for someone in found], "terms": terms_digest(terms)}
    private_event(Action.PERSON_SEARCHED, by=person(request), kind="person", details=details)
    return found


def _results(request: HttpRequest, found: Found | None, chosen: colleagues.Colleague | None) -> dict[str, Any]:
    query = request.POST.get("colleague_query", "")
    return {"found": found, "query": query, "chosen": chosen, "selected": chosen.value if chosen else ""}


def _share_page(
    request: HttpRequest, case: Case, form: ShareForm, *, found: Found | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "reference": case.reference,
        "concern": concern_name(case.concern),
        "walled": case.walled,
        "can_share": case.status in rules.ACTIVE,
        "running": shares_running(case),
        "form": form,
        "case_url": reverse("signals:case", args=[case.reference]),
        "share_url": reverse("signals:case-share", args=[case.reference]),
        "search_url": reverse("signals:share-search", args=[case.reference]),
        **_results(request, found, form.chosen),
    }
    status = UNPROCESSABLE if form.errors and status == 200 else status
    return render(request, "signals/case_share.html", context, status=status)
