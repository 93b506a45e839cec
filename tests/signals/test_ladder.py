"""When what nobody acts on moves up. Fixed days: 2026-11-27 is a Friday, 2026-12-25 a Friday and a holiday."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.schooldays import Calendar, Period
from signals.ladder import (
    BOARD,
    DEPUTY,
    FIRST,
    PRINCIPAL,
    level_at,
    moments,
    next_moment,
    start_of,
    starts_again,
    target,
)

TZ = ZoneInfo("Europe/Amsterdam")
CALENDAR = Calendar(TZ)
SOMEBODY, NOBODY = True, False


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@pytest.mark.parametrize(
    ("urgency", "start", "expected"),
    [
        ("now", "2026-11-27 23:50", ("2026-11-28 00:05", "2026-11-28 00:20", "2026-11-28 00:50")),
        ("same_day", "2026-11-26 23:59", ("2026-11-26 23:59", "2026-11-27 08:30", "2026-11-27 13:00")),
        ("same_day", "2026-11-27 23:59", ("2026-11-27 23:59", "2026-11-30 08:30", "2026-11-30 13:00")),
        ("five_working_days", "2026-11-27 17:00", ("2026-11-27 17:00", "2026-11-30 17:00", "2026-12-01 17:00")),
        ("planned", "2026-12-24 17:00", ("2026-12-24 17:00", "2026-12-28 17:00", "2026-12-29 17:00")),
    ],
)
def test_the_terms_of_each_urgency(urgency: str, start: str, expected: tuple[str, ...]) -> None:
    assert moments(urgency, at(start), CALENDAR) == tuple(at(text) for text in expected)


def test_an_unknown_urgency_is_an_error() -> None:
    with pytest.raises(KeyError):
        moments("some_day", at("2026-11-27 10:00"), CALENDAR)


def test_a_level_holds_from_its_very_moment() -> None:
    reached = moments("now", at("2026-11-27 10:00"), CALENDAR)
    second = timedelta(seconds=1)
    assert [level_at(reached, moment - second) for moment in reached] == [FIRST, DEPUTY, PRINCIPAL]
    assert [level_at(reached, moment) for moment in reached] == [DEPUTY, PRINCIPAL, BOARD]


@pytest.mark.parametrize(
    ("wanted", "current", "deputy", "principal", "board", "goes"),
    [
        (FIRST, FIRST, SOMEBODY, SOMEBODY, SOMEBODY, FIRST),
        (DEPUTY, FIRST, SOMEBODY, SOMEBODY, SOMEBODY, DEPUTY),
        (DEPUTY, FIRST, NOBODY, SOMEBODY, SOMEBODY, PRINCIPAL),
        (DEPUTY, FIRST, NOBODY, NOBODY, SOMEBODY, BOARD),
        (PRINCIPAL, PRINCIPAL, NOBODY, SOMEBODY, SOMEBODY, PRINCIPAL),
        (BOARD, FIRST, SOMEBODY, SOMEBODY, SOMEBODY, BOARD),
        (BOARD, DEPUTY, SOMEBODY, SOMEBODY, NOBODY, PRINCIPAL),
        (BOARD, FIRST, NOBODY, NOBODY, NOBODY, FIRST),
        (DEPUTY, BOARD, SOMEBODY, SOMEBODY, SOMEBODY, BOARD),
        (FIRST, PRINCIPAL, SOMEBODY, SOMEBODY, SOMEBODY, PRINCIPAL),
    ],
)
def test_where_it_goes(wanted: int, current: int, deputy: bool, principal: bool, board: bool, goes: int) -> None:
    assert target(wanted, current, [SOMEBODY, deputy, principal, board]) == goes


def test_it_is_looked_at_again_at_the_next_term_that_leads_further_up() -> None:
    reached = moments("now", at("2026-11-27 10:00"), CALENDAR)
    assert next_moment(reached, at("2026-11-27 10:00"), FIRST) == at("2026-11-27 10:15")
    assert next_moment(reached, at("2026-11-27 10:00"), PRINCIPAL) == at("2026-11-27 11:00")
    assert next_moment(reached, at("2026-11-27 10:20"), BOARD) is None
    assert next_moment(reached, at("2026-11-27 11:00"), FIRST) is None


@pytest.mark.parametrize(
    ("unseen", "urgency", "due", "start"),
    [
        (True, "now", "2026-11-27 11:00", "2026-11-27 10:00"),
        (False, "now", "2026-11-27 11:00", "2026-11-27 11:00"),
        (True, "same_day", "2026-11-27 23:59", "2026-11-27 23:59"),
        (True, "planned", "2026-12-11 17:00", "2026-12-01 17:00"),
        (False, "planned", "2026-12-11 17:00", "2026-12-11 17:00"),
    ],
)
def test_from_when_the_terms_count(unseen: bool, urgency: str, due: str, start: str) -> None:
    """A report does not stay unopened until its first step is due: two school days are enough."""
    found = start_of(urgency, entered_at=at("2026-11-27 10:00"), due_at=at(due), unseen=unseen, calendar=CALENDAR)
    assert found == at(start)


def test_a_school_holiday_stops_what_can_wait_and_nothing_else() -> None:
    holiday = Period(date(2026, 11, 30), date(2026, 12, 4), "own", "Herfst")
    closed = Calendar(TZ, closed=(holiday,))
    assert moments("planned", at("2026-11-27 17:00"), closed)[1] == at("2026-12-07 17:00")
    assert moments("same_day", at("2026-11-27 23:59"), closed)[1] == at("2026-11-30 08:30")


@pytest.mark.parametrize(
    ("urgency", "acted", "start"),
    [
        ("now", None, "2026-11-27 11:00"),
        ("now", "2026-11-27 10:59", "2026-11-27 11:00"),
        ("now", "2026-11-27 11:10", "2026-11-27 11:10"),
        ("same_day", "2026-11-27 11:10", "2026-11-27 23:59"),
        ("five_working_days", "2026-11-27 11:10", "2026-11-30 17:00"),
        ("planned", "2026-11-28 11:10", "2026-11-30 17:00"),
    ],
)
def test_who_acts_late_gets_a_short_new_term(urgency: str, acted: str | None, start: str) -> None:
    due = at("2026-11-27 11:00")
    assert starts_again(urgency, due, at(acted) if acted else None, CALENDAR) == at(start)
