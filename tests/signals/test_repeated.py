"""The third small report in six weeks, as a rule by itself."""

from datetime import date, timedelta

from signals.repeated import Small, brings_a_third, last_with, thirds

MONDAY = date(2026, 9, 7)


def at(*days: int) -> list[Small]:
    """Reports so many days after a Monday, numbered from 1."""
    return [
        Small(number, f"R{number}", f"C{number}", MONDAY + timedelta(days=days))
        for number, days in enumerate(days, start=1)
    ]


def numbers(rows: list[Small]) -> list[tuple[int, ...]]:
    return [tuple(row.number for row in three) for three in thirds(rows)]


def test_three_within_forty_two_days_and_not_within_forty_three() -> None:
    assert numbers(at(0, 10, 42)) == [(1, 2, 3)]
    assert numbers(at(0, 10, 43)) == []
    assert numbers(at(0, 10)) == []


def test_the_window_moves_along() -> None:
    assert numbers(at(0, 40, 50, 60)) == [(2, 3, 4)]


def test_who_counted_does_not_count_again() -> None:
    assert numbers(at(0, 1, 2, 3, 4)) == [(1, 2, 3)]
    assert numbers(at(0, 1, 2, 3, 4, 5)) == [(1, 2, 3), (4, 5, 6)]


def test_the_order_is_that_of_the_days() -> None:
    assert numbers(at(20, 0, 10)) == [(2, 3, 1)]


def test_the_last_three_with_one_of_these() -> None:
    rows = at(0, 1, 2, 3, 4, 5)
    assert [row.number for row in last_with(rows, [1, 5])] == [4, 5, 6]
    assert [row.number for row in last_with(rows, [2])] == [1, 2, 3]
    assert last_with(rows[:4], [4]) == ()


def test_a_fourth_brings_nothing_new_and_a_late_one_may() -> None:
    assert brings_a_third(at(0, 1, 2), 3)
    assert not brings_a_third(at(0, 1, 2, 3), 4)
    assert brings_a_third(at(0, 40, 20), 3)  # typed later, known in between
