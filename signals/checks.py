"""`manage.py check --deploy` says it when nobody looks at files for viruses."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning
from django.core.checks import register as register_check

from signals.filescan import has_scanner


def check_scanner(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """One warning when there is no scanner."""
    if has_scanner():
        return []
    hint = "Install clamav-daemon and set CLAMAV=127.0.0.1:3310 or CLAMAV=/run/clamav/clamd.ctl"
    return [Warning("CLAMAV is not set: files are kept without a virus scanner.", hint=hint, id="signals.W001")]


def register() -> None:
    register_check(check_scanner, Tags.security, deploy=True)
