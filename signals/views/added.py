"""Adding somebody to a case whom no report names, taking them out, and putting them back."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.requests import person
from audit.actions import Action
from escalation.texts import concern_name
from signals import access, people, rules
from signals.about import found_by, involved, key_of, name_of
from signals.casepeople import added_to, people_in
from signals.errors import RuleError
from signals.events import private_event, terms_digest
from signals.forms.about import PersonForm
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.loss import lost_by
from signals.models import Case
from signals.services import persons as services

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_person_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a person: search for them or describe them, and say what they are in the case."""
    user, posted = person(request), request.method == "POST"
    found = access.case(user, reference, to=HANDLE, follow_joined=posted)
    if not posted:
        return _page(request, found, _form(found))
    if _searches(request):
        return _results(request, found)
    form = _form(found, request.POST)
    if says_joined(form, found, reference):
        return _page(request, found, form, status=CONFLICT)
    if form.is_valid():
        role, key = form.cleaned_data["role"], str(form.cleaned_data["key"])
        try:
            services.person_add(by=user, case=found, newcomer=form.newcomer(), role=role, key=key)
            messages.success(request, _("Added. The steps and the answers of the reports are as they were."))
            return redirect("signals:case", reference)
        except RuleError as error:
            found = access.case(user, found.reference, to=HANDLE)  # it may be theirs no more
            refuse(form, error)
    return _page(request, found, form, status=UNPROCESSABLE)


@guard(*HANDLE)
@require_POST
def case_person_remove(request: HttpRequest, reference: str, who: UUID) -> HttpResponse:
    """Take out somebody who was added by mistake; a second click finds them gone."""
    user = person(request)
    found = access.case(user, reference, to=HANDLE)
    everybody = [*people_in(found), *(row for row in added_to(found) if row.removed_at)]
    one = found_by(str(who), involved(everybody)) or access.not_found(user, "person", str(who))
    try:
        services.person_remove(by=user, case=found, person=one)
        messages.success(request, _("Taken out of this case. You can put this person back under “Add a person”."))
    except RuleError as error:
        messages.warning(request, str(error))
    return redirect("signals:case", reference)


@guard(*HANDLE)
@require_POST
def case_person_back(request: HttpRequest, reference: str, who: UUID) -> HttpResponse:
    """Put somebody back who was taken out."""
    user = person(request)
    found = access.case(user, reference, to=HANDLE)
    rows = (row for row in added_to(found) if row.row_key == who)
    row = next(rows, None) or access.not_found(user, "person", str(who))
    try:
        services.person_back(by=user, case=found, row=row)
        messages.success(request, _("This person stands in the case again."))
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect("signals:case-person-add", reference)
    return redirect("signals:case", reference)


def _form(case: Case, *args: Any, **kwargs: Any) -> PersonForm:
    return PersonForm(*args, school=case.school, loses=partial(lost_by, case), **kwargs)


def _searches(request: HttpRequest) -> bool:
    """True while somebody types, for the button beside the name, and for a name without choosing somebody."""
    posted = request.POST
    nobody_yet = not posted.get("person") and not posted.get("description", "").strip()
    typed = bool(nobody_yet and posted.get("person_query", "").strip())
    return posted.get("action") == "search" or "HX-Request" in request.headers or typed


def _results(request: HttpRequest, case: Case) -> HttpResponse:
    """Who is found for what was typed: alone while somebody types, or in the form."""
    form = _form(case, initial=request.POST.dict())
    found, chosen = _search(request, case), form.chosen_person
    if chosen and chosen.value not in {one.value for one in found}:
        found.insert(0, chosen)
    shown: dict[str, Any] = {
        "people": found,
        "query": request.POST.get("person_query", ""),
        "selected": chosen.value if chosen else "",
    }
    if "HX-Request" in request.headers:
        return render(request, "signals/_person_results.html", shown)
    return _page(request, case, form, **shown)


def _search(request: HttpRequest, case: Case) -> list[people.Found]:
    """Pupils first, then colleagues."""
    user, terms = person(request), request.POST.get("person_query", "").replace("\x00", "")[:80]
    found = [
        one for staff in (False, True) for one in people.search(terms, schools=[case.school], staff=staff, but_not=user)
    ]
    details = {"found": [one.value for one in found], "terms": terms_digest(terms)}
    private_event(Action.PERSON_SEARCHED, by=user, kind="person", details=details)
    return found


def _page(request: HttpRequest, case: Case, form: PersonForm, *, status: int = 200, **shown: Any) -> HttpResponse:
    rows, in_hand = added_to(case), case.status in rules.ACTIVE
    there = {key_of(row) for row in people_in(case)}
    context = {
        "reference": case.reference,
        "concern": concern_name(case.concern),
        "case_url": reverse("signals:case", args=[case.reference]),
        "facts_url": reverse("signals:case-facts", args=[case.reference]),
        "form": form,
        "in_hand": in_hand or form.is_bound,
        "here_url": reverse("signals:case-person-add", args=[case.reference]),
        "gone": [
            {
                "name": name_of(row),
                "role": row.get_role_display(),
                "by": row.removed_by.name if row.removed_by else "",
                "at": row.removed_at,
                "lost": lost_by(case, row.user) if row.user else [],
                "url": reverse("signals:case-person-back", args=[case.reference, row.row_key]),
            }
            for row in rows
            if in_hand and row.removed_at and key_of(row) not in there
        ],
        "people": None,
        "selected": form["person"].value() or "",
        **shown,
    }
    return render(request, "signals/case_person_add.html", context, status=status)
