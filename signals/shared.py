"""What was opened to somebody one by one: by a share, by name, or by breaking the glass."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from escalation.texts import concern_name, subject_short
from signals.access import Sight
from signals.ages import age
from signals.models import BreakGlass, Case, Share
from signals.models.rights import Level
from signals.opened import ACTIVE, ShareLine, last_day
from signals.openings import running
from signals.rows import Row, share_boards


@dataclass(frozen=True)
class Way:
    """One way by which a case is open to somebody; `reason`: what the colleague wrote who shared it."""

    text: str
    reason: str = ""
    glass: bool = False


@dataclass(frozen=True)
class OpenRow:
    """A case that is open to somebody now."""

    reference: str
    url: str
    concern: str
    about: str
    age: str
    state_label: str
    walled: bool
    ways: list[Way]


@dataclass(frozen=True)
class OverRow:
    """A share that is over: its number and days, and nothing of what was in the case."""

    reference: str
    since: date
    last: date
    stopped: bool


def open_rows(page: list[Case], user: User, seen: Sight, now: datetime) -> list[OpenRow]:
    """The rows of one page of cases that are open to this person; two queries however many there are."""
    ways: dict[int, list[Way]] = defaultdict(list)
    for case in page:
        if case.pk in seen.rows[Row.NAMED]:
            ways[case.pk].append(Way(_("You handle this case by name.")))
    shared = seen.rows[Row.READ] | seen.rows[Row.ADD]
    for share in _active(user, [case for case in page if case.pk in shared]):
        ways[share.case_id].append(Way(shared_until(share.level, share.ends_on, share.by.name), share.reason))
    broken = [case for case in page if case.pk in seen.rows[Row.GLASS]]
    for glass in BreakGlass.objects.filter(running(now), by=user, case__in=broken).order_by("until"):
        until = date_format(timezone.localtime(glass.until), "H:i")
        ways[glass.case_id].append(Way(_("You broke the glass. Open until %(time)s.") % {"time": until}, glass=True))
    return [_open_row(case, ways[case.pk], now) for case in page]


def shared_until(level: str, last: date, by: str) -> str:
    """How a share opens a case to whoever reads this, as a sentence."""
    words = {"day": date_format(last, "j F Y"), "name": by}
    if level == Level.READ:
        return _("Shared with you by %(name)s, to read, until %(day)s.") % words
    return _("Shared with you by %(name)s, to read and add notes, until %(day)s.") % words


def shared_with(shares: list[ShareLine], user: User) -> Way | None:
    """The share by which this person reads the case, if there is one."""
    mine = next((line for line in shares if line.colleague == user.pk and line.state == ACTIVE), None)
    return Way(shared_until(mine.level, mine.last, mine.by), mine.reason) if mine else None


def holds_a_share(user: User) -> bool:
    """True while a share for this person stands, so that they read what others wrote, whatever their role.

    It asks no more than the index knows: whether the share opens anything is for `access` to say.
    """
    return Share.objects.filter(colleague=user, ended_at=None, ends_on__gte=timezone.localdate()).exists()


def shares_over(user: User, seen: Sight) -> QuerySet[Share]:
    """Shares of this person that have expired or were taken back.

    A case that was walled, or from which this person is shut out by now, leaves no line, nor does one that was put with
    such a case; nor one of a board where they no longer have a role that may read shares.
    """
    over = Q(ended_at__isnull=False) | Q(ends_on__lt=timezone.localdate())
    rows = Share.objects.filter(over, colleague=user, case__board_id__in=share_boards(seen.grants), case__walled=False)
    rows = rows.exclude(case__joined_to__walled=True)
    kept = rows.exclude(case__in=seen.shut).exclude(case__joined_to__in=seen.shut)
    return kept.select_related("case")


def over_row(share: Share) -> OverRow:
    last = last_day(share)
    stopped = share.ended_at is not None and timezone.localdate(share.ended_at) <= share.ends_on
    return OverRow(share.case.reference, timezone.localdate(share.created_at), last, stopped)


def _active(user: User, cases: list[Case]) -> QuerySet[Share]:
    rows = Share.objects.filter(colleague=user, case__in=cases, ended_at=None, ends_on__gte=timezone.localdate())
    return rows.select_related("by")


def _open_row(case: Case, ways: list[Way], now: datetime) -> OpenRow:
    return OpenRow(
        reference=case.reference,
        url=reverse("signals:case", args=[case.reference]),
        concern=concern_name(case.concern),
        about=subject_short(case.subject_role, case.school.sector),
        age=age(case.created_at, now),
        state_label=case.get_status_display(),
        walled=case.walled,
        ways=ways,
    )
