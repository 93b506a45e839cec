"""The whole decision table in plain words, for everybody who works here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.requests import person
from accounts.roles import Permission
from escalation import access, table
from escalation.own import CHAPTER
from escalation.own_words import told
from escalation.protocol import current_protocol, previous_protocol
from escalation.selectors import proposals_waiting, running, table_of, terms_of


@guard(Permission.START)
@require_safe
def protocol(request: HttpRequest) -> HttpResponse:
    """Who is called when, how firm that is, on what basis, and what changed since the last version.

    With what the own board agreed; `?bestuur=` says which, for somebody who works at several.
    """
    user = person(request)
    boards = access.boards_of(user)
    board = next((one for one in boards if one.reference == request.GET.get("bestuur")), boards[0])
    now = current_protocol()
    terms = terms_of(board.pk)
    before = previous_protocol(now)
    context: dict[str, Any] = {
        "version": now.version,
        "valid_from": now.valid_from,
        "board": board,
        "other_boards": [one for one in boards if one != board],
        "agreed": [told(one, now) for one in running(terms)],
        "waiting": proposals_waiting(user),
        "legend": table.legend(now),
        "chapters": [one for one in table.chapters(table_of(terms)) if one.code != CHAPTER],
        "before": before,
        "changes": table.changes(before, now) if before else [],
    }
    return render(request, "escalation/protocol.html", context)
