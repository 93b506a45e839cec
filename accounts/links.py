"""The secret in the link of an invitation: made when the mail leaves, and stored nowhere."""

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Invitation

SALT = "accounts.invitation"


def token(invitation: Invitation) -> str:
    """An HMAC-SHA-256 over the reference and the nonce; a new nonce makes every older link dead."""
    return salted_hmac(SALT, f"{invitation.reference}:{invitation.nonce}", algorithm="sha256").hexdigest()


def fits(invitation: Invitation, typed: str) -> bool:
    """True for the token of this invitation; compared in constant time."""
    return constant_time_compare(token(invitation), typed)


def path(invitation: Invitation) -> str:
    """Where the link leads to, on this site."""
    return reverse("accounts:invitation", args=[invitation.reference, token(invitation)])
