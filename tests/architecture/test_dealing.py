"""Each process of a run begins with a share of the longest tests, and none is lost: see tests/dealing.py."""

import pytest

from tests.dealing import dealt


@pytest.mark.parametrize("hands", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(("long", "others"), [(0, 0), (0, 1), (1, 0), (5, 3), (18, 500), (3, 100)])
def test_every_test_is_given_out_once(hands: int, long: int, others: int) -> None:
    longest, rest = [f"long {number}" for number in range(long)], [f"short {number}" for number in range(others)]
    assert sorted(dealt(longest, rest, hands)) == sorted(longest + rest)


def test_as_xdist_gives_them_out_each_begins_with_the_longest() -> None:
    found = dealt([-1, -2, -3, -4], list(range(100)), 3)
    parts = found[:34], found[34:69], found[69:]  # a third, half of what is left, and the rest
    assert [[test for test in part if test < 0] for part in parts] == [[-1, -4], [-2], [-3]]
    assert [part[0] for part in parts] == [-1, -2, -3]
