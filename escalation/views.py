"""The contacts of a school: who they are, which are missing or old."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.grants import grants_of
from accounts.guard import guard
from accounts.models import School
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from escalation import access, services
from escalation.contacts import contacts_by_school, contacts_of, dial, is_stale, website
from escalation.entries import Recipient
from escalation.forms import ContactForm
from escalation.hats import works_as
from escalation.models import Contact
from escalation.protocol import current_protocol
from escalation.texts import recipient_name, say

UNPROCESSABLE = 422
SCHOOLS_ON_PAGE = 100
NOT_IN_SECTOR = {
    "attendance_desk": ("ko",),
    "anti_bullying_coordinator": ("ko", "mbo", "hbo", "wo"),
}


def local_recipients(sector: str) -> list[Recipient]:
    """The recipients that a school of this sector keeps itself."""
    return [
        recipient
        for key, recipient in current_protocol().recipients.items()
        if recipient.local and key != "parents" and sector not in NOT_IN_SECTOR.get(key, ())
    ]


@guard(Permission.CONTACT_EDIT)
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts of the own school or schools, and the national numbers."""
    user = person(request)
    schools = list(access.contact_schools(user)[:SCHOOLS_ON_PAGE])
    record(
        Action.CONTACT_LISTED,
        actor=user.reference,
        role=grants_of(user).role_for(Permission.CONTACT_EDIT),
        board=schools[0].board.reference if schools else "",
        kind="contacts",
        details={"schools": [school.reference for school in schools]},
    )
    own = contacts_by_school(schools)
    context = {
        "works_as": works_as(user, Permission.CONTACT_EDIT),
        "groups": [{"school": school, "rows": _rows(school, own[school.pk])} for school in schools],
        "national": [_national(row) for row in current_protocol().recipients.values() if _can_be_reached(row)],
    }
    return render(request, "escalation/contacts.html", context)


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, reference: str, recipient: str) -> HttpResponse:
    """Fill in or change one contact of one school."""
    user = person(request)
    school = access.contact_school(user, reference)
    known = _known(school, recipient)
    now = contacts_of(school).get(recipient)
    initial = {"name": now.name, "phone": now.phone, "email": now.email} if now else {}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.contact_save(
            by=user,
            school=school,
            recipient=recipient,
            name=data["name"],
            phone=str(data["phone"] or ""),
            email=data["email"],
        )
        messages.success(request, _("The contact is saved."))
        return redirect("escalation:contacts")
    context = {
        "form": form,
        "who": recipient_name(known.key, school.sector),
        "school": school,
        "cancel_url": reverse("escalation:contacts"),
    }
    return render(request, "escalation/contact_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@guard(Permission.CONTACT_EDIT)
@require_POST
def contact_check(request: HttpRequest, reference: str, recipient: str) -> HttpResponse:
    """Say that a contact is still right."""
    school = access.contact_school(person(request), reference)
    _known(school, recipient)
    if services.contact_confirm(by=person(request), school=school, recipient=recipient):
        messages.success(request, _("Thank you. Today's date stands with it now."))
    else:
        messages.warning(request, _("There is no contact yet. Fill it in first."))
    return redirect("escalation:contacts")


def _known(school: School, key: str) -> Recipient:
    for recipient in local_recipients(school.sector):
        if recipient.key == key:
            return recipient
    raise Http404


def _rows(school: School, own: dict[str, Contact]) -> list[dict[str, Any]]:
    rows = []
    for recipient in local_recipients(school.sector):
        contact = own.get(recipient.key)
        where = [school.reference, recipient.key]
        rows.append(
            {
                "who": recipient_name(recipient.key, school.sector),
                "name": contact.name if contact else "",
                "phone": contact.phone.as_national if contact and contact.phone else "",
                "tel": f"tel:{contact.phone.as_e164}" if contact and contact.phone else "",
                "email": contact.email if contact else "",
                "checked_on": contact.checked_on if contact else None,
                "stale": bool(contact and is_stale(contact.checked_on)),
                "missing": contact is None,
                "edit_url": reverse("escalation:contact-edit", args=where),
                "check_url": reverse("escalation:contact-check", args=where),
            }
        )
    return rows


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
