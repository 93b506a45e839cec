"""A row of a list as HTML: the template writes each form of a row once, and the words of a case take their place.

Twenty-five rows of one template took two thirds of the time that a list may take. `templates/components/case_row.html`
says what a row looks like; it is rendered with stand-ins, and kept, for each form that a row can have (with a wall or
without, due or not) and each language. Every word goes through `format_html`, which escapes it.
"""

import re
from functools import lru_cache

from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import get_language

TEMPLATE = "components/case_row.html"
WORDS = (
    *("reference", "url", "concern", "facts", "moved", "state_label", "owner"),
    *("next_step", "next_due", "next_due_text", "due_class", "due_word"),
)
STAND_IN = re.compile("\x02([a-z_]+)\x03")
Form = tuple[frozenset[str], bool, bool, bool]


def row_html(words: dict[str, str], *, late: bool, walled: bool, several: bool) -> str:
    """One row. `words`: each of WORDS, empty where there is nothing to say."""
    said = frozenset(name for name, word in words.items() if word)
    return format_html(_written(get_language(), (said, late, walled, several)), **words)


@lru_cache(maxsize=256)
def _written(language: str | None, form: Form) -> str:
    """The HTML of one form of a row, as a format for the words. `language`: of the words in the template itself."""
    said, late, walled, several = form
    row: dict[str, object] = {name: f"\x02{name}\x03" for name in said}
    html = get_template(TEMPLATE).render({"row": row | {"late": late, "walled": walled, "several": several}})
    return STAND_IN.sub(r"{\1}", html.strip().replace("{", "{{").replace("}", "}}"))
