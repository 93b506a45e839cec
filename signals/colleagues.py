"""Finding the colleague with whom a case may be shared.

Whoever can't receive it is not found, and nothing says why: that a case is about somebody, or that they are barred
from it, must not show in a search.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.folding import patterns
from accounts.grants import memberships_on
from accounts.models import Membership, User
from accounts.roles import POLICY, Permission
from signals.models import Case
from signals.services.shares import can_be_shared_with

LIMIT = 10
SHORTEST = 2
LOOKED_AT = 50  # people whose rights are looked up for one search
RECEIVERS = tuple(role for role, granted in POLICY.items() if Permission.SHARED_READ in granted)


@dataclass(frozen=True)
class Colleague:
    """Somebody who can receive the case. `value` is what the form sends back; `detail` says what they do and where."""

    value: str
    name: str
    detail: str
    user: User


def search(query: str, case: Case) -> list[Colleague]:
    """Up to ten colleagues of the board whose name holds every word of the query and who can receive the case."""
    words = patterns(query)
    if len(query.strip()) < SHORTEST or not words:
        return []
    rows = _members(case)
    for word in words:
        rows = rows.filter(user__name__regex=word)
    people: dict[int, list[Membership]] = {}
    for row in rows:
        people.setdefault(row.user_id, []).append(row)
    return list(islice(_able(case, list(people.values())[:LOOKED_AT]), LIMIT))


def find(value: str, case: Case) -> Colleague | None:
    """The colleague behind a value of the form, if they can receive the case."""
    kind, _colon, reference = value.partition(":")
    if kind != "staff" or "\x00" in reference:
        return None
    rows = list(_members(case).filter(user__reference=reference))
    return next(_able(case, [rows] if rows else []), None)


def _members(case: Case) -> QuerySet[Membership]:
    place = Q(school__board_id=case.board_id) | Q(board_id=case.board_id)
    rows = Membership.objects.filter(memberships_on(timezone.localdate()), place, role__in=RECEIVERS)
    return rows.select_related("user", "school").order_by("user__name", "user_id", "id")


def _able(case: Case, people: list[list[Membership]]) -> Iterator[Colleague]:
    for rows in people:
        user = rows[0].user
        if can_be_shared_with(case, user):
            detail = ", ".join(dict.fromkeys(_function(row) for row in rows))
            yield Colleague(f"staff:{user.reference}", user.name, detail, user)


def _function(row: Membership) -> str:
    return f"{row.get_role_display()} ({row.school.name})" if row.school else str(row.get_role_display())
