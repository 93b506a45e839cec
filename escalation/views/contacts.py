"""The contacts of a school: who they are, which are missing or old."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.grants import grants_of
from accounts.guard import guard
from accounts.hours import read_hours
from accounts.models import School, User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation import access
from escalation.contacts import contacts_by_school, contacts_of, dial, is_stale, website
from escalation.duty import ON_DUTY, kept_recipients, wide_place
from escalation.entries import Recipient
from escalation.errors import ContactChangedError
from escalation.forms import ContactForm, week_initial
from escalation.hats import works_as
from escalation.models import Contact
from escalation.protocol import current_protocol
from escalation.selectors import keepers
from escalation.services.contacts import Entry, contact_confirm, contact_save, mark, may_serve_all
from escalation.texts import hours_text, place_text, recipient_name, say

UNPROCESSABLE = 422
SCHOOLS_ON_PAGE = 100
CHANGED_UNSEEN = gettext_lazy(
    "A colleague changed this contact meanwhile. Look at it once more, and then say it is right."
)


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages about contacts and the calendar."""
    pages = (("contacts", _("Contacts")), ("contacts-due", _("To check")), ("calendars", _("School calendar")))
    return [
        {"url": reverse(f"escalation:{name}"), "label": label, "current": name == here, "count": None}
        for name, label in pages
    ]


@guard(Permission.CONTACT_EDIT)
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts of the own school or schools, and the national numbers."""
    user = person(request)
    schools = list(access.contact_schools(user)[:SCHOOLS_ON_PAGE])
    listed(user, schools)
    own = contacts_by_school(schools)
    context = {
        "tabs": tabs("contacts"),
        "works_as": works_as(user, Permission.CONTACT_EDIT),
        "groups": [{"school": school, "rows": _rows(school, own[school.pk])} for school in schools],
        "national": [_national(row) for row in current_protocol().recipients.values() if _can_be_reached(row)],
    }
    return render(request, "escalation/contacts.html", context)


def listed(user: User, schools: list[School]) -> None:
    """Record that somebody saw the contacts of these schools."""
    record(
        Action.CONTACT_LISTED,
        actor=user.reference,
        role=grants_of(user).role_for(Permission.CONTACT_EDIT),
        board=schools[0].board.reference if schools else "",
        kind="contacts",
        details={"schools": [school.reference for school in schools]},
    )


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, reference: str, recipient: str) -> HttpResponse:
    """Fill in or change one contact of one school, or for who keeps those of the board: of several schools."""
    user = person(request)
    school = access.contact_school(user, reference)
    known = _known(school, recipient)
    now = contacts_of(school).get(recipient)
    form = _form(request, user, school, known, now)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            contact_save(
                by=user,
                school=school,
                recipient=recipient,
                entry=_entry(data),
                for_all=data.get("for_all") == "yes",
                seen=request.POST.get("seen"),
            )
            messages.success(request, _("The contact is saved."))
            return redirect("escalation:contacts")
        except ContactChangedError:
            now = contacts_of(school).get(recipient)
            form.add_error(None, _changed(now))
    context = {
        "form": form,
        "seen": mark(now) if not form.is_bound or form.non_field_errors() else request.POST.get("seen"),
        "who": capfirst(recipient_name(known.key, school.sector)),
        "school": school,
        "shared_now": place_text(now) if now and now.school_id is None and "for_all" not in form.fields else "",
        "cancel_url": reverse("escalation:contacts"),
    }
    return render(request, "escalation/contact_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _entry(data: dict[str, Any]) -> Entry:
    names = ("name", "email", "street", "postcode", "town", "hours", "owner")
    return Entry(phone=str(data["phone"] or ""), **{name: data[name] for name in names})


def _form(request: HttpRequest, user: User, school: School, known: Recipient, now: Contact | None) -> ContactForm:
    owners = keepers([school]).of(school)
    place = wide_place(known) if may_serve_all(user, school) else ""
    words = {
        "municipality": _("All schools of the board in %(place)s") % {"place": school.municipality},
        "board": _("All schools of the board"),
    }
    initial: dict[str, Any] = {"owner": user.reference, "for_all": ""}
    if now:
        initial |= {name: getattr(now, name) for name in ("name", "phone", "email", "street", "postcode", "town")}
        initial |= week_initial(read_hours(now.hours))
        initial["for_all"] = "" if now.school_id is not None else "yes"
        initial["owner"] = now.owner.reference if now.owner in owners and now.owner else user.reference
    return ContactForm(request.POST or None, initial=initial, owners=owners, place=words.get(place, ""))


@guard(Permission.CONTACT_EDIT)
@require_POST
def contact_check(request: HttpRequest, reference: str, recipient: str) -> HttpResponse:
    """Say that a contact is still right."""
    school = access.contact_school(person(request), reference)
    _known(school, recipient)
    try:
        if contact_confirm(by=person(request), school=school, recipient=recipient, seen=request.POST.get("seen")):
            messages.success(request, _("Thank you. Today's date stands with it now."))
        else:
            messages.warning(request, _("There is no contact yet. Fill it in first."))
    except ContactChangedError:
        messages.warning(request, CHANGED_UNSEEN)
    return redirect("escalation:contacts")


def _changed(now: Contact | None) -> str:
    """What a colleague made of it meanwhile, above the own words."""
    parts = (now.name, now.phone.as_national if now.phone else "", now.email, now.post) if now else ()
    said = ", ".join(filter(None, parts)) or _("(empty)")
    words = _("A colleague changed this contact meanwhile. It says now: %(now)s. Save once more what is right.")
    return words % {"now": said}


def _known(school: School, key: str) -> Recipient:
    for recipient in kept_recipients(school.sector):
        if recipient.key == key:
            return recipient
    raise Http404


def _rows(school: School, own: dict[str, Contact]) -> list[dict[str, Any]]:
    rows = []
    for recipient in kept_recipients(school.sector):
        contact = own.get(recipient.key)
        where = [school.reference, recipient.key]
        row = {
            "who": capfirst(recipient_name(recipient.key, school.sector)),
            "missing": contact is None,
            "optional": recipient.key == ON_DUTY,
            "edit_url": reverse("escalation:contact-edit", args=where),
            "check_url": reverse("escalation:contact-check", args=where),
        }
        rows.append(row | _filled(contact) if contact else row)
    return rows


def _filled(contact: Contact) -> dict[str, Any]:
    return {
        "seen": mark(contact),
        "name": contact.name,
        "phone": contact.phone.as_national if contact.phone else "",
        "tel": f"tel:{contact.phone.as_e164}" if contact.phone else "",
        "email": contact.email,
        "post": contact.post,
        "hours": hours_text(read_hours(contact.hours)),
        "place": place_text(contact) if contact.school_id is None else "",
        "owner": contact.owner.name if contact.owner else "",
        "checked_on": contact.checked_on,
        "stale": is_stale(contact.checked_on),
    }


def _can_be_reached(recipient: Recipient) -> bool:
    """A national address; some recipients, such as "nobody", have none."""
    return not recipient.local and bool(recipient.phone or recipient.email or recipient.url)


def _national(recipient: Recipient) -> dict[str, Any]:
    return {
        "who": say(recipient.name),
        "phone": recipient.phone,
        "tel": dial(recipient.phone),
        "email": recipient.email,
        "url": website(recipient),
        "hours": say(recipient.hours),
        "source": recipient.source.title,
        "checked_on": recipient.checked_on,
    }
