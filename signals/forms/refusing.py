"""Giving a form back when a service did not keep it."""

import uuid

from django import forms

from signals.errors import RuleError


def refuse(form: forms.Form, error: RuleError, field: str | None = None) -> None:
    """Say on a form why it was not kept, with a key of its own: its words may differ from what was sent before."""
    form.add_error(field, str(error))
    data = form.data.copy()  # type: ignore[attr-defined]
    data["key"] = str(uuid.uuid4())
    form.data = data
