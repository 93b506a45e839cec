"""The one module that makes text safe: whatever is put into a frame is escaped, once."""

from typing import Any

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from signals.markup import NOTHING, filled, joined

FRAME = "<b title='{}'>{}</b>"


@given(st.text(), st.text())
def test_a_value_is_escaped_as_django_does_it(one: str, two: str) -> None:
    assert filled(FRAME, one, two) == format_html(FRAME, one, two)


@pytest.mark.parametrize("value", [7, None, gettext_lazy("Note"), SafeString("<i>a</i>"), NOTHING])
def test_what_is_no_plain_text_stands_there_as_django_writes_it(value: Any) -> None:
    assert filled("{}", value) == format_html("{}", value)


@given(st.lists(st.text()))
def test_parts_that_are_no_html_yet_are_escaped(parts: list[str]) -> None:
    assert joined(parts) == "".join(format_html("{}", part) for part in parts)  # type: ignore[arg-type]
    assert joined(map(SafeString, parts)) == "".join(parts)
