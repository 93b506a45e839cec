"""Putting a dossier together: for whom and why, which parts, and how it will look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from audit.actions import Action
from escalation.contacts import contacts_of
from escalation.duty import known_recipient
from signals import access, rules
from signals.dossier import access as door
from signals.dossier.forms import LONGEST, DossierForm, WordForm
from signals.dossier.grounds import GROUNDS
from signals.dossier.parts import subjects_of
from signals.dossier.people import NEW, OUT
from signals.dossier.selectors import dossiers_of, material_of
from signals.dossier.services import preparing as services
from signals.dossier.shown import chosen_groups, keys_in, looked_at, rows_of
from signals.errors import RuleError
from signals.events import case_event
from signals.forms.joined import says_joined
from signals.forms.refusing import refuse
from signals.models import Case, Dossier, DossierState
from signals.views.joined import led_on

CONFLICT, UNPROCESSABLE = 409, 422
HANDLE = access.HANDLE


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a dossier: for whom, about whom, what for, on what ground."""
    user = person(request)
    case = access.case(user, reference, to=HANDLE, follow_joined=True)
    form = _form(request, case)
    if there := led_on(request, case, reference, form):
        return there
    goes_to = reverse("signals:dossier-new", args=[case.reference]) if says_joined(form, case, reference) else ""
    if request.method == "POST" and form.is_valid():
        key = str(form.cleaned_data["key"])
        try:
            row = services.dossier_begin(by=user, case=case, entry=form.entry(), key=key)
            return redirect("signals:dossier-parts", row.reference)
        except RuleError as error:
            refuse(form, error)
    case_event(Action.CASE_READ, case=case, by=user, to=HANDLE, kind="dossier", ref=case.reference)
    earlier = rows_of(door.among(user, dossiers_of(case)))
    return _for_page(request, case, form, earlier=earlier, can_begin=rules.was_taken(case.status), goes_to=goes_to)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_for(request: HttpRequest, reference: str) -> HttpResponse:
    """Change for whom a dossier is, and why."""
    user = person(request)
    row = door.dossier(user, reference)
    if row.state != DossierState.DRAFT:
        return redirect("signals:dossier", reference)
    form = _form(request, door.home(row), row)
    if request.method == "POST" and form.is_valid():
        try:
            services.dossier_change(by=user, dossier=row, entry=form.entry())
        except RuleError as error:
            messages.warning(request, str(error))
        return redirect("signals:dossier-parts", reference)
    _read(row, user)
    return _for_page(request, door.home(row), form, dossier=row, can_begin=True)


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_parts(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose what goes in, text by text; nothing is chosen beforehand."""
    user = person(request)
    row = door.dossier(user, reference)
    if row.state != DossierState.DRAFT:
        return redirect("signals:dossier", reference)
    if request.method == "POST":
        named, picked, seen = "named_staff" in request.POST, _picked(request, row), request.POST.get("seen")
        try:
            row = services.dossier_pick(by=user, dossier=row, picked=picked, named_staff=named, seen=seen)
        except services.PickedError:
            return _picks(request, door.dossier(user, reference), (picked, named))
        except RuleError as error:
            messages.warning(request, str(error))
            return redirect("signals:dossier-for", reference)
        if request.POST.get("action") == "look" and row.picked:
            return redirect("signals:dossier-look", reference)
        if request.POST.get("action") == "look":
            messages.warning(request, _("Choose at least one part."))
        return redirect("signals:dossier-parts", reference)
    return _picks(request, row)


def _picks(request: HttpRequest, row: Dossier, mine: tuple[list[str], bool] | None = None) -> HttpResponse:
    """The parts with what is ticked. mine: what somebody ticked whose colleague was first; theirs stands beside it."""
    _read(row, person(request))
    context = {**_page(row), **chosen_groups(row, mine and mine[0]), "seen": services.picked_mark(row)}
    context |= {"conflict": mine is not None, "named_staff": mine[1] if mine else row.named_staff}
    return render(request, "signals/dossier/parts.html", context, status=CONFLICT if mine else 200)


def _picked(request: HttpRequest, row: Dossier) -> list[str]:
    """What is ticked, and all of the group of which the button was pressed."""
    group = request.POST.get("all", "")
    picked = [*request.POST.getlist("part"), *(keys_in(row, group) if group else [])]
    return [one[:60] for one in dict.fromkeys(picked)]


@guard(*HANDLE)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_look(request: HttpRequest, reference: str) -> HttpResponse:
    """The letter as it will be, with what was replaced; more words to replace; and the word to have it made."""
    user = person(request)
    row = door.dossier(user, reference)
    if row.state != DossierState.DRAFT:
        return redirect("signals:dossier", reference)
    if not row.picked:
        return redirect("signals:dossier-parts", reference)
    form = None
    if request.method == "POST":
        form, done = _did(request, row, user)
        if done:
            return done
    _read(row, user)
    shown = looked_at(row, user)
    form = form or WordForm(people=shown["people"])
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "signals/dossier/look.html", {**_page(row), **shown, "form": form}, status=status)


def _did(request: HttpRequest, row: Dossier, user: User) -> tuple[WordForm | None, HttpResponse | None]:
    """What one of the buttons of the page asks for."""
    here = redirect("signals:dossier-look", row.reference)
    action, _colon, what = request.POST.get("action", "").partition(":")
    try:
        if action == "make":
            return None, _made(request, row, user)
        if action == "drop":
            left = [key for key in row.picked if key not in what.split()]
            seen = services.picked_mark(row)
            services.dossier_pick(by=user, dossier=row, picked=left, named_staff=row.named_staff, seen=seen)
        elif action == "undo":
            services.dossier_words(by=user, dossier=row, words={what[:LONGEST]: ""})
        elif action == "doubts":
            words = {word[:LONGEST]: NEW for word in request.POST.getlist("word")}
            words |= {sign[:LONGEST]: OUT for sign in request.POST.getlist("sign")}
            words |= dict(_pair(one) for one in request.POST.getlist("lower"))
            services.dossier_words(by=user, dossier=row, words=words)
        else:
            form = WordForm(request.POST, people=looked_at(row, user)["people"])
            if not form.is_valid():
                return form, None
            word, choice = form.cleaned_data["word"], form.cleaned_data["choice"]
            services.dossier_words(by=user, dossier=row, words={word: choice})
    except RuleError as error:
        messages.warning(request, str(error))
    return None, here


def _pair(value: str) -> tuple[str, str]:
    word, _equals, who = value.partition("=")
    return word[:LONGEST], who[:40]


def _made(request: HttpRequest, row: Dossier, user: User) -> HttpResponse:
    if "sure" not in request.POST:
        raise RuleError(_("Read the letter first, and tick that you did."))
    services.dossier_order(by=user, dossier=row, seen=request.POST.get("seen", "")[:64])
    return redirect("signals:dossier", row.reference)


def _form(request: HttpRequest, case: Case, row: Dossier | None = None) -> DossierForm:
    contacts = [contact for code, contact in contacts_of(case.school).items() if not known_recipient(code).inside]
    names = ("language", "recipient", "post", "purpose", "ground")
    more = ("consent_by", "consent_on", "consent", "consent_reason")
    initial = {name: getattr(row, name) for name in (*names, *more)} if row else {}
    initial |= {"to_name": row.name, "whom": row.about} if row else {}
    data = request.POST if request.method == "POST" else None
    subjects, sector = subjects_of(material_of(case)), case.school.sector
    return DossierForm(data, initial=initial, subjects=subjects, contacts=contacts, sector=sector)


def _for_page(request: HttpRequest, case: Case, form: DossierForm, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "grounds": _grounds(form),
        "case_ref": case.reference,
        "case_url": reverse("signals:case", args=[case.reference]),
        **more,
    }
    status = CONFLICT if more.get("goes_to") else UNPROCESSABLE if form.errors else 200
    return render(request, "signals/dossier/for.html", context, status=status)


def _grounds(form: DossierForm) -> list[tuple[Any, Any]]:
    """Each ground with its radio button."""
    options = {option.data["value"]: option for option in form["ground"]}
    return [(ground, options[ground.code]) for ground in GROUNDS]


def _page(row: Dossier) -> dict[str, Any]:
    case = door.home(row)
    return {
        "dossier": row,
        "recipient": row.get_recipient_display(),
        "case_ref": case.reference,
        "case_url": reverse("signals:case", args=[case.reference]),
    }


def _read(row: Dossier, user: User) -> None:
    """What is shown is a part of the story."""
    case_event(Action.CASE_READ, case=door.home(row), by=user, to=HANDLE, kind="dossier", ref=row.reference)
