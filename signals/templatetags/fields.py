"""The fields of a form. Those of a form for one text are kept while nothing is typed: then only their key differs."""

from functools import lru_cache

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.forms import Form
from django.utils.translation import get_language

from signals.forms.case import TextForm
from signals.markup import filled, joined

register = template.Library()
KEY = "00000000-0000-0000-0000-000000000000"  # stands for the key


@register.simple_tag
def form_fields(form: Form) -> str:
    """All fields, with what was typed and what is wrong with it."""
    if type(form) is not TextForm or form.is_bound or set(form.fields) != {"text", "key"}:
        return joined(as_crispy_field(field) for field in form)
    return filled(_empty(str(form.fields["text"].label), get_language()), str(form["key"].value()))


@lru_cache(maxsize=64)
def _empty(label: str, _language: str | None) -> str:
    """A frame for the key."""
    form = TextForm(label=label)
    form.fields["key"].initial = KEY
    html = joined(as_crispy_field(field) for field in form)
    return html.replace("{", "{{").replace("}", "}}").replace(KEY, "{0}")
