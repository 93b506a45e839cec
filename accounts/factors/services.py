"""Changes of second steps: each leaves an event and tells the person by mail, in the transaction of the change."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import account_event
from accounts.factors import keys
from accounts.models import User
from accounts.outbox import MailKind, queue
from accounts.sessions import sessions_end
from audit.actions import Action
from audit.record import record

MAIL = "credentials"


def mail_kind() -> MailKind:
    """The mail about a changed way of logging in; also for who has no role any more, for it is their account."""
    return MailKind(
        subject=_("Your way of logging in has changed"),
        text=_(
            "Your password or the second step of your log-in was changed or renewed. Was that you? Then you need not "
            "do anything. Was it not you? Tell whoever keeps the accounts at your school at once."
        ),
        wanted=lambda user, reference: True,
    )


def credentials_changed(*, user: User) -> None:
    """Tell somebody by mail that their way of logging in has changed; the mail does not say how."""
    queue(MAIL, to=user, path=reverse("mfa_index"))


def factors_lock(*, user: User) -> None:
    """Hold the account until the end of the transaction, so that two changes of it come after each other."""
    User.objects.select_for_update().get(pk=user.pk)


def factor_added(*, by: User, kind: str) -> None:
    """Record a second step of one's own, in the transaction that adds it."""
    account_event(Action.FACTOR_ADDED, by, details={"kind": kind})
    credentials_changed(user=by)


def factor_removed(*, by: User, kind: str) -> None:
    """Record that a second step of one's own is gone, in the transaction that removes it."""
    account_event(Action.FACTOR_REMOVED, by, details={"kind": kind})
    credentials_changed(user=by)


def factor_named(*, by: User) -> None:
    """Record that a passkey got another name, in the transaction that gives it."""
    account_event(Action.FACTOR_NAMED, by)


def recovery_codes_made(*, by: User) -> None:
    """Record new recovery codes, in the transaction that replaces the old ones."""
    account_event(Action.RECOVERY_CODES_MADE, by)
    credentials_changed(user=by)


def passkey_refused() -> None:
    """Record that somebody tried to log in with a passkey; whose it would be is not proven."""
    record(Action.LOGIN_FAILED, kind="user", refused=True, rule="passkey")


@transaction.atomic
def factors_reset(*, user: User, by: User) -> int:
    """Take away every second step and all recovery codes of somebody who lost theirs, and end their sessions.

    The next log-in asks for the password, and then to set up a new second step.

    Args:
        user: who lost it. The caller has made sure, in person, that it is them.
        by: who resets it.

    Returns:
        How many rows were taken away.

    Raises:
        ValueError: it would be one's own; who has a second step removes it on the own page, who lost it asks another.
    """
    if user.pk == by.pk:
        raise ValueError("nobody resets their own second step")
    factors_lock(user=user)
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    account_event(Action.FACTORS_RESET, user, by=by, details={"count": count})
    credentials_changed(user=user)
    sessions_end(user=user, by=by)
    return count


@transaction.atomic
def factors_encrypt_again() -> int:
    """Encrypt every secret with the newest key. Returns how many there were."""
    rows = Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    for row in rows:
        name = "secret" if row.type == Authenticator.Type.TOTP else "seed"
        row.data[name] = keys.encrypt(keys.decrypt(row.data[name]))
        row.save(update_fields=["data"])
    return len(rows)
