"""What pages list of the cases that moved up because nobody acted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from signals import access, ladder
from signals.lists import Row, listed, row, with_steps
from signals.models import Case
from signals.moved_words import moved_text, moved_words
from signals.paging import page_by_due
from signals.services.moving import can_speak
from signals.told import line_of

MOST = 50  # at the board, in one list


@dataclass(frozen=True)
class AtBoard:
    """A case of a school as a board officer learns of it: a number, the school and since when."""

    reference: str
    school: str
    text: str


def at_principal(seen: access.Sight, now: datetime) -> list[Row]:
    """The cases that came up to who follows them, the soonest due first."""
    cases = seen.scope(Permission.CASE_FOLLOW).reach().filter(moved_to__gte=ladder.PRINCIPAL)
    page, _following = page_by_due(listed(cases), "")
    return [row(case, now, "signals:followup-case") for case in with_steps(page)]


def board_rows(boards: access.Keys) -> QuerySet[Case, Any]:
    """What at_board() takes; the second column is the id of the case, to leave out those that are shut."""
    rows = access.moved_to_board(boards, ()).order_by("moved_at", "pk")
    words = ("reference", "school__name", "moved_to", "status", "school__sector")
    return rows.values_list("moved_at", "pk", *words)[:MOST]


def at_board(rows: list[tuple[Any, ...]]) -> list[AtBoard]:
    """The cases of schools that came up to a board officer, first those that did so first."""
    return [
        AtBoard(reference, school, moved_words(level, at, status, walled=False, sector=sector))
        for at, _pk, reference, school, level, status, sector in sorted(rows)
    ]


def for_principal(case: Case) -> dict[str, Any]:
    """What the page without the story shows of it: whom to speak to, and where to say that one did."""
    if case.moved_to < ladder.PRINCIPAL:
        return {"text": moved_text(case)}
    first, deputies = line_of(case)[:2]
    url = reverse("signals:case-spoken", args=[case.reference]) if can_speak(case) else ""
    return {"text": moved_text(case), "people": _names([*first, *deputies]), "spoken_url": url}


def _names(people: list[User]) -> str:
    return ", ".join(user.name for user in people)
