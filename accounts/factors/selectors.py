"""Second steps as they are stored."""

from allauth.mfa.models import Authenticator
from django.utils.crypto import salted_hmac

from accounts.models import User

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factor_kinds(user: User) -> set[str]:
    """The kinds of second steps that somebody has set up; recovery codes alone are none."""
    return set(Authenticator.objects.filter(user=user, type__in=STEPS).values_list("type", flat=True))


def app_of(user: User) -> Authenticator | None:
    """The authenticator app of somebody."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def passkey_code(row: Authenticator) -> str:
    """What stands for a passkey in addresses, where no number of a database row belongs."""
    return salted_hmac("passkey", str(row.pk), algorithm="sha256").hexdigest()[:20]


def passkey_of(user: User, code: str) -> Authenticator | None:
    """The passkey of this person with this code."""
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return next((row for row in rows if passkey_code(row) == code), None)
