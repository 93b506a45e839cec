"""A page or a button of a case that a colleague put with another one a moment before."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from signals.models import Case


def led_on(request: HttpRequest, found: Case, reference: str, form: Form | None = None) -> HttpResponse | None:
    """To where it stands now, with one sentence; None when nothing moved, or when words were typed.

    Args:
        reference: of the case as it stood in the address.
        form: for a page with words of its own; those come back on it, see `forms.joined`.
    """
    if found.reference == reference or (form is not None and form.is_bound):
        return None
    words = {"old": reference, "new": found.reference}
    text = _("Case %(old)s was put with case %(new)s meanwhile. You see that case now; nothing else was changed.")
    messages.warning(request, text % words)
    return redirect("signals:case", found.reference)


def led_to_report(request: HttpRequest, found: Case, reference: str, url: str) -> HttpResponse:
    """To the case where a report lies now, with one sentence."""
    words = {"old": reference, "new": found.reference}
    text = _(
        "This report went from case %(old)s to case %(new)s meanwhile. You see it there; nothing else was changed."
    )
    messages.warning(request, text % words)
    return redirect(url)
