"""Finds what stands side by side with OR in a query."""

import re
from collections.abc import Iterator

WORD = re.compile(r"'(?:[^']|'')*'|[()]|\bOR\b")


def alternatives(sql: str) -> Iterator[str]:
    """The text of each group in parentheses, or of the whole query, that has an OR of its own."""
    open_at, has = [0], [False]
    for found in WORD.finditer(sql):
        if found[0] == "(":
            open_at.append(found.end())
            has.append(False)
        elif found[0] == ")":
            start, own = open_at.pop(), has.pop()
            if own:
                yield sql[start : found.start()]
        elif found[0] == "OR":
            has[-1] = True
    if has[0]:
        yield sql
