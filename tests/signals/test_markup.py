"""What HTML is made of in Python is escaped, unless it is HTML already."""

import pytest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from signals.markup import address_parts, broken, filled, joined

BAD = "<b onclick='x'>\"&"
ESCAPED = "&lt;b onclick=&#x27;x&#x27;&gt;&quot;&amp;"


class Sly(str):
    """A text of another class is no HTML."""


@pytest.mark.parametrize("value", [BAD, Sly(BAD), gettext_lazy(BAD)])
def test_every_value_is_escaped(value: object) -> None:
    assert filled("<p>{}</p>", value) == f"<p>{ESCAPED}</p>" == format_html("<p>{}</p>", value)
    assert joined(["<i>", str(value)]) == f"&lt;i&gt;{ESCAPED}"


def test_html_stays_html_and_line_ends_are_kept() -> None:
    inner = filled("<b>{}</b>", "{} & {0}")
    assert filled("<p>{}</p>", inner) == "<p><b>{} &amp; {0}</b></p>"
    assert joined([inner, inner]) == inner + inner
    assert filled("{}", joined([inner])) == inner
    assert filled("{}", broken("a<\nb")) == "a&lt;<br>b"
    assert filled("{}", 3) == "3"


def test_an_address_goes_on_after_its_signs_and_is_escaped() -> None:
    assert address_parts("s.bakker@a.nl") == "s.<wbr>bakker@<wbr>a.<wbr>nl"
    assert address_parts(f"{BAD}@x") == f"{ESCAPED}@<wbr>x"
    assert filled("<p>{}</p>", address_parts("a@b")) == "<p>a@<wbr>b</p>"
