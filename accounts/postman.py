"""Sends what waits in the outbox. Any number may be at it: who locks the person hands out that person's mail.

A mail that waits for a digest or for the end of quiet hours leaves together with the others that do. A mail server that
is away holds all mail up, in order, and is tried again after a pause; a mail that it refuses is given up at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.db import DatabaseError, transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from accounts.letters import letter
from accounts.mailkinds import KINDS
from accounts.models import MailProblem, OutgoingMail, User
from accounts.quiet import Wish, leaves_at
from accounts.selectors import wish_of

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)  # somebody who died while sending is not waited for any longer
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
LONGEST_AWAY = timedelta(minutes=15)
LATE = timedelta(hours=1)
ASK_AGAIN = timedelta(hours=1)  # what waits for a digest may have become urgent, or the wish may have changed
AHEAD = timedelta(minutes=5)
KEPT, KEPT_FAILED = timedelta(days=14), timedelta(days=90)
PERMANENT = 500


@dataclass(frozen=True)
class Bundle:
    """What leaves as one mail, claimed until a moment."""

    user: User
    mails: Sequence[OutgoingMail]
    until: datetime


def send_due(limit: int = 100) -> int:
    """Send what is due, oldest first. Returns how many mails of the outbox left."""
    now, sent = timezone.now(), 0
    waiting = OutgoingMail.objects.waiting()
    due = waiting.filter(next_try_at__lte=now)
    if not due.exists():
        return 0
    away = waiting.filter(problem=MailProblem.AWAY)
    first = away.aggregate(first=Min("next_try_at"))["first"]
    if first is not None and first > now:
        return 0  # the server is away: it is tried again when that mail is, and until then nothing passes it
    away.update(next_try_at=now)
    for pk, listed in list(due.order_by("id").values_list("pk", "next_try_at")[:limit]):
        bundle = _claim(pk, listed)
        if bundle is None:
            continue
        count, problem = _send(bundle)
        _close(bundle, problem)
        if problem == MailProblem.AWAY:
            break
        sent += count
    return sent


@transaction.atomic
def _claim(pk: int, listed: datetime) -> Bundle | None:
    """Take a mail, and what leaves together with it; or None: somebody else has it, or it is not time yet.

    listed: when it was due, as the list of this round had it; what was changed meanwhile is for the next round.
    """
    found = OutgoingMail.objects.filter(pk=pk).values_list("to", flat=True).first()
    if found is None:
        return None
    user, now = User.objects.select_for_update(no_key=True).get(pk=found), timezone.now()
    rows = list(OutgoingMail.objects.waiting().filter(to=user, next_try_at__lte=now).order_by("id"))
    mail = next((row for row in rows if (row.pk, row.next_try_at) == (pk, listed)), None)
    if mail is None:
        return None
    moments = _moments(user, rows, now)
    if moments[pk] > now:
        wait = min(moments[pk], now + ASK_AGAIN)
        OutgoingMail.objects.filter(pk=pk).update(next_try_at=wait)
        return None
    waited = [row for row in rows if row.created_at < moments[row.pk] <= now]
    mails = waited if mail in waited else [mail]
    until = now + CLAIM
    OutgoingMail.objects.filter(pk__in=[row.pk for row in mails]).update(
        next_try_at=until, tries=F("tries") + 1, problem=""
    )
    for row in mails:
        row.tries += 1
    return Bundle(user, mails, until)


def _moments(user: User, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, datetime]:
    """When each mail may leave, as this person wants it and as urgent as it is by now. One of which that can't be told
    waits for nothing, or it would hold up all that came after it."""
    wish, here = wish_of(user), timezone.localtime(now)
    found = {}
    for mail in mails:
        written = min(mail.created_at, now)  # a clock may have stood wrong
        kind = KINDS.get(mail.kind)
        found[mail.pk] = written
        if kind and kind.weight and wish != Wish():
            try:
                found[mail.pk] = leaves_at(wish, kind.weight(user, mail.reference), timezone.localtime(written), here)
            except DatabaseError:
                raise
            except Exception:
                logger.exception("How urgent mail %s is can't be told.", mail.pk)
    return found


def _send(bundle: Bundle) -> tuple[int, MailProblem | None]:
    """Hand a bundle to the mail server; what is no longer theirs to know is deleted. Returns how many left."""
    mails = _good(bundle) if len(bundle.mails) > 1 else bundle.mails
    try:
        mails = [mail for mail in mails if _still_theirs(mail, bundle.user)]
        gone = {mail.pk for mail in bundle.mails} - {mail.pk for mail in mails}
        OutgoingMail.objects.filter(pk__in=gone, next_try_at=bundle.until).delete()
        if mails:
            letter(mails, bundle.user).send()
    except DatabaseError:
        raise
    except Exception as error:
        problem = _problem(error)
        late = problem != MailProblem.AWAY or timezone.now() - bundle.mails[0].created_at > LATE
        level = logging.ERROR if late else logging.WARNING
        logger.log(level, "Mail %s could not be sent.", bundle.mails[0].pk, exc_info=True)
        return 0, problem
    return len(mails), None


def _good(bundle: Bundle) -> list[OutgoingMail]:
    """Those that can be made: one that can't does not hold up the others that waited with it."""
    good = []
    for mail in bundle.mails:
        try:
            if _still_theirs(mail, bundle.user):
                letter([mail], bundle.user)
            good.append(mail)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Mail %s could not be made.", mail.pk)
            _close(Bundle(bundle.user, [mail], bundle.until), MailProblem.BROKEN)
    return good


def _still_theirs(mail: OutgoingMail, user: User) -> bool:
    """Raises: KeyError for a kind that this version does not know. A newer one wrote it, and sends it later."""
    kind = KINDS[mail.kind]
    return (user.is_active or kind.to_closed) and kind.wanted(user, mail.reference)


def _problem(error: Exception) -> MailProblem:
    """What went wrong: with one mail, or with the server as a whole."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _said in error.recipients.values()]
        return MailProblem.ADDRESS if min(codes) >= PERMANENT else MailProblem.LATER
    if isinstance(error, SMTPDataError):
        return MailProblem.REFUSED if error.smtp_code >= PERMANENT else MailProblem.LATER
    return MailProblem.AWAY if isinstance(error, OSError) else MailProblem.BROKEN  # SMTPException is an OSError


def _close(bundle: Bundle, problem: MailProblem | None) -> None:
    """Write down what became of it, unless somebody made another mail of it meanwhile (gather does)."""
    now = timezone.now()
    same = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in bundle.mails], next_try_at=bundle.until)
    if problem is None:
        same.update(sent_at=now)
        return
    if problem == MailProblem.AWAY:
        tries = max(mail.tries for mail in bundle.mails)
        same.update(problem=problem, next_try_at=now + min(_pause(tries), LONGEST_AWAY))
    elif problem in (MailProblem.ADDRESS, MailProblem.REFUSED):
        same.update(problem=problem, failed_at=now)
    else:
        _later(same, bundle, problem, now)


def _later(same: QuerySet[OutgoingMail], bundle: Bundle, problem: MailProblem, now: datetime) -> None:
    """Each mail has tries of its own. Those of a server that was away say nothing about it: it begins anew."""
    for mail in bundle.mails:
        if mail.problem == MailProblem.AWAY:  # as it was before this try
            mail.tries = 1
            same.filter(pk=mail.pk).update(tries=1)
    left = [mail for mail in bundle.mails if mail.tries <= len(PAUSES)]
    same.exclude(pk__in=[mail.pk for mail in left]).update(problem=problem, failed_at=now)
    if left:
        pause = _pause(max(mail.tries for mail in left))
        same.filter(pk__in=[mail.pk for mail in left]).update(problem=problem, next_try_at=now + pause)


def _pause(tries: int) -> timedelta:
    return PAUSES[min(tries, len(PAUSES)) - 1]


def mails_unstick() -> int:
    """After a clock that stood wrong: what was written in the future, or waits too long, is due now."""
    now = timezone.now()
    waiting = OutgoingMail.objects.waiting()
    early = waiting.filter(tries=0, created_at__gt=now + AHEAD)
    far = waiting.filter(next_try_at__gt=now + PAUSES[-1] + AHEAD)
    if not (early | far).exists():  # this is asked every few seconds, and looking locks nothing
        return 0
    count = early.update(created_at=now, next_try_at=now)
    return int(count + far.update(next_try_at=now))


def mails_prune() -> int:
    """Delete what was sent 14 days ago. What was given up stays until an administrator looks at it, 90 days at most."""
    now = timezone.now()
    old = OutgoingMail.objects.filter(sent_at__lt=now - KEPT) | OutgoingMail.objects.filter(
        failed_at__lt=now - KEPT_FAILED
    )
    count, _kinds = old.delete()
    return int(count)
