"""Who can read a case, roles and explicit rows together: by name on a wall, by a share, by breaking the glass."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.grants import memberships_on
from accounts.models import Membership
from accounts.roles import POLICY, Permission
from signals.audience import Reader, function_of, in_order, readers, shut_out, until_day
from signals.models import BreakGlass, Case, Share, Signal

Rights = dict[int, list[Membership]]


def readers_of(case: Case, reports: list[Signal] | None = None) -> list[Reader]:
    """Everybody who can read the story of a case, with those whose right has ended below.

    Args:
        reports: the reports in it with their writers, when they are at hand.
    """
    about = shut_out(case)
    written = case.signals.select_related("author") if reports is None else reports
    writers = tuple({report.author_id: report.author for report in written}.values())
    since = timezone.localdate(case.created_at)
    found = readers(school=case.school, walled=case.walled, about=about, writers=writers, since=since)
    return in_order(found + _one_by_one(case, about))


def _one_by_one(case: Case, about: frozenset[int]) -> list[Reader]:
    named = list(case.named.filter(ended_at=None).select_related("user")) if case.walled else []
    shares = list(case.shares.select_related("colleague").order_by("ends_on", "pk"))
    glasses = list(case.break_glasses.select_related("by").order_by("opened_at"))
    people = {row.user_id for row in named} | {row.colleague_id for row in shares} | {row.by_id for row in glasses}
    rights = _rights(case, people - about) if people else {}
    found = [
        Reader(row.user.name, _called(case, rights, row.user_id), _("handles this case by name"))
        for row in named
        if _at_school(case, rights, row.user_id)
    ]
    found += [_share(case, row, rights) for row in shares]
    return found + [_glass(case, row, rights) for row in glasses]


def _rights(case: Case, people: set[int]) -> Rights:
    """The roles that these people have at the board of the case now, by person."""
    place = Q(school__board_id=case.board_id) | Q(board_id=case.board_id)
    found: Rights = {}
    for row in Membership.objects.filter(memberships_on(timezone.localdate()), place, user__in=people).order_by("pk"):
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


def _share(case: Case, row: Share, rights: Rights) -> Reader:
    user = row.colleague_id
    able = _holds(rights, user, Permission.SHARED_READ) and not _holds(rights, user, Permission.TRAIL_ACCOUNTS)
    over = row.ended_at is not None or row.ends_on < timezone.localdate() or not able
    last = timezone.localdate(row.ended_at) if row.ended_at else row.ends_on
    rule = _("shared with them, to %(level)s") % {"level": row.get_level_display()}
    return Reader(row.colleague.name, _called(case, rights, user), rule, until=until_day(last), ended=over)


def _glass(case: Case, row: BreakGlass, rights: Rights) -> Reader:
    over = row.until <= timezone.now() or not _holds(rights, row.by_id, Permission.BREAK_GLASS)
    until = _("until %(moment)s") % {"moment": date_format(timezone.localtime(row.until), "j F Y H:i")}
    function = str(row.get_role_display())
    return Reader(row.by.name, function, _("opened it by breaking the glass"), until=until, ended=over, glass=True)
