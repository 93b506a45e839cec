"""What is said when something is wrong with the log: a line for the operator, and an event, at most once a day."""

import logging
from datetime import timedelta

from django.utils import timezone

from audit.actions import Action
from audit.canonical import SITE
from audit.models import AuditEvent
from audit.record import record

logger = logging.getLogger("audit")
SEALER = "sealer"  # stands as the actor of what the sealer itself records
AGAIN_AFTER = timedelta(hours=24)


def board_of(log: str) -> str:
    """The reference of the board whose log this is; empty for the log of the site."""
    board = log.rpartition("/")[0]
    return "" if board == SITE else board


def alarm(action: Action, log: str, rule: str, sentence: str, **details: object) -> None:
    """Log a line at every call, and record an event for the board and one for the site unless there is one today.

    Args:
        action: what kind of finding.
        log: name of the log concerned.
        rule: code of what is wrong.
        sentence: for the operator.
        details: codes and numbers for the event.
    """
    logger.error("%s: %s", log, sentence)
    since = timezone.now() - AGAIN_AFTER
    said = AuditEvent.objects.filter(
        actor_ref=SEALER, action=action, object_ref=log[:40], rule=rule, occurred_at__gt=since
    )
    if said.exists():
        return
    # The board's own log may be the one that stopped, so that its event can't be sealed: the site gets it too.
    for board in {board_of(log)[:40], ""}:
        record(action, actor=SEALER, board=board, kind="log", ref=log[:40], rule=rule, details=details)
