"""A page put together when it is loaded reads as Django would write it."""

from typing import Any

import pytest
from django.template import Context, Engine
from django.utils.safestring import mark_safe

LIBRARIES = {"i18n": "django.templatetags.i18n"}
BASE = "<{% block head %}none{% endblock %}>{{ name }}{% block main %}{% block inner %}i{% endblock %}{% endblock %}."
FRAME = '{% extends "base.html" %}{% block main %}[{% block inner %}{% endblock %}]{{ name }}{% endblock %}'
PARTS = {
    "base.html": BASE,
    "frame.html": FRAME,
    "line.html": '{% if who %}{{ who }}{% else %}-{% endif %}{% url "x" as who %}{{ who }}',
    "turn.html": '{% cycle "a" "b" %}',
    "blocks.html": "{% block main %}own{% endblock %}",
    "itself.html": '{% if left %}{{ left.0 }}{% include "other.html" with left=left.1 %}{% endif %}',
    "other.html": '({% include "itself.html" %})',
}
PAGES = [
    '{% extends "base.html" %}{% block main %}{{ name }}{% endblock %}',
    '{% extends "base.html" %}{% block inner %}{{ name }}{% endblock %}nothing',
    '{% extends "frame.html" %}{% block inner %}in{% endblock %}{% block head %}h{% endblock %}',
    '{% extends "frame.html" %}{% block main %}all{% endblock %}',
    '{% extends "base.html" %}{% block head %}{{ block.super }}!{% endblock %}',
    '{% extends "frame.html" %}{% block main %}{{ block.super }}!{% endblock %}',
    "{% extends parent %}{% block head %}h{% endblock %}",
    '{% extends "base.html" %}{% load i18n %}{% block head %}{% translate "Desk" as name %}{{ name }}{% endblock %}',
    '{% extends "base.html" %}{% block head %}{% include "blocks.html" %}{% endblock %}{% block main %}m{% endblock %}',
    '{% include "line.html" %}{{ who }}{% include "line.html" with who=name %}{{ who }}',
    '{% include "line.html" with who=name only %}{% include part %}{% include "line.html" with who=rows.0 %}',
    '{% for row in rows %}{% include "turn.html" %}{% include "line.html" with who=row %}{% endfor %}{{ row }}',
    '{% include "itself.html" with left=nest %}{% include "other.html" %}',
    '{% autoescape off %}{{ name }}{% include "line.html" with who=name %}{% endautoescape %}{{ name }}',
    "{{ card.title }}{{ card.call }}{{ card.call.0 }}{{ card.refuses }}{{ card.none }}{{ missing.more }}",
    "{{ rows.0 }}{{ rows.9 }}{{ number }}{{ number.real }}{{ safe }}{{ given.items }}{{ given.items.0 }}",
    "{% if card.title and not card.none or card.call == 'c' %}y{% elif missing %}n{% endif %}{{ card.title|length }}",
]


class Card:
    """What pages show: values, what is called, and what must not be."""

    title, none = "<b>'t' & \"u\"", None

    def call(self) -> str:
        return "c"

    def refuses(self) -> str:
        raise AssertionError("must not be called")

    refuses.alters_data = True  # type: ignore[attr-defined]


def values() -> dict[str, Any]:
    return {
        "name": "<i>",
        "parent": "base.html",
        "part": "line.html",
        "rows": ["x", "<y>"],
        "nest": ("1", ("2", ())),
        "left": ("1", ("2", ())),
        "card": Card(),
        "number": 1234.5,
        "safe": mark_safe("<u>"),
        "given": {"items": ["own"], "k": 1},
    }


def engine(folded: bool, page: str) -> Engine:
    loader: Any = ("django.template.loaders.locmem.Loader", {"page.html": page, **PARTS})
    return Engine(loaders=[("schoolsafety.folding.Loader", [loader])] if folded else [loader], libraries=LIBRARIES)


@pytest.mark.parametrize("page", PAGES)
def test_reads_the_same(page: str) -> None:
    folded, plain = engine(True, page), engine(False, page)
    wanted = plain.get_template("page.html").render(Context(values()))
    for _again in range(2):
        assert folded.get_template("page.html").render(Context(values())) == wanted
    folded.get_template("base.html")
    assert folded.get_template("page.html").render(Context(values())) == wanted


def test_a_page_is_one_list() -> None:
    page = engine(True, '{% extends "frame.html" %}{% block inner %}in{% include "blocks.html" %}{% endblock %}')
    found = [type(node).__name__ for node in page.get_template("page.html").nodelist]
    assert found == ["TextNode", "Shown", "TextNode", "Shown", "TextNode"]
