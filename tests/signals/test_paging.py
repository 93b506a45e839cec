"""Pages by key: every row once, in order, whatever comes in between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signals.models import Case
from signals.paging import capped, capped_count, number, page_by_due, page_by_id
from tests.conftest import World


@pytest.fixture
def cases(world: World) -> list[Case]:
    """Twelve cases: some due at the same moment, some without a due moment."""
    now = timezone.now().replace(microsecond=123457)
    due = [3, 1, None, 2, 2, 2, None, 1, 5, 4, None, 2]
    return [
        Case.objects.create(
            board=world.board,
            school=world.school,
            concern="bullying",
            subject_role="pupil",
            created_at=now,
            next_due_at=now + timedelta(days=days) if days else None,
        )
        for days in due
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 12, 13])
def test_by_due_every_case_once_and_in_order(cases: list[Case], size: int) -> None:
    seen, after, pages = [], "", 0
    while True:
        page, after = page_by_due(Case.objects.all(), after, size)
        seen += [case.pk for case in page]
        pages += 1
        if not after:
            break
        assert pages < 20
    far = timezone.now() + timedelta(days=999)
    assert seen == [case.pk for case in sorted(cases, key=lambda c: (c.next_due_at or far, c.pk))]
    assert pages == -(-len(cases) // size)


@pytest.mark.parametrize("size", [1, 5, 12, 13])
def test_by_id_newest_first(cases: list[Case], size: int) -> None:
    seen, after = [], ""
    while True:
        page, after = page_by_id(Case.objects.all(), after, size)
        seen += [case.pk for case in page]
        if not after:
            break
    assert seen == [case.pk for case in reversed(cases)]


def test_a_case_that_comes_in_between_shifts_nothing(cases: list[Case]) -> None:
    first, after = page_by_due(Case.objects.all(), "", 4)
    earlier = cases[0]
    Case.objects.create(
        board=earlier.board,
        school=earlier.school,
        concern="other",
        subject_role="pupil",
        created_at=timezone.now(),
        next_due_at=timezone.now() - timedelta(days=3),
    )
    second, _after = page_by_due(Case.objects.all(), after, 20)
    assert not {case.pk for case in first} & {case.pk for case in second}
    assert len(first) + len(second) == len(cases)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", 0),
        ("17", 17),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("٣", None),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
    ],
)
def test_numbers(text: str, found: int | None) -> None:
    assert number(text) == found


def test_a_count_has_a_ceiling(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    assert capped_count(Case.objects.all()) == "12"
    monkeypatch.setattr("signals.paging.CAP", 10)
    assert capped_count(Case.objects.all()) == "10+"


def test_what_is_above_the_ceiling_is_not_counted() -> None:
    assert [capped(found) for found in (0, 99, 100, 101)] == ["0", "99", "99+", "99+"]
