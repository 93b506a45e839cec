"""Finding the person a report is about among the pupils and staff of the writer's schools."""

from dataclasses import dataclass, field

from django.db.models import CharField, QuerySet
from django.utils import timezone

from accounts.folding import patterns
from accounts.grants import memberships_on
from accounts.marks import Given, keys
from accounts.models import Membership, Pupil, School, User
from accounts.prepared import Prepared
from accounts.roles import Role

LIMIT = 10
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """A pupil or a colleague. `value` is what the form sends back; `school_ids` are where they are."""

    value: str
    name: str
    detail: str
    school_ids: frozenset[int] = field(default=frozenset())
    pupil: Pupil | None = None
    user: User | None = None
    is_principal: bool = False


def search(query: str, *, schools: list[School], staff: bool, but_not: User) -> list[Found]:
    """Up to ten people whose name holds every word of the query, with or without accents, never the writer."""
    words = patterns(query)
    if len(query.strip()) < SHORTEST or not words:
        return []
    if not staff:
        pupils = _pupils(schools)
        for word in words:
            pupils = pupils.filter(name__regex=word)
        return [_pupil(row) for row in pupils[:LIMIT]]
    rows = _memberships(schools).exclude(user=but_not)
    for word in words:
        rows = rows.filter(user__name__regex=word)
    people: dict[int, list[Membership]] = {}
    for row in rows:
        people.setdefault(row.user_id, []).append(row)
    return [_staff(rows) for rows in list(people.values())[:LIMIT]]


def find(value: str, schools: list[School]) -> Found | None:
    """The person behind a value of the form, if they are at one of the schools."""
    kind, _colon, reference = value.partition(":")
    if "\x00" in reference:
        return None
    if kind == "pupil":
        rows = _PUPIL.objects([school.pk for school in schools], reference=reference)
        return _pupil(rows[0]) if rows else None
    if kind == "staff":
        roles = list(_memberships(schools).filter(user__reference=reference))
        return _staff(roles) if roles else None
    return None


def colleagues(schools: list[School], *, but_not: User) -> list[User]:
    """Everybody with a role at one of the schools or their board, by name, each once, without one person."""
    rows = _memberships(schools).exclude(user=but_not)
    return list({row.user_id: row.user for row in rows}.values())


def _pupils(schools: list[School]) -> QuerySet[Pupil]:
    return Pupil.objects.filter(school__in=schools, is_active=True)


def _at_schools(count: int) -> QuerySet[Pupil]:
    rows = Pupil.objects.filter(reference=Given("reference", CharField()))
    return rows.filter(school_id__in=keys(0, count), is_active=True)


_PUPIL = Prepared(_at_schools)


def _memberships(schools: list[School]) -> QuerySet[Membership]:
    boards = {school.board_id for school in schools}
    # A union of two look-ups: with OR PostgreSQL reads the memberships of everybody.
    at_board = Membership.objects.filter(board_id__in=boards).values("pk")
    places = Membership.objects.filter(school__in=schools).values("pk").union(at_board)
    return (
        Membership.objects.filter(memberships_on(timezone.localdate()), pk__in=places)
        .select_related("user", "school", "board")
        .order_by("user__name", "id")
    )


def _pupil(row: Pupil) -> Found:
    return Found(f"pupil:{row.reference}", row.name, row.group, frozenset({row.school_id}), pupil=row)


def _staff(rows: list[Membership]) -> Found:
    user = rows[0].user
    schools = {row.school_id for row in rows if row.school_id}
    for row in rows:
        if row.board:
            schools |= set(row.board.schools.values_list("id", flat=True))
    functions = ", ".join(dict.fromkeys(str(row.get_role_display()) for row in rows))
    return Found(
        f"staff:{user.reference}",
        user.name,
        functions,
        frozenset(schools),
        user=user,
        is_principal=any(row.role == Role.PRINCIPAL for row in rows),
    )
