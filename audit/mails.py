"""Mails checkpoints to people outside the server room. What left this machine is what nobody here can rewrite."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import Action
from audit.alarms import logger
from audit.canonical import log_name
from audit.checkpoints import newest
from audit.keys import public_lines
from audit.models import Anchor, AuditEvent, Checkpoint
from audit.record import record

MAIL = "mail"
WATCHED = (
    Action.PERSONAL_ERASED,
    Action.LOG_PRUNED,
    Action.KEY_ROTATED,
    Action.LOG_ALARM,
    Action.LOG_SET_ASIDE,
    Action.LOG_RESTORED,
)


def mail_checkpoints(board: str, recipients: Mapping[str, Sequence[str]]) -> int:
    """Mail the newest checkpoint of a board's log and of the site's log, at most once a day to each role.

    Args:
        board: reference of the board.
        recipients: e-mail addresses by role. An address stands in no event and in no table here.

    Returns:
        The number of mails sent.
    """
    now = timezone.now()
    found = [newest(log_name(board, now)), newest(log_name("", now))]
    checkpoints = [checkpoint for checkpoint in found if checkpoint]
    if not checkpoints:
        return 0
    sent: Counter[str] = Counter()
    for role, addresses in recipients.items():
        if addresses and not _sent_today(checkpoints[0], role):
            count = _send(checkpoints, addresses, _counts(board), role)
            if count:  # of nobody the next run tries this role again
                _note(checkpoints, role)
                sent[role] += count
    if sent:
        record(
            Action.CHECKPOINT_MAILED, board=board, kind="log", ref=checkpoints[0].log[:40], details={"to": dict(sent)}
        )
    return sent.total()


def not_mailed(board: str, recipients: Mapping[str, Sequence[str]]) -> list[str]:
    """The roles of which nobody got the seal today, though there is one and somebody to get it."""
    checkpoints = [found for found in (newest(log_name(name, timezone.now())) for name in (board, "")) if found]
    return [role for role, addresses in recipients.items() if addresses and not _all_sent(checkpoints[:1], role)]


def _all_sent(checkpoints: Sequence[Checkpoint], role: str) -> bool:
    return all(_sent_today(checkpoint, role) for checkpoint in checkpoints)


def _sent_today(checkpoint: Checkpoint, role: str) -> bool:
    sent = Anchor.objects.filter(log=checkpoint.log, recipient_role=role, channel=MAIL).order_by("-id").first()
    return sent is not None and timezone.localdate(sent.sent_at) == timezone.localdate()


def _counts(board: str) -> dict[str, int]:
    """How often something out of the ordinary happened since yesterday."""
    since = timezone.now() - timedelta(hours=24)
    rows = AuditEvent.objects.filter(board_ref__in=[board, ""], action__in=WATCHED, occurred_at__gt=since)
    return dict(rows.order_by("action").values_list("action").annotate(count=Count("id")))


def _send(checkpoints: Sequence[Checkpoint], addresses: Sequence[str], counts: Mapping[str, int], role: str) -> int:
    """Returns how many got it: one address that does not exist any more keeps it from nobody else."""
    unusual = "\n".join(f"  {Action(action).value}: {count}" for action, count in counts.items()) or "  -"
    text = "\n".join(
        [
            _("This is the seal of the log of your schools. It says nothing about anybody."),
            _("Keep this mail: with it anyone can see later whether something in the log was changed afterwards."),
            "",
            *(checkpoint.note for checkpoint in checkpoints),
            _("Out of the ordinary in the last 24 hours:"),
            unusual,
            "",
            _("Public key:"),
            *public_lines(),
            "",
        ]
    )
    subject = _("Seal of the log, %(date)s") % {"date": f"{timezone.localdate():%Y-%m-%d}"}
    # Each gets a mail of their own: nobody needs to see who else keeps one.
    sent = 0
    for address in addresses:
        try:
            EmailMessage(subject, text, to=[address]).send()
            sent += 1
        except (OSError, ValueError):  # SMTPException is an OSError; what can't be an address a ValueError
            logger.exception("The seal of the log could not be mailed to one %s.", role)
    return sent


@transaction.atomic
def _note(checkpoints: Sequence[Checkpoint], role: str) -> None:
    for checkpoint in checkpoints:
        Anchor(
            log=checkpoint.log,
            tree_size=checkpoint.tree_size,
            channel=MAIL,
            recipient_role=role,
            sent_at=timezone.now(),
        ).add()


def last_mailed(board: str) -> Anchor | None:
    """The last checkpoint of a board that left this machine, for the page about the log."""
    logs = [log_name(board, timezone.now()), log_name("", timezone.now())]
    return Anchor.objects.filter(log__in=logs).order_by("-id").first()
