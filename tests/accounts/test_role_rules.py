"""Which roles may stand beside each other: by day, by place and by what they open. Without a database."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role, hands_out_roles, reads_others
from accounts.rules import Span, not_beside, overlap, same_role_already

DAY = date(2026, 11, 27)


def span(first: int, last: int | None, role: str = "teacher", place: str = "school") -> Span:
    """From one day until another, counted from DAY."""
    return Span(role, place, DAY + timedelta(days=first), None if last is None else DAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (span(0, None), span(0, None), True),
        (span(0, 5), span(5, 9), True),  # both days count
        (span(0, 5), span(6, 9), False),
        (span(6, None), span(0, 5), False),
        (span(5, None), span(0, 5), True),
        (span(0, 9), span(3, 4), True),
        (span(3, 3), span(3, 3), True),
        (span(0, None), span(-9, -1), False),
    ],
)
def test_overlap(one: Span, other: Span, together: bool) -> None:
    assert overlap(one, other) is together
    assert overlap(other, one) is together


def test_the_same_role_at_the_same_place_is_there_once_on_a_day() -> None:
    held = [span(0, 5)]
    assert same_role_already(span(5, None), held) == held[0]
    assert same_role_already(span(6, None), held) is None
    assert same_role_already(span(0, 5, place="elsewhere"), held) is None
    assert same_role_already(span(0, 5, role="coordinator"), held) is None


READERS = {"coordinator", "principal", "board_officer", "privacy_officer"}


def test_who_reads_and_who_hands_out() -> None:
    assert {role for role in Role.values if reads_others(role)} == READERS
    assert [role for role in Role.values if hands_out_roles(role)] == ["administrator"]


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("wanted_is_administrator", [True, False])
def test_an_administrator_reads_no_cases_of_others(role: str, wanted_is_administrator: bool) -> None:
    """The pair is refused in whichever order they are given; a teacher reads only what they wrote."""
    pair = [span(0, None, "administrator", "board"), span(0, None, role)]
    wanted, held = pair if wanted_is_administrator else pair[::-1]
    refused = not_beside(wanted, [held], reads=reads_others, hands_out=hands_out_roles) is not None
    assert refused is (role in READERS)


def test_one_after_the_other_is_allowed() -> None:
    held = [span(0, 5, "administrator", "board")]
    assert not_beside(span(6, None, "coordinator"), held, reads=reads_others, hands_out=hands_out_roles) is None
    assert not_beside(span(5, None, "coordinator"), held, reads=reads_others, hands_out=hands_out_roles) == held[0]
