"""By when: the school's time, hours and calendar; weekends, public and school holidays, closing days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.hours import Hours, read_hours
from escalation.deadlines import due_at
from escalation.school_holidays import REGIONS, load_school_holidays, school_holidays
from escalation.schooldays import Calendar, Period, next_opening

NL = ZoneInfo("Europe/Amsterdam")
UNKNOWN = Calendar(NL)  # a school that filled in nothing
HALF_PAST_EIGHT, FIVE = time(8, 30), time(17)
WEEK = Hours({day: (HALF_PAST_EIGHT, time(12, 30) if day == 2 else FIVE) for day in range(5)})  # short Wednesdays
STUDY_DAY = Period(date(2026, 11, 30), date(2026, 11, 30), "own", "Studiedag")
SCHOOL = Calendar(NL, WEEK, (*school_holidays().by_region["midden"], STUDY_DAY))


def at(*moment):
    return datetime(*moment, tzinfo=NL)


@pytest.mark.parametrize(
    ("urgency", "entered", "due"),
    [
        ("now", at(2026, 11, 23, 11, 20), at(2026, 11, 23, 12, 20)),
        ("same_day", at(2026, 11, 23, 11, 20), at(2026, 11, 23, 23, 59)),
        ("same_day", at(2026, 11, 22, 11, 20), at(2026, 11, 22, 23, 59)),
        ("same_day", at(2026, 11, 23, 23, 58, 59), at(2026, 11, 23, 23, 59)),
        # In the last minute of a day that day is over: late before anybody can have read it helps nobody.
        ("same_day", at(2026, 11, 23, 23, 59), at(2026, 11, 24, 10)),
        ("same_day", at(2026, 11, 27, 23, 59, 30), at(2026, 11, 30, 10)),
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
def test_a_school_without_a_calendar_works_from_monday_to_friday(urgency, entered, due):
    assert due_at(urgency, entered, UNKNOWN) == due


@pytest.mark.parametrize(
    ("urgency", "entered", "due"),
    [
        # Open, before opening, and the minute of closing: today.
        ("same_day", at(2026, 11, 26, 11), at(2026, 11, 26, 23, 59)),
        ("same_day", at(2026, 11, 26, 6), at(2026, 11, 26, 23, 59)),
        ("same_day", at(2026, 11, 26, 17), at(2026, 11, 26, 23, 59)),
        # After closing: two hours after the next opening. Wednesdays close at half past twelve.
        ("same_day", at(2026, 11, 26, 17, 1), at(2026, 11, 27, 10, 30)),
        ("same_day", at(2026, 11, 25, 13), at(2026, 11, 26, 10, 30)),
        # Friday evening before a study day: noon on Monday, because the world outside works then.
        ("same_day", at(2026, 11, 27, 18), at(2026, 11, 30, 12)),
        ("same_day", at(2026, 11, 30, 9), at(2026, 12, 1, 10, 30)),
        # In the Christmas holiday: the next working day, and not two weeks later. The 25th is a public holiday.
        ("same_day", at(2026, 12, 22, 10), at(2026, 12, 23, 12)),
        ("same_day", at(2026, 12, 24, 10), at(2026, 12, 28, 12)),
        ("same_day", at(2026, 12, 31, 10), at(2027, 1, 4, 10, 30)),
        # The hour of `now` looks at no calendar.
        ("now", at(2026, 12, 25, 23, 30), at(2026, 12, 26, 0, 30)),
        # School days: the study day, the short Wednesday, the holiday and the turn of the year.
        ("five_working_days", at(2026, 11, 26, 11), at(2026, 12, 4, 17)),
        ("five_working_days", at(2026, 12, 2, 11), at(2026, 12, 9, 12, 30)),
        ("five_working_days", at(2026, 12, 17, 11), at(2027, 1, 7, 17)),
        ("planned", at(2026, 12, 17, 11), at(2027, 1, 14, 17)),
        # Beyond what is published every weekday is a school day; public holidays are known for ever.
        ("five_working_days", at(2031, 7, 21, 11), at(2031, 7, 28, 17)),
        ("five_working_days", at(2031, 12, 24, 11), at(2032, 1, 5, 17)),
    ],
)
def test_a_school_with_a_calendar(urgency, entered, due):
    assert due_at(urgency, entered, SCHOOL) == due


@pytest.mark.parametrize(
    ("urgency", "known", "entered", "due"),
    [
        # Known in school hours, entered in the evening: still today.
        ("same_day", at(2026, 11, 26, 14), at(2026, 11, 26, 20), at(2026, 11, 26, 23, 59)),
        # Known outside school hours.
        ("same_day", at(2026, 11, 26, 19), at(2026, 11, 26, 20), at(2026, 11, 27, 10, 30)),
        # Too late already: the day it is entered, or the next morning.
        ("same_day", at(2026, 11, 24, 14), at(2026, 11, 26, 11), at(2026, 11, 26, 23, 59)),
        ("same_day", at(2026, 11, 24, 14), at(2026, 11, 26, 20), at(2026, 11, 27, 10, 30)),
        ("five_working_days", at(2026, 11, 23, 9), at(2026, 11, 26, 11), at(2026, 12, 1, 17)),
        ("five_working_days", at(2026, 10, 1, 9), at(2026, 11, 26, 11), at(2026, 11, 26, 23, 59)),
        # A moment of knowing in the future counts for nothing.
        ("same_day", at(2026, 11, 29, 9), at(2026, 11, 26, 11), at(2026, 11, 26, 23, 59)),
        # These two count from entering.
        ("now", at(2026, 11, 2, 9), at(2026, 11, 26, 11), at(2026, 11, 26, 12)),
        ("planned", at(2026, 11, 2, 9), at(2026, 11, 26, 11), at(2026, 12, 11, 17)),
    ],
)
def test_what_the_school_knew_before_it_was_entered(urgency, known, entered, due):
    assert due_at(urgency, entered, SCHOOL, known_at=known) == due


def test_the_day_is_the_schools_day():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past midnight in the Netherlands
    assert due_at("same_day", late, UNKNOWN) == at(2026, 11, 24, 23, 59)


def test_summer_time_does_not_move_the_hour():
    due = due_at("five_working_days", at(2026, 3, 25, 12), UNKNOWN)
    assert due == at(2026, 4, 1, 17)
    assert due.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    "entered", [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC)]
)
def test_an_hour_is_an_hour_when_the_clock_changes(entered):
    """Half past two in the night in which it becomes two once more, and half past one before it becomes three."""
    assert due_at("now", entered, SCHOOL) - entered == timedelta(hours=1)


def test_a_school_that_is_closed_for_ever_still_has_deadlines():
    closed = Calendar(NL, WEEK, (Period(date(2026, 1, 1), date(2030, 1, 1), "own", "Verbouwing"),))
    assert due_at("five_working_days", at(2026, 11, 23, 9), closed) == at(2026, 11, 30, 17)
    assert due_at("same_day", at(2026, 11, 23, 9), closed) == at(2026, 11, 24, 10, 30)


def test_errors():
    with pytest.raises(ValueError, match="time zone"):
        due_at("now", datetime(2026, 11, 23), UNKNOWN)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        due_at("now", at(2026, 11, 23), UNKNOWN, known_at=datetime(2026, 11, 23))  # noqa: DTZ001
    with pytest.raises(ValueError, match="unknown urgency: soon"):
        due_at("soon", at(2026, 11, 23), UNKNOWN)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(2026, 11, 27, 12), None),
        (at(2026, 11, 27, 17), at(2026, 11, 30, 8, 30)),
        (at(2026, 11, 29, 12), at(2026, 11, 30, 8, 30)),
        (at(2026, 11, 30, 7), at(2026, 11, 30, 8, 30)),
        (at(2026, 12, 24, 18), at(2026, 12, 28, 8, 30)),  # Christmas is on a Friday and a Saturday
        (at(2027, 3, 25, 18), at(2027, 3, 30, 8, 30)),  # Good Friday until Easter Monday; the clock changes meanwhile
    ],
)
def test_when_a_line_opens(moment, opens):
    line = Hours({day: (HALF_PAST_EIGHT, time(16, 59)) for day in range(5)})
    assert next_opening(line, moment) == opens


def test_a_line_that_never_closes():
    line = Hours(dict.fromkeys(range(7), (time(0), time(23, 59))))
    assert next_opening(line, at(2026, 12, 25, 23, 59, 30)) is None


def test_what_is_stored_is_what_is_read():
    assert read_hours(WEEK.stored()) == WEEK
    assert read_hours({}) is None
    for wrong in ([1], {"7": ["08:00", "17:00"]}, {"0": ["17:00", "08:00"]}, {"0": ["08:00"]}, {"0": ["8", "x"]}):
        with pytest.raises(ValueError):  # noqa: PT011 - any sentence will do
            read_hours(wrong)


@pytest.mark.parametrize("region", REGIONS)
def test_the_school_holidays_are_whole_weeks_in_order(region):
    """Each starts on a Saturday and ends on a Sunday, for one, two or six weeks, five in a school year."""
    rows = school_holidays().by_region[region]
    assert [row.name for row in rows[:5]] == ["autumn", "christmas", "spring", "may", "summer"]
    assert len(rows) == 20
    for row in rows:
        assert (row.starts_on.weekday(), row.ends_on.weekday()) == (5, 6), row
        weeks = {"summer": 6, "christmas": 2}.get(row.name, 1)
        assert row.ends_on - row.starts_on == timedelta(days=7 * weeks + 1), row
    assert rows[-1].ends_on >= school_holidays().known_until


def test_a_wrong_file_is_refused_with_its_line(tmp_path):
    from escalation import school_holidays as module

    text = module.FILE.read_text().replace(
        "{from: 2025-10-18, until: 2025-10-26}", "{from: 2025-10-28, until: 2025-10-26}", 1
    )
    path = tmp_path / "holidays.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"holidays.yaml:\d+: this holiday ends before it starts"):
        load_school_holidays(path)
