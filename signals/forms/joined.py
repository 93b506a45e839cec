"""A form of a case that a colleague put with another one while somebody was writing."""

from django import forms
from django.utils.translation import gettext as _

from signals.models import Case


def says_joined(form: forms.Form, found: Case, reference: str) -> bool:
    """True when the form was of a case that is part of `found` now: it says so, and is sent there only when asked to.

    Args:
        reference: of the case as it stood in the address.
    """
    if found.reference == reference:
        return False
    words = {"old": reference, "new": found.reference}
    form.add_error(
        None,
        _(
            "Case %(old)s was put with case %(new)s meanwhile. What you wrote is not kept yet. Does it belong in case "
            "%(new)s? Then send it once more."
        )
        % words,
    )
    return True
