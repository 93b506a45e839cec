"""A row of a list as HTML: the template writes each form of a row once, and the words of a case take their place.

Twenty-five rows of one template took two thirds of the time that a list may take. `templates/components/case_row.html`
says what a row looks like; it is rendered with stand-ins, and kept, for each form that a row can have (with a wall or
without, due or not) and each language. Every word goes through `markup.Writing`, which escapes it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import get_template

from signals.addresses import UNKNOWN
from signals.markup import Writing

LATE = "due due-late"
TEMPLATE = "components/case_row.html"
WORDS = ("reference", "facts", "moved", "owner", "next_due", "concern", "next_step", "next_due_text")
STAND_IN = re.compile("\x02([0-9]+)\x03")


class Form(NamedTuple):
    """What rows have in common: which of WORDS there are, and the few words that many rows share."""

    said: tuple[bool, ...]
    address: str
    state_label: str
    due_class: str
    due_word: str
    walled: bool
    several: bool
    language: str | None


def write_row(page: Writing, form: Form, words: Sequence[str]) -> None:
    """One row. `words`: each of WORDS in their order, empty where there is nothing to say."""
    frame, places = _written(form)
    page.add(frame, *[words[place] for place in places])


@lru_cache(maxsize=256)
def _written(form: Form) -> tuple[str, list[int]]:
    """The HTML of one form of a row as a frame, and which of the words stand in its places."""
    row: dict[str, object] = {name: f"\x02{number}\x03" for number, name in enumerate(WORDS) if form.said[number]}
    row |= {name: getattr(form, name) for name in ("state_label", "due_class", "due_word", "walled", "several")}
    row["url"] = form.address.replace(UNKNOWN, "\x020\x03")
    html = get_template(TEMPLATE).render({"row": row | {"late": form.due_class == LATE}})
    places = [int(place) for place in STAND_IN.findall(html)]
    return STAND_IN.sub("{}", html.strip().replace("{", "{{").replace("}", "}}")), places
