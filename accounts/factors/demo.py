"""The second step in the demo: an invented secret that everybody may know, and the page that asks shows the code."""

import time

from allauth.mfa import app_settings
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache

from accounts.factors import keys
from accounts.factors.rule import needs_second_factor
from accounts.factors.selectors import app_of
from accounts.models import User

SECRET = "SCHOOLSAFETYDEMOSCHOOLSAFETYDEMO"  # noqa: S105 - invented, and refused outside the demo


def demo_factor(user: User) -> bool:
    """Give somebody of the demo who needs a second step the one that everybody knows.

    Raises:
        RuntimeError: this is not the demo.
    """
    if not settings.DEMO:
        raise RuntimeError("a second step that everybody knows belongs in the demo only")
    if not needs_second_factor(user) or app_of(user):
        return False
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return True


def demo_code(user: User) -> str:
    """The code of this moment of a demo account, or the next one when it was used.

    Empty outside the demo, and for somebody who set up a secret of their own.
    """
    row = app_of(user) if settings.DEMO else None
    if row is None or keys.decrypt(row.data["secret"]) != SECRET:
        return ""
    now = int(time.time()) // app_settings.TOTP_PERIOD
    codes = [format_hotp_value(hotp_value(SECRET, at)) for at in (now, now + 1)]
    code = next((one for one in codes if not cache.get(TOTP(row)._get_used_cache_key(one))), codes[0])
    return f"{code[:3]} {code[3:]}"
