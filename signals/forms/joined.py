"""A form of a case that a colleague put with another one while somebody was writing."""

from django import forms
from django.utils.translation import gettext as _

from signals.models import Case


def says_joined(form: forms.Form, found: Case, reference: str, *, again: bool = True) -> bool:
    """True when a form that was sent is of a case that is part of `found` now: it says so, and is sent there only when
    asked to.

    Args:
        reference: of the case as it stood in the address.
        again: whether it can be sent there; otherwise its words can be kept as a note, see `overtaken`.
    """
    if found.reference == reference or not form.is_bound:
        return False
    there = _(
        "Case %(old)s was put with case %(new)s meanwhile. What you wrote is not kept yet. Does it belong in case "
        "%(new)s? Then send it once more."
    )
    note = _(
        "Case %(old)s was put with case %(new)s meanwhile. What you wrote is not kept yet; below you can keep it as a "
        "note."
    )
    form.add_error(None, (there if again else note) % {"old": reference, "new": found.reference})
    return True


def says_moved(form: forms.Form, found: Case, reference: str) -> None:
    """The same where only the report went to another case: the form says so, and is sent there when asked to."""
    text = _(
        "This report went from case %(old)s to case %(new)s meanwhile. What you wrote is not kept yet. Is it still "
        "right there? Then send it once more."
    )
    form.add_error(None, text % {"old": reference, "new": found.reference})
