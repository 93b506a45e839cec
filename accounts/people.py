"""The people of a board as the administrator sees them: who works here, who was invited, who has stopped."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Reach, memberships, open_invitations, running
from accounts.folding import pattern
from accounts.models import Invitation, Membership, User
from accounts.references import is_reference

PAGE, FOUND, CAP = 25, 50, 1000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Narrow:
    """place: reference of a school or board; role: its code. Empty is everything."""

    place: str = ""
    role: str = ""

    def condition(self) -> Q:
        found = Q(role=self.role) if self.role else Q()
        return found & (Q(school__reference=self.place) | Q(board__reference=self.place)) if self.place else found

    def of_invitations(self) -> Q:
        """As condition(); an invitation names the board beside the school."""
        found = Q(role=self.role) if self.role else Q()
        at = Q(school__reference=self.place) | Q(board__reference=self.place, school=None)
        return found & at if self.place else found


@dataclass(frozen=True)
class RoleLine:
    """One role in words. `now`: it holds today; `over`: it has ended."""

    role: str
    place: str
    starts_on: date
    ends_on: date | None
    now: bool
    over: bool
    end_url: str = ""


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the list. `state`: empty, later, invited, expired, stopped or closed."""

    name: str
    email: str
    url: str
    state: str
    roles: list[RoleLine]
    until: date | None = None


def working(within: Reach, narrow: Narrow) -> QuerySet[User]:
    """Whoever has a role now, or will."""
    rows = memberships(within).filter(running()).filter(narrow.condition())
    return User.objects.filter(pk__in=rows.values("user"))


def stopped(within: Reach, narrow: Narrow) -> QuerySet[User]:
    """Whoever had a role here, or took up an invitation, and has none any more."""
    once = memberships(within).filter(narrow.condition()).values("user")
    used = Invitation.objects.filter(board__in=within.boards, used_at__isnull=False).filter(narrow.of_invitations())
    still = memberships(within).filter(running()).values("user")
    return User.objects.filter(Q(pk__in=once) | Q(pk__in=used.values("user"))).exclude(pk__in=still)


def invited(within: Reach, narrow: Narrow) -> QuerySet[Invitation]:
    """Whoever has not answered yet, also when the week of the link is over."""
    return open_invitations(within).filter(narrow.of_invitations()).select_related("user", "school", "board")


def tabs(within: Reach, narrow: Narrow) -> dict[str, str]:
    """How many there are in each tab."""
    return {
        "working": capped_count(working(within, narrow)),
        "invited": capped_count(invited(within, narrow)),
        "stopped": capped_count(stopped(within, narrow)),
    }


def page(within: Reach, narrow: Narrow, tab: str, after: str) -> tuple[list[PersonRow], str]:
    """One page of a tab, and the reference after which the next one starts."""
    if tab == "invited":
        waiting, following = page_by_name(invited(within, narrow), after)
        return rows_of_invitations(waiting), following
    chosen = stopped if tab == "stopped" else working
    users, following = page_by_name(chosen(within, narrow), after)
    return rows_of(within, users), following


def page_by_name(rows: QuerySet[Row], after: str) -> tuple[list[Row], str]:
    """By name. Returns the rows and the reference of the last one when there are more.

    The next page starts after a reference, because a name does not belong in an address; it is looked up among these
    rows only.
    """
    last = rows.filter(reference=after).values_list("name", "pk").first() if is_reference(after) else None
    if last:
        rows = rows.filter(Q(name__gt=last[0]) | Q(name=last[0], pk__gt=last[1]))
    found = list(rows.order_by("name", "pk")[: PAGE + 1])
    return found[:PAGE], str(getattr(found[PAGE - 1], "reference", "")) if len(found) > PAGE else ""


def capped_count(rows: QuerySet[Row]) -> str:
    """A count that never costs more than the cap: "1,000+"."""
    found = rows.order_by()[: CAP + 1].count()
    return f"{CAP:,}+" if found > CAP else str(found)


def find(within: Reach, narrow: Narrow, query: str) -> tuple[list[PersonRow], bool]:
    """Whose name, with or without accents, or address holds every word. Returns at most FOUND rows, and whether there
    were more."""
    users = User.objects.filter(Q(pk__in=working(within, narrow)) | Q(pk__in=stopped(within, narrow)))
    waiting = invited(within, narrow).exclude(user__in=memberships(within).values("user"))
    for word in query.split():
        users = users.filter(_named(word) | Q(email__icontains=word))
        waiting = waiting.filter(_named(word) | Q(user__email__icontains=word))
    found = rows_of(within, users.order_by("name", "pk")[: FOUND + 1])
    found += rows_of_invitations(waiting.order_by("name", "pk")[: FOUND + 1])
    found.sort(key=lambda row: row.name)
    return found[:FOUND], len(found) > FOUND


def _named(word: str) -> Q:
    """The condition that a word stands in a name; of signs that no name holds nothing is left."""
    found = pattern(word)
    return Q(name__regex=found) if found else Q(pk__in=())


def rows_of(within: Reach, users: Iterable[User]) -> list[PersonRow]:
    """The rows of people, with one query for all their roles."""
    people = list(users)
    lines = defaultdict(list)
    for row in (
        memberships(within).filter(user__in=people).select_related("school", "board").order_by("starts_on", "pk")
    ):
        lines[row.user_id].append(line(row))
    return [_row(user, lines[user.pk]) for user in people]


def rows_of_invitations(invitations: Iterable[Invitation]) -> list[PersonRow]:
    now = timezone.now()
    return [
        PersonRow(
            name=row.name,
            email=row.user.email,
            url=reverse("accounts:person", args=[row.user.reference]),
            state="invited" if row.expires_at > now else "expired",
            roles=[line(row)],
            until=timezone.localdate(row.expires_at),
        )
        for row in invitations
    ]


def line(row: Membership | Invitation, end_url: str = "") -> RoleLine:
    today = timezone.localdate()
    over = row.ends_on is not None and row.ends_on < today
    return RoleLine(
        role=str(row.get_role_display()),
        place=str(row.school or row.board),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        now=not over and row.starts_on <= today,
        over=over,
        end_url=end_url,
    )


def lines_of(within: Reach, person: User) -> list[RoleLine]:
    """The roles of one person at these boards; the running ones first, with the address that ends them."""
    rows = memberships(within).filter(user=person).select_related("school", "board").order_by("starts_on", "pk")
    found = [line(row, reverse("signals:role-end", args=[person.reference, row.reference])) for row in rows]
    return sorted(found, key=lambda shown: shown.over)


def works_here(within: Reach, person: User) -> bool:
    """True when somebody has an open account, and a role here now or later."""
    return person.is_active and memberships(within).filter(running(), user=person).exists()


def waiting_for(within: Reach, person: User) -> Invitation | None:
    """The invitation of these boards that somebody has not answered."""
    return open_invitations(within).filter(user=person).select_related("user", "school", "board").first()


def name_here(within: Reach, person: User) -> str:
    """The name of somebody; of who has not accepted an invitation yet, what this board wrote itself."""
    if memberships(within).filter(user=person).exists():
        return person.name
    latest = Invitation.objects.filter(board__in=within.boards, user=person).order_by("-pk").first()
    return person.name if latest is None or latest.used_at else latest.name


def by_email(within: Reach, email: str) -> User | None:
    """Who works here under this address; somebody elsewhere is nobody."""
    rows = memberships(within).filter(running(), user__email__iexact=email, user__is_active=True)
    row = rows.select_related("user").first()
    return row.user if row else None


def place_choices(within: Reach) -> list[tuple[str, str]]:
    """Boards and schools, for a list to choose from."""
    boards = [(board.reference, _("%(board)s (the whole board)") % {"board": board.name}) for board in within.boards]
    return boards + [(school.reference, school.name) for school in within.schools]


def _row(user: User, lines: list[RoleLine]) -> PersonRow:
    open_lines = [shown for shown in lines if not shown.over]
    if not open_lines:
        state = "stopped"
    elif not user.is_active:
        state = "closed"
    else:
        state = "" if any(shown.now for shown in open_lines) else "later"
    url = reverse("accounts:person", args=[user.reference])
    return PersonRow(user.name, user.email, url, state, open_lines or lines)
