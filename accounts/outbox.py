"""Mail that has to leave: queued in the transaction of the change, sent by `manage.py mail_send`.

The web process never talks to a mail server, so one that is down holds nobody up and loses nothing. A mail says a
number and a link, nothing else. What kinds there are, each app says when it starts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.grants import grants_of
from accounts.models import OutgoingMail, User

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)  # somebody who died while sending is not waited for any longer
LONGEST = timedelta(hours=6)
LATE = timedelta(hours=1)


@dataclass(frozen=True)
class MailKind:
    """subject, text: translatable; %(reference)s stands for the number. wanted: whether it may still go to this
    person, asked just before it leaves. link: the path, from the mail, when it can only be made at that moment.
    to_closed: also to somebody whose account is not open (yet): an invitation."""

    subject: Any
    text: Any
    wanted: Callable[[User, str], bool]
    link: Callable[[OutgoingMail], str] | None = None
    to_closed: bool = False


KINDS: dict[str, MailKind] = {}


def has_a_role(user: User, reference: str) -> bool:
    """Whether somebody works here at all."""
    return bool(grants_of(user).items)


def register(name: str, kind: MailKind) -> None:
    KINDS[name] = kind


def queue(kind: str, *, to: User, path: str, reference: str = "") -> None:
    """Put a mail in the outbox, in the transaction of the caller.

    Args:
        kind: a registered name.
        to: who gets it.
        path: what the link leads to, on this site.
        reference: the number that stands in it.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    OutgoingMail.objects.create(kind=kind, to=to, path=path, reference=reference)


def gather(kind: str, several: str, *, to: User, path: str, reference: str, home: str) -> None:
    """Queue a mail about one case, unless one like it still waits for this person: that becomes one about several.

    So nobody gets a flood after a worker or the mail server was away. In the transaction of the caller.

    Args:
        kind, several: registered names; the second needs no number.
        home: what the link leads to when it is about several.
    """
    User.objects.select_for_update(no_key=True).get(pk=to.pk)  # two workers at once write one mail
    waits = OutgoingMail.objects.filter(to=to, kind__in=(kind, several), sent_at=None).order_by("id").first()
    if waits and (waits.kind == several or waits.reference == reference):
        return
    now = timezone.now()  # a new moment, so that who is sending it just now does not take it for the same mail
    changes = {"kind": several, "reference": "", "path": home, "created_at": now, "next_try_at": now}
    if waits and OutgoingMail.objects.filter(pk=waits.pk, sent_at=None).update(**changes):
        return
    queue(kind, to=to, path=path, reference=reference)


def send_due(limit: int = 100) -> int:
    """Send what is due, oldest first; a mail that fails is tried again, with growing pauses. Returns how many left."""
    now, sent = timezone.now(), 0
    for mail in OutgoingMail.objects.filter(sent_at=None, next_try_at__lte=now).order_by("id")[:limit]:
        claimed = OutgoingMail.objects.filter(pk=mail.pk, sent_at=None, next_try_at=mail.next_try_at)
        until = timezone.now() + CLAIM
        if claimed.update(next_try_at=until, tries=F("tries") + 1):
            sent += _try(mail, OutgoingMail.objects.filter(pk=mail.pk, next_try_at=until))
    return sent


def _try(mail: OutgoingMail, same: QuerySet[OutgoingMail]) -> int:
    """same: the row, as long as it is about what was read; gather() may have made another mail of it meanwhile."""
    user = User.objects.get(pk=mail.to_id)
    kind = KINDS.get(mail.kind)
    if kind is None or not (user.is_active or kind.to_closed) or not kind.wanted(user, mail.reference):
        same.delete()  # it is no longer theirs to know
        return 0
    try:
        message(mail, user, kind).send()
    except OSError:  # SMTPException is one
        pause = min(timedelta(minutes=2**mail.tries), LONGEST)
        same.update(next_try_at=timezone.now() + pause)
        late = timezone.now() - mail.created_at > LATE
        logger.log(logging.ERROR if late else logging.WARNING, "Mail %s could not be sent.", mail.pk, exc_info=True)
        return 0
    same.update(sent_at=timezone.now())
    return 1


def message(mail: OutgoingMail, user: User, kind: MailKind) -> EmailMessage:
    """The mail itself. Tried twice it carries the same Message-ID, so that a reader shows it once."""
    with translation.override(settings.LANGUAGE_CODE):
        number = {"reference": mail.reference}
        link = settings.SITE_URL + (kind.link(mail) if kind.link else mail.path)
        body = "\n\n".join((str(kind.text) % number, link, _("This mail holds no names and no story: log in to read.")))
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        headers = {"Message-ID": f"<mail-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}@{host}>"}
        return EmailMessage(str(kind.subject) % number, body + "\n", to=[user.email], headers=headers)
