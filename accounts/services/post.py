"""What an administrator does about mail and work that was given up: have it tried again, or let it go.

Also how somebody wants their own mail.
"""

from django.db import transaction
from django.utils import timezone

from accounts.access import Reach, failed_jobs, failed_mails
from accounts.events import account_event
from accounts.jobs.queue import run_job
from accounts.models import BackgroundJob, JobState, MailChoice, OutgoingMail, User
from accounts.people_events import people_event
from accounts.quiet import Wish
from audit.actions import Action


@transaction.atomic
def mails_retry(*, by: User, within: Reach, mail: int | None) -> int:
    """Have a mail that was given up sent again, or with None all of them; returns how many. Twice is once."""
    rows = list(_mails(within, mail))
    now = timezone.now()
    OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).update(
        failed_at=None, problem="", tries=0, next_try_at=now
    )
    _event(Action.POST_RETRIED, by, within, mails=len(rows))
    return len(rows)


@transaction.atomic
def mail_drop(*, by: User, within: Reach, mail: int) -> int:
    """Let a mail go that was given up."""
    rows = list(_mails(within, mail))
    OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _event(Action.POST_DROPPED, by, within, mails=len(rows))
    return len(rows)


@transaction.atomic
def job_retry(*, by: User, within: Reach, job: int) -> int:
    """Have work that was given up done again, from the first try."""
    rows = list(_jobs(within, job))
    for row in rows:
        BackgroundJob.objects.filter(pk=row.pk).update(state=JobState.WAITING, tries=0, finished_at=None)
        run_job.enqueue(row.pk)
    _event(Action.POST_RETRIED, by, within, jobs=len(rows))
    return len(rows)


@transaction.atomic
def job_drop(*, by: User, within: Reach, job: int) -> int:
    """Let work go that was given up."""
    rows = list(_jobs(within, job))
    BackgroundJob.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _event(Action.POST_DROPPED, by, within, jobs=len(rows))
    return len(rows)


def _mails(within: Reach, mail: int | None) -> list[OutgoingMail]:
    rows = failed_mails(within).select_for_update(of=("self",))
    return list(rows if mail is None else rows.filter(pk=mail))


def _jobs(within: Reach, job: int) -> list[BackgroundJob]:
    return list(failed_jobs(within).filter(pk=job).select_for_update(of=("self",)))


def _event(action: Action, by: User, within: Reach, **counts: int) -> None:
    if any(counts.values()):
        for board in within.boards:
            people_event(action, by=by, board=board, kind="post", details=counts)


@transaction.atomic
def mail_choose(*, by: User, wish: Wish) -> None:
    """Keep how somebody wants mail about cases; what waits is looked at again at once."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    row = MailChoice.objects.filter(user=by).first() or MailChoice(user=by)
    before = (row.pk, row.rhythm, row.quiet_from, row.quiet_until, row.quiet_weekend)
    row.rhythm, row.quiet_weekend = wish.rhythm, wish.weekend
    row.quiet_from, row.quiet_until = wish.quiet or (None, None)
    if before == (row.pk, row.rhythm, row.quiet_from, row.quiet_until, row.quiet_weekend) and row.pk:
        return
    row.full_clean()
    row.save()
    OutgoingMail.objects.waiting().filter(to=by, tries=0).update(next_try_at=timezone.now())
    account_event(Action.MAIL_CHOSEN, by, details={"rhythm": wish.rhythm, "quiet": bool(wish.quiet or wish.weekend)})
