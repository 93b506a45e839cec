"""What somebody is told by mail when their way of logging in changed."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.outbox import MailKind, register
from accounts.sso.services import LINKED, UNLINKED

SUBJECT = _("Your way of logging in changed")


def always(user: User, reference: str) -> bool:
    """It is about their own account, whatever their roles."""
    return True


def connect() -> None:
    linked = _(
        "From now on you can log in to Schoolsafety with your school account. "
        "Wasn't that you? Tell the person who manages the accounts at your school right away."
    )
    unlinked = _(
        "You can no longer log in to Schoolsafety with your school account. "
        "Wasn't that you? Tell the person who manages the accounts at your school right away."
    )
    register(LINKED, MailKind(SUBJECT, linked, always))
    register(UNLINKED, MailKind(SUBJECT, unlinked, always))
