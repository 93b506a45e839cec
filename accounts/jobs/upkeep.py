"""The regular work of accounts and of the log: what is removed, verified and mailed without anybody asking."""

from datetime import time, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.browsers import browsers_clear
from accounts.jobs import queue, schedule
from accounts.jobs.each import all_of
from accounts.jobs.registry import SEAL, loop, regularly
from accounts.kept import words_clear
from accounts.postman import mails_prune, mails_unstick, send_due
from accounts.services.sealmails import seals_mail
from accounts.sessions import sessions_clear
from audit.pruning import prune
from audit.sealer import seal_all

MAIL = "mail"
SUNDAY = frozenset({6})


def register() -> None:
    """Called once when the app starts."""
    loop(MAIL, _("Sends mail"), post_round, seconds=5)
    loop(SEAL, _("Seals the log"), seal_all, seconds=10)
    regularly("tidy", _("Remove old sessions, mails and finished work"), tidy, at=time(3, 30))
    regularly("seal.mail", _("Mail the seal of the log"), seals_mail, at=time(6, 30), part=SEAL)
    hours = timedelta(hours=6)
    regularly("log.verify", _("Verify the log"), log_verify, at=time(1, 30), part=SEAL, longest=hours, tries=1)
    regularly("log.prune", _("Remove old parts of the log"), log_prune, at=time(4), days=SUNDAY, part=SEAL, tries=1)


def post_round() -> None:
    """Send what is due, after looking whether a clock left something behind."""
    mails_unstick()
    send_due()


def tidy() -> None:
    """Delete what has had its time. Each of these may run twice, and one that fails keeps none of the others here."""
    clears = (SessionStore.clear_expired, sessions_clear, browsers_clear, words_clear, mails_prune)
    rounds = (*clears, queue.jobs_prune, schedule.slots_prune, count_rows)
    all_of(rounds, "Something that has had its time could not be removed (%s); the others go on.")


def count_rows() -> None:
    """Let SQLite look how much there is of what, by which it chooses its indexes; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")  # entries of an index: as good as all, in milliseconds
            cursor.execute("ANALYZE")


class LogProblemError(RuntimeError):
    """The log is not what it was, or a part of it could not be removed. The journal says what."""


def log_verify() -> None:
    """The same as `manage.py audit_verify`; what it finds is an incident."""
    from audit.verify import Request, verify  # only here: it is not worth the start of every web process

    report = verify(Request())
    if report.problems:
        raise LogProblemError("\n".join(["The log is NOT what it was.", *report.problems]))


def log_prune() -> None:
    """The same as `manage.py audit_prune`."""
    report = prune()
    if report.skipped:
        raise LogProblemError("\n".join(f"{log} was left alone: {why}" for log, why in report.skipped.items()))
