"""`manage.py check` fails when a view forgot to say who may call it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check

from accounts.guard import unguarded_views


def check_views_are_guarded(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """One error for each address whose view carries neither @guard nor @public."""
    return [
        Error(
            f"The view at '/{route}' has no @guard and no @public.",
            hint="Say who may call it: @guard(Permission.X). Then add its row to tests/architecture/matrix.py.",
            id="accounts.E001",
        )
        for route in unguarded_views()
    ]


def register() -> None:
    register_check(check_views_are_guarded, "urls")
