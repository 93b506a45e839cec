"""What kinds of mail there are, and how one is put in the outbox. Everybody else imports this from accounts.outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.grants import grants_of
from accounts.models import OutgoingMail, User
from accounts.quiet import LIGHT, Weight

ACCOUNT, CASE, CONTACTS, PROPOSAL = "account", "case", "contacts", "proposal"
INVITATION = "invitation"
# All that an administrator learns of a mail: which case, and what happened to it, is not theirs to know.
ABOUT = {
    ACCOUNT: _("About an account"),
    CASE: _("About a case"),
    CONTACTS: _("About contacts"),
    PROPOSAL: _("About a proposal"),
}


@dataclass(frozen=True)
class MailKind:
    """subject, text: translatable; %(reference)s stands for the number. wanted: whether it may still go to this
    person, asked just before it leaves. link: the path, from the mail, when it can only be made at that moment.
    to_closed: also to somebody whose account is not open (yet): an invitation. about: what an administrator reads of
    it. weight: how urgent it is at this moment; without it, a mail waits for no digest and no quiet hours to end."""

    subject: Any
    text: Any
    wanted: Callable[[User, str], bool]
    link: Callable[[OutgoingMail], str] | None = None
    to_closed: bool = False
    about: str = ACCOUNT
    weight: Callable[[User, str], Weight] | None = None


KINDS: dict[str, MailKind] = {}


def has_a_role(user: User, reference: str) -> bool:
    """Whether somebody works here at all."""
    return bool(grants_of(user).items)


def light(user: User, reference: str) -> Weight:
    """The weight of a mail that can always wait."""
    return LIGHT


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
    waits = OutgoingMail.objects.waiting().filter(to=to, kind__in=(kind, several)).order_by("id").first()
    if waits and (waits.kind == several or waits.reference == reference):
        return
    now = timezone.now()  # a new moment, so that who is sending it just now does not take it for the same mail
    changes = {"kind": several, "reference": "", "path": home, "created_at": now, "next_try_at": now}
    if waits and OutgoingMail.objects.waiting().filter(pk=waits.pk).update(**changes):
        return
    queue(kind, to=to, path=path, reference=reference)
