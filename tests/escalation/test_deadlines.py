"""By when: school time, weekends and Dutch public holidays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.deadlines import due_at

NL = ZoneInfo("Europe/Amsterdam")


def at(*moment):
    return datetime(*moment, tzinfo=NL)


@pytest.mark.parametrize(
    ("urgency", "entered", "due"),
    [
        ("now", at(2026, 11, 23, 11, 20), at(2026, 11, 23, 12, 20)),
        ("same_day", at(2026, 11, 23, 11, 20), at(2026, 11, 23, 23, 59)),
        ("same_day", at(2026, 11, 22, 11, 20), at(2026, 11, 22, 23, 59)),
        ("five_working_days", at(2026, 11, 23, 11, 20), at(2026, 11, 30, 17)),
        ("five_working_days", at(2026, 11, 27, 23, 30), at(2026, 12, 4, 17)),
        ("five_working_days", at(2026, 11, 22, 9), at(2026, 11, 27, 17)),
        # Christmas Day 2026 is a Friday, Boxing Day a Saturday; New Year's Day is the next Friday.
        ("five_working_days", at(2026, 12, 21, 9), at(2026, 12, 29, 17)),
        ("five_working_days", at(2026, 12, 28, 9), at(2027, 1, 5, 17)),
        # King's Day 2027 is a Tuesday.
        ("five_working_days", at(2027, 4, 26, 9), at(2027, 5, 4, 17)),
        ("planned", at(2026, 11, 23, 11, 20), at(2026, 12, 7, 17)),
    ],
)
def test_due_at(urgency, entered, due):
    assert due_at(urgency, entered, NL) == due


def test_the_day_is_the_schools_day():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past midnight in the Netherlands
    assert due_at("same_day", late, NL) == at(2026, 11, 24, 23, 59)


def test_summer_time_does_not_move_the_hour():
    due = due_at("five_working_days", at(2026, 3, 25, 12), NL)
    assert due == at(2026, 4, 1, 17)
    assert due.utcoffset() == timedelta(hours=2)


def test_errors():
    with pytest.raises(ValueError, match="time zone"):
        due_at("now", datetime(2026, 11, 23), NL)  # noqa: DTZ001
    with pytest.raises(ValueError, match="unknown urgency: soon"):
        due_at("soon", at(2026, 11, 23), NL)
