"""The contacts that are missing or old, with who is responsible and since when."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from escalation import access
from escalation.hats import works_as
from escalation.selectors import Duty, duties
from escalation.services.contacts import contacts_confirm, mark
from escalation.texts import place_text, recipient_name
from escalation.views.contacts import CHANGED_UNSEEN, SCHOOLS_ON_PAGE, listed, tabs


@guard(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def contacts_due(request: HttpRequest) -> HttpResponse:
    """What is old or missing; what is old can be confirmed at once, one or several."""
    user = person(request)
    schools = list(access.contact_schools(user)[:SCHOOLS_ON_PAGE])
    if request.method == "POST":
        named = request.POST.getlist("only") or request.POST.getlist("contact")
        rows = access.contacts_named(user, schools, named)
        as_shown = [row for row in rows if request.POST.get(f"seen-{row[1].reference}") in (None, mark(row[1]))]
        if len(as_shown) < len(rows):
            messages.warning(request, CHANGED_UNSEEN)
        if as_shown or not rows:
            _thank(request, contacts_confirm(by=user, rows=as_shown))
        return redirect("escalation:contacts-due")
    listed(user, schools)
    found = duties(schools)
    shown = [_row(duty, several=len(schools) > 1) for duty in found]
    context = {
        "tabs": tabs("contacts-due"),
        "works_as": works_as(user, Permission.CONTACT_EDIT),
        "old": sorted((row for row in shown if row["since"]), key=lambda row: row["since"]),
        "missing": [row for row in shown if not row["since"]],
        "without_hours": [school for school in schools if not school.hours],
    }
    return render(request, "escalation/contacts_due.html", context)


def _thank(request: HttpRequest, count: int) -> None:
    if not count:
        messages.warning(request, _("Tick at least one contact."))
        return
    words = ngettext(
        "Thank you. Today's date stands with %(count)d contact now.",
        "Thank you. Today's date stands with %(count)d contacts now.",
        count,
    )
    messages.success(request, words % {"count": count})


def _row(duty: Duty, *, several: bool) -> dict[str, Any]:
    contact = duty.contact
    place = place_text(contact) if contact and contact.school_id is None else duty.school.name if several else ""
    return {
        "reference": contact.reference if contact else "",
        "seen": mark(contact),
        "who": capfirst(recipient_name(duty.recipient, duty.school.sector)),
        "name": contact.name if contact else "",
        "phone": contact.phone.as_national if contact and contact.phone else "",
        "tel": f"tel:{contact.phone.as_e164}" if contact and contact.phone else "",
        "email": contact.email if contact else "",
        "place": place,
        "since": duty.since,
        "responsible": ", ".join(user.name for user in duty.responsible),
        "edit_url": reverse("escalation:contact-edit", args=[duty.school.reference, duty.recipient]),
    }
