"""A blank form on paper, for when there is no screen at hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.grants import schools_to_write_for
from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from escalation.contacts import addresses
from escalation.protocol import current_protocol
from escalation.questions import questions_of_sector
from escalation.texts import concern_name, say, subject_name
from signals import access

NUMBERS = (
    *("care_coordinator", "principal", "internal_confidant", "board", "police_contact", "municipality_oov"),
    *("confidential_inspector", "veilig_thuis"),
)


@guard(Permission.SIGNAL_WRITE)
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The questions of the form with room to write, and the numbers of one school. Nothing personal stands on it."""
    user = person(request)
    schools = schools_to_write_for(user)
    wanted = request.GET.get("school", "")
    chosen = schools[0] if len(schools) == 1 and not wanted else None
    if wanted:
        chosen = next((school for school in schools if school.reference == wanted), None)
        if chosen is None:
            access.not_found(user, "school", wanted[:12])
    if chosen is None:
        return render(request, "signals/paper_school.html", {"schools": schools})
    protocol = current_protocol()
    context = {
        "school": chosen.name,
        "numbers": list(addresses(chosen, NUMBERS).values()),
        "subject_roles": [subject_name(code) for code in protocol.subject_roles],
        "concerns": [concern_name(code) for code in protocol.concerns],
        "questions": [
            {
                "label": say(question.label),
                "kind": question.kind,
                "choices": [say(one.name) for one in question.choices],
            }
            for question in questions_of_sector(chosen.sector, protocol)
        ],
        "version": protocol.version,
    }
    return render(request, "signals/paper.html", context)
