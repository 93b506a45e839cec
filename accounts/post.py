"""What the page about mail and work shows: what waits and what was given up, never what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access, people
from accounts.jobs import beats
from accounts.jobs.queue import KILLED
from accounts.jobs.registry import KINDS as JOBS
from accounts.mailkinds import ABOUT, ACCOUNT
from accounts.mailkinds import KINDS as MAILS
from accounts.models import BackgroundJob, MailProblem, OutgoingMail
from accounts.people import capped_count

MOST = 50


@dataclass(frozen=True)
class Failed:
    """One mail or job that was given up. key: what the buttons send; who: of a mail, with the address."""

    key: int
    what: Any
    why: str
    at: datetime
    who: str = ""
    email: str = ""
    url_reference: str = ""


@dataclass(frozen=True)
class Waiting:
    """Mail that has not left. now: how many may leave now; later: how many wait for a digest or for quiet hours to end;
    away_since: the mail server has been away since then, and is tried again at `next_try`."""

    now: str
    later: str
    away_since: datetime | None
    next_try: datetime | None


def waiting(within: access.Reach) -> Waiting:
    rows = access.mails(within).waiting()
    tried = rows.filter(tries__gt=0) | rows.filter(next_try_at__lte=timezone.now())
    later = rows.filter(tries=0, next_try_at__gt=timezone.now())
    away = rows.filter(problem=MailProblem.AWAY).order_by("created_at").first()
    since, again = (away.created_at, max(away.next_try_at, timezone.now())) if away else (None, None)
    return Waiting(capped_count(tried), capped_count(later), since, again)


def trouble(within: access.Reach) -> str:
    """What an administrator has to know without looking for it; empty when all is well."""
    if beats.any_stopped():
        return _("A part of the background work has stopped, so mail may not leave.")
    if access.failed_mails(within).exists() or access.failed_jobs(within).exists():
        return _("Mail or background work has failed.")
    return ""


def mails(within: access.Reach) -> tuple[list[Failed], bool]:
    """Mail that was given up, and whether there is more than the page shows."""
    rows = list(access.failed_mails(within)[: MOST + 1])
    users = access.memberships(within).filter(user__in=[row.to_id for row in rows]).values_list("user", flat=True)
    working = set(users)
    return [_mail(within, row, row.to_id in working) for row in rows[:MOST]], len(rows) > MOST


def _mail(within: access.Reach, row: OutgoingMail, works: bool) -> Failed:
    about = MAILS[row.kind].about if row.kind in MAILS else ACCOUNT
    why = str(MailProblem(row.problem).label) if row.problem else ""
    who = row.to.name if works else people.name_here(within, row.to)
    return Failed(row.pk, ABOUT[about], why, row.failed_at or row.created_at, who, row.to.email, row.to.reference)


def jobs(within: access.Reach) -> tuple[list[Failed], bool]:
    """Work that was given up, and whether there is more than the page shows."""
    rows: Sequence[BackgroundJob] = list(access.failed_jobs(within)[: MOST + 1])
    return [_job(row) for row in rows[:MOST]], len(rows) > MOST


def _job(row: BackgroundJob) -> Failed:
    label = JOBS[row.name].label if row.name in JOBS else _("Work that this version does not know")
    return Failed(row.pk, label, _why(row), row.finished_at or row.created_at)


def _why(row: BackgroundJob) -> str:
    if row.problem == KILLED:
        return _("The program stopped each time while it was at it.")
    words = ngettext(
        "It went wrong. Whoever looks after the server finds why in its journal: %(problem)s.",
        "It went wrong %(count)d times. Whoever looks after the server finds why in its journal: %(problem)s.",
        row.tries,
    )
    return words % {"count": row.tries, "problem": row.problem}
