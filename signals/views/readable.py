"""What could somebody read on a day? For who answers for the privacy of a board; nothing of it stands in an address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import guard
from accounts.models import User
from accounts.requests import person
from accounts.roles import Permission
from audit.actions import Action
from signals import readable_events as log
from signals.events import private_event, terms_digest
from signals.forms.readable import ReadableForm
from signals.readable_words import Words, references_in

UNPROCESSABLE = 422


@guard(Permission.TRAIL_BOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def readable(request: HttpRequest) -> HttpResponse:
    """Ask for a person and a day; the answer comes on the same page, and can be printed."""
    user = person(request)
    boards = log.boards_to_ask(user)
    if request.method != "POST":
        return _page(request, ReadableForm(initial={"day": timezone.localdate()}))
    chosen = log.person_to_ask(boards, request.POST.get("person", "")[:40])
    searching = request.POST.get("action") == "search" or (chosen is None and _query(request))
    if searching:
        return _page(request, ReadableForm(initial=request.POST.dict()), people=_search(request), chosen=chosen)
    form = ReadableForm(request.POST)
    form.is_valid()
    form.need_person(chosen)
    if form.errors or chosen is None:
        return _page(request, form, chosen=chosen)
    day = form.cleaned_data["day"]
    details = {"day": day.isoformat()}
    private_event(Action.READABLE_ASKED, by=user, kind="user", ref=chosen.reference, details=details)
    return _page(request, form, chosen=chosen, answers=_answers(log.ask(user, chosen, day, boards)), day=day)


@guard(Permission.TRAIL_BOARD)
@require_POST
def readable_people(request: HttpRequest) -> HttpResponse:
    """The people found for what is typed, as a part of the form."""
    chosen = log.person_to_ask(log.boards_to_ask(person(request)), request.POST.get("person", "")[:40])
    return render(request, "signals/_readable_people.html", _people(request, _search(request), chosen))


def _search(request: HttpRequest) -> list[User]:
    user, query = person(request), _query(request)
    found = log.people_to_ask(log.boards_to_ask(user), query)
    details = {"found": [f"staff:{one.reference}" for one in found], "terms": terms_digest(query)}
    private_event(Action.PERSON_SEARCHED, by=user, kind="person", details=details)
    return found


def _query(request: HttpRequest) -> str:
    return " ".join(request.POST.get("person_query", "").replace("\x00", "").split())[:80]


def _people(request: HttpRequest, people: list[User] | None, chosen: User | None) -> dict[str, Any]:
    shown = [*([chosen] if chosen and chosen not in (people or []) else []), *(people or [])]
    return {
        "people": shown,
        "searched": people is not None,
        "query": _query(request),
        "selected": chosen.reference if chosen else "",
    }


def _page(
    request: HttpRequest,
    form: ReadableForm,
    *,
    people: list[User] | None = None,
    chosen: User | None = None,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "now": timezone.localtime(), "chosen": chosen, **_people(request, people, chosen), **more}
    return render(request, "signals/readable.html", context, status=UNPROCESSABLE if form.errors else 200)


def _answers(found: list[log.Asked]) -> list[dict[str, Any]]:
    people, schools = references_in(asked.answer for asked in found)
    words = Words(log.people_named(people), log.schools_named(schools))
    return [
        {
            "board": asked.board.name,
            "groups": words.groups(asked.answer),
            "opened": words.opened(asked.answer),
            "strays": words.strays(asked.answer),
            "duties": words.duties(asked.answer),
            "total": len(asked.answer.rows),
            "unsure": any(row.unsure for row in asked.answer.rows),
            "since": asked.since,
            "pruned": asked.pruned,
        }
        for asked in found
    ]
