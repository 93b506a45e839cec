"""What HTML is made of in Python is escaped, unless it is HTML already."""

import html
from itertools import product

import pytest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from signals.markup import BETWEEN, Writing, escape, filled, joined

BAD = "<b onclick='x'>\"&"
ESCAPED = "&lt;b onclick=&#x27;x&#x27;&gt;&quot;&amp;"


class Sly(str):
    """A text of another class is no HTML."""


@pytest.mark.parametrize("value", [BAD, Sly(BAD), gettext_lazy(BAD)])
def test_every_value_is_escaped(value: object) -> None:
    assert filled("<p>{}</p>", value) == f"<p>{ESCAPED}</p>" == format_html("<p>{}</p>", value)
    assert joined(["<i>", str(value)]) == f"&lt;i&gt;{ESCAPED}"


def test_html_stays_html() -> None:
    inner = filled("<b>{}</b>", "{} & {0}")
    assert filled("<p>{}</p>", inner) == "<p><b>{} &amp; {0}</b></p>"
    assert joined([inner, inner]) == inner + inner
    assert filled("{}", joined([inner])) == inner
    assert filled("{}", 3) == "3"


@pytest.mark.parametrize("parts", list(product(["", "é", "&lt;", *"&<>\"'"], repeat=2)))
def test_texts_are_escaped_as_python_does_it(parts: tuple[str, ...]) -> None:
    assert escape("a".join(parts)) == html.escape("a".join(parts))


@pytest.mark.parametrize("between", ["", BETWEEN, f"{BETWEEN}{BETWEEN}"])
@pytest.mark.parametrize("value", [BAD, Sly(BAD), filled("<b>{}</b>", "&"), "{} {0} %s", ""])
def test_of_many_frames_every_value_is_escaped_and_has_its_own_place(value: str, between: str) -> None:
    page = Writing()
    assert page.html == ""
    page.add("<ul>")
    page.add('<li title="{}">{}</li>', between, value)
    page.add("<li>{}</li>", f"{value}{between}{value}")
    page.add("</ul>")
    own = [html.escape(text) for text in (between, value, f"{value}{between}{value}")]
    assert page.html == '<ul><li title="{}">{}</li><li>{}</li></ul>'.format(*own)
    assert filled("{}", page.html) == page.html


def test_lines_of_a_text_stand_below_each_other() -> None:
    page = Writing()
    page.lines("<p>{}</p>", "a<\nb\r\nc\rd")
    page.lines("<p>{}</p>", "{}\u2028<br>")
    assert page.html == "<p>a&lt;<br>b<br>c<br>d</p><p>{}\u2028&lt;br&gt;</p>"


def test_an_address_goes_on_after_its_signs_and_is_escaped() -> None:
    page = Writing()
    page.address("s.bakker@a.nl")
    page.address(f"{BAD}@x")
    assert page.html == f"s.<wbr>bakker@<wbr>a.<wbr>nl{ESCAPED}@<wbr>x"
