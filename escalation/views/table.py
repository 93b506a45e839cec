"""The whole decision table in plain words, for everybody who works here."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guard import guard
from accounts.roles import Permission
from escalation import table
from escalation.protocol import current_protocol, previous_protocol


@guard(Permission.START)
@require_safe
def protocol(request: HttpRequest) -> HttpResponse:
    """Who is called when, how firm that is, on what basis, and what changed since the last version."""
    now = current_protocol()
    before = previous_protocol(now)
    context: dict[str, Any] = {
        "version": now.version,
        "valid_from": now.valid_from,
        "legend": table.legend(now),
        "chapters": table.chapters(now),
        "before": before,
        "changes": table.changes(before, now) if before else [],
    }
    return render(request, "escalation/protocol.html", context)
