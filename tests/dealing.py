"""The order in which tests are given to the processes of a run."""

from typing import TypeVar

Test = TypeVar("Test")


def dealt(longest: list[Test], others: list[Test], hands: int) -> list[Test]:
    """In as many parts as there are processes, as xdist gives them out; each begins with a few of the longest."""
    found: list[Test] = []
    total = len(longest) + len(others)
    for hand in range(hands):
        size, first = (total - len(found)) // (hands - hand), longest[hand::hands]
        rest = max(size - len(first), 0)
        found += [*first, *others[:rest]]
        others = others[rest:]
    return found
