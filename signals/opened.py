"""Who can read a case, roles and explicit rows together: by name on a wall, by a share, by breaking the glass."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.grants import memberships_on
from accounts.marks import Given
from accounts.models import Membership, User
from accounts.prepared import with_names
from accounts.roles import POLICY, Permission, Role
from accounts.together import Together
from audit.actions import Action
from audit.models import AuditEvent
from signals.audience import Reader, function_of, handling, in_order, members_since, readers, shut_out_rows, until_day
from signals.models import BreakGlass, Case, Named, Share, Signal
from signals.models.rights import Level
from signals.selectors import whole
from signals.trail import last_events, last_of_case, last_of_joined

Rights = dict[int, list[Membership]]


SITTING = timedelta(minutes=15)  # who looks again within this time is still looking
ACTIVE, EXPIRED, STOPPED, IDLE = "active", "expired", "stopped", "idle"


@dataclass(frozen=True)
class ShareLine:
    """One share as the page of the case shows it.

    colleague: id of the user. last: last day on which it held or holds. state: one of those above; idle: it was not
    taken back, but this colleague may not read the case now, for they left or it has come to be about them. case: the
    number of another one of which it was, before that was put with this one. giver, ender: ids of who gave
    and ended it.
    """

    reference: str
    colleague: int
    name: str
    function: str
    level: str
    level_label: str
    last: date
    by: str
    reason: str
    ended_by: str
    state: str
    given_at: datetime
    ends_on: date
    ended_at: datetime | None
    case: str = ""
    giver: int | None = None
    ender: int | None = None


@dataclass(frozen=True)
class Opened:
    """Who can read a case, the shares of it (what still stands first, then the newest), and who broke the glass.

    earlier: the shares of cases that were put with it.
    log: its newest events, where they were asked for; see trail.last_events(). looked: when who asks opened its page
    before this sitting. able: ids of who can write in it now: who handles it, and with whom it is shared to add to it.
    """

    readers: list[Reader]
    shares: list[ShareLine]
    glasses: list[BreakGlass]
    log: list[AuditEvent]
    looked: datetime | None
    able: frozenset[int]
    earlier: list[ShareLine]


def readers_of(case: Case) -> list[Reader]:
    """Everybody who can read the story of a case, with those whose right has ended below."""
    return opened_to(case).readers


def opened_to(case: Case, *, log: bool = False, by: User | None = None) -> Opened:
    """Who can read a case and by which shares, in one query; with the newest events for who may see them.

    Args:
        by: who asks, to know when they looked before.
    """
    rows = _rows(case, log, by)
    about = frozenset(pk for (pk,) in rows["shut"] if pk)
    written = sorted(rows["written"], key=attrgetter("pk"))
    writers = tuple({row.author_id: row.author for row in written}.values())
    roles = sorted(rows["roles"], key=attrgetter("turn"))
    found = readers(school=case.school, walled=case.walled, about=about, writers=writers, roles=roles)
    rights = _rights(rows["rights"], about)
    one_by_one, shares = _one_by_one(case, rows, rights)
    glasses = sorted(rows["glasses"], key=attrgetter("opened_at"))
    shares.sort(key=lambda line: line.state != ACTIVE)
    newest = last_events(rows["log"], rows["log_joined"]) if log else []
    looked = next((at for (at,) in rows["looked"]), None)
    able = handling(case, roles, about) | _named(case, rows, rights) | _adding(shares)
    earlier = [_line(case, row, rights) for row in rows["shares"] if row.case_id != case.pk]
    return Opened(in_order(found + one_by_one), shares, glasses, newest, looked, able, earlier)


def _one_by_one(case: Case, rows: dict[str, list[Any]], rights: Rights) -> tuple[list[Reader], list[ShareLine]]:
    found = [
        Reader(row.user.name, _called(case, rights, row.user_id), _("handles this case by name"))
        for row in rows["named"]
        if case.walled and _at_school(case, rights, row.user_id)
    ]
    shares = [row for row in rows["shares"] if row.case_id == case.pk]
    lines = [_line(case, row, rights) for row in sorted(shares, key=attrgetter("pk"), reverse=True)]
    found += [_share(line) for line in lines]
    return found + [_glass(case, row, rights) for row in sorted(rows["glasses"], key=attrgetter("opened_at"))], lines


_CASE, _BOARD = Given("case", BigIntegerField()), Given("board", BigIntegerField())


def _people() -> QuerySet[Any, Any]:
    """Ids of all who may have been let in one by one."""
    found = [
        Named.objects.filter(case=_CASE, ended_at=None).values("user"),
        Share.objects.filter(case=_CASE).values("colleague"),
        BreakGlass.objects.filter(case__in=whole(_CASE)).values("by"),
    ]
    return found[0].order_by().union(*found[1:])


def _shares() -> QuerySet[Share]:
    return Share.objects.filter(case__in=whole(_CASE)).annotate(number=F("case__reference"))


def _roles_of_people() -> QuerySet[Membership]:
    """The roles that these people have at the board of the case now."""
    place = Q(school__board_id=_BOARD) | Q(board_id=_BOARD)
    rows = Membership.objects.filter(memberships_on(Given("day", DateField())), place, user__in=_people())
    return rows.only("user", "role", "school").order_by()


def _looked() -> QuerySet[AuditEvent, Any]:
    """The last time somebody opened the page of the case, and not a page about a part of it."""
    mine = {"actor_ref": Given("by", CharField()), "action": Action.CASE_READ, "object_type": "case"}
    rows = AuditEvent.objects.filter(case_ref=Given("reference", CharField()), **mine)
    rows = rows.filter(occurred_at__lt=Given("before", DateTimeField()))
    return rows.order_by("-occurred_at").values_list("occurred_at")[:1]


_PARTS = {
    "shut": shut_out_rows,
    "written": lambda: with_names(Signal.objects.filter(case=_CASE), "author").only("author__name"),
    "roles": members_since,
    "named": lambda: with_names(Named.objects.filter(case=_CASE, ended_at=None), "user"),
    "shares": lambda: with_names(_shares(), "colleague", "by", "ended_by"),
    "glasses": lambda: with_names(BreakGlass.objects.filter(case__in=whole(_CASE)), "by"),
    "rights": _roles_of_people,
    "looked": _looked,
}
_ROWS = Together(**_PARTS)
_WITH_LOG = Together(**_PARTS, log=last_of_case, log_joined=last_of_joined)


def _rows(case: Case, log: bool, by: User | None) -> dict[str, list[Any]]:
    return (_WITH_LOG if log else _ROWS).rows(
        case=case.pk,
        reference=case.reference,
        school=case.school_id,
        board=case.board_id,
        day=timezone.localdate(),
        since=timezone.localdate(case.created_at),
        by=by.reference if by else "",
        before=timezone.now() - SITTING,
    )


def _rights(rows: list[Membership], but: frozenset[int]) -> Rights:
    """By person."""
    found: Rights = {}
    for row in sorted(rows, key=attrgetter("pk")):
        if row.user_id not in but:
            found.setdefault(row.user_id, []).append(row)
    return found


def _at_school(case: Case, rights: Rights, user: int) -> bool:
    rows = rights.get(user, [])
    return any(row.school_id == case.school_id and Permission.NAMED_HANDLE in POLICY[row.role] for row in rows)


def _holds(rights: Rights, user: int, permission: Permission) -> bool:
    return any(permission in POLICY[row.role] for row in rights.get(user, []))


def _called(case: Case, rights: Rights, user: int) -> str:
    """The function of somebody, at this school if they have one there."""
    rows = sorted(rights.get(user, []), key=lambda row: row.school_id != case.school_id)
    return function_of(rows[0], case.school.sector) if rows else ""


def last_day(share: Share) -> date:
    """The last day on which a share held: its own, or the one on which it was taken back."""
    return min(share.ends_on, timezone.localdate(share.ended_at)) if share.ended_at else share.ends_on


def _line(case: Case, row: Share, rights: Rights) -> ShareLine:
    user, last = row.colleague, last_day(row)
    return ShareLine(
        reference=row.reference,
        colleague=user.pk,
        name=user.name,
        function=_called(case, rights, user.pk),
        level=row.level,
        level_label=str(Level(row.level).label),
        last=last,
        by=row.by.name,
        reason=row.reason,
        ended_by=row.ended_by.name if row.ended_by else "",
        state=_state(row, rights),
        given_at=row.created_at,
        ends_on=row.ends_on,
        ended_at=row.ended_at,
        case="" if row.case_id == case.pk else getattr(row, "number", ""),
        giver=row.by_id,
        ender=row.ended_by_id,
    )


def _state(row: Share, rights: Rights) -> str:
    """Taken back after it had expired, to give a new one, it still is one that expired."""
    if row.ends_on < timezone.localdate(row.ended_at):
        return EXPIRED
    if row.ended_at:
        return STOPPED
    user = row.colleague_id
    able = _holds(rights, user, Permission.SHARED_READ) and not _holds(rights, user, Permission.TRAIL_ACCOUNTS)
    return ACTIVE if able else IDLE


def _named(case: Case, rows: dict[str, list[Any]], rights: Rights) -> frozenset[int]:
    found = rows["named"] if case.walled else []
    return frozenset(row.user_id for row in found if _at_school(case, rights, row.user_id))


def _adding(shares: list[ShareLine]) -> frozenset[int]:
    return frozenset(line.colleague for line in shares if line.state == ACTIVE and line.level == Level.CONTRIBUTE)


def _share(line: ShareLine) -> Reader:
    rule = _("shared with them, to %(level)s") % {"level": line.level_label}
    return Reader(line.name, line.function, rule, until=until_day(line.last), ended=line.state != ACTIVE)


def _glass(case: Case, row: BreakGlass, rights: Rights) -> Reader:
    over = row.until <= timezone.now() or not _holds(rights, row.by_id, Permission.BREAK_GLASS)
    until = _("until %(moment)s") % {"moment": date_format(timezone.localtime(row.until), "j F Y H:i")}
    function = str(Role(row.role).label)
    return Reader(row.by.name, function, _("opened it by breaking the glass"), until=until, ended=over, glass=True)
