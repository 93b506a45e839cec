"""The key of a form: what was sent twice is kept once, and other words under the same key are not lost."""

from typing import TypeVar

from django.utils.translation import gettext as _

from signals.errors import RuleError

Row = TypeVar("Row")


def arrived(row: Row, kept: object, sent: object) -> Row:
    """What a second click finds: the row that was kept under the key of its form, when it says what is sent now.

    After a connection that was lost the form stays open, and somebody may add a sentence before they send it again.

    Args:
        kept: what the row said when it was made.
        sent: the same of what comes now.

    Raises:
        RuleError: it says something else, and that is not kept yet.
    """
    if kept != sent:
        raise RuleError(
            _(
                "This form was sent before. That arrived; what stands here now is not kept yet. Look at what arrived, "
                "and send this as well if it is still needed."
            )
        )
    return row
