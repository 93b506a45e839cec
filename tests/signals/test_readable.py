"""What somebody could read on a day, from events alone: each rule, its start and its end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.roles import POLICY
from audit.actions import Action
from signals.readable import Answer, Held, answer
from signals.readable_history import CLOSED, ENDED, GRANTED, Event, Rule

DAY = date(2026, 3, 12)
START = datetime(2026, 3, 12, tzinfo=UTC)
ME, YOU = "ME", "YOU"


def at(hour: float, day: int = 12) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour)


def event(action: str, when: datetime, actor: str = YOU, **more: Any) -> Event:
    return Event(at=when, day=when.date(), action=action, actor=actor, **more)


def role(name: str, when: datetime, school: str = "S", action: str = GRANTED, **details: Any) -> Event:
    return event(action, when, school=school, ref=ME, details={"role": name, **details})


def sent(when: datetime, case: str = "C", *, writer: str = YOU, school: str = "S", **personal: Any) -> Event:
    """A report, behind a wall when it is about somebody."""
    about = personal.get("personal", {})
    walled = personal.get("walled", False)
    return event(
        Action.SIGNAL_SENT,
        when,
        writer,
        school="" if walled else school,
        case=case,
        ref=f"R-{case}",
        details={"at": school},
        personal=about,
    )


def asked(*events: Event, day: date = DAY) -> Answer:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return answer(events, person=ME, day=day, start=start, end=start + timedelta(days=1), policy=POLICY)


def ways(found: Answer, case: str = "C") -> list[tuple[Rule, datetime | None, datetime | None]]:
    held: tuple[Held, ...] = next((row.held for row in found.rows if row.case == case), ())
    return [(one.way.rule, one.since, one.until) for one in held]


TEACHER, COORDINATOR = role("teacher", at(1, 1)), role("coordinator", at(1, 1))
PRINCIPAL, OFFICER = role("principal", at(1, 1)), role("board_officer", at(1, 1), school="")
OLD, STAFF = sent(at(9, 10)), sent(at(9, 10), walled=True, personal={"about": "SOMEBODY"})


def test_a_role_opens_the_cases_of_its_school_only() -> None:
    assert ways(asked(COORDINATOR, OLD)) == [(Rule.HANDLES, None, None)]
    assert ways(asked(COORDINATOR, sent(at(9, 10), school="T"))) == []
    assert ways(asked(PRINCIPAL, OLD)) == [(Rule.FOLLOWS, None, None)]
    assert ways(asked(TEACHER, OLD)) == ways(asked(OFFICER, OLD)) == []
    assert ways(asked(role("privacy_officer", at(1, 1), school=""), OLD)) == []


def test_a_role_counts_from_the_event_and_not_from_an_earlier_first_day() -> None:
    late = role("coordinator", at(10), starts="2026-03-01")
    assert ways(asked(OLD, late)) == [(Rule.HANDLES, at(10), None)]
    assert ways(asked(OLD, late, day=date(2026, 3, 11))) == []
    assert ways(asked(OLD, role("coordinator", at(10, 1), starts="2026-03-13"))) == []
    assert ways(asked(OLD, role("coordinator", at(10, 1), starts="2026-03-12"))) == [(Rule.HANDLES, None, None)]


def test_a_role_stops_after_its_last_day_or_at_once() -> None:
    until = role("coordinator", at(1, 1), starts="2026-03-01", ends="2026-03-11")
    assert ways(asked(OLD, until)) == []
    assert ways(asked(OLD, until, day=date(2026, 3, 11))) == [(Rule.HANDLES, None, None)]
    given = role("coordinator", at(1, 1), starts="2026-03-01")
    now = role("coordinator", at(15), action=ENDED, starts="2026-03-01", ends="2026-03-11")
    assert ways(asked(given, OLD, now)) == [(Rule.HANDLES, None, at(15))]
    today = role("coordinator", at(15), action=ENDED, starts="2026-03-01", ends="2026-03-12")
    assert ways(asked(given, OLD, today)) == [(Rule.HANDLES, None, None)]
    assert ways(asked(given, OLD, today, day=date(2026, 3, 13))) == []


def test_a_role_that_never_held_a_day_holds_from_its_event_until_its_end() -> None:
    given = role("coordinator", at(10), starts="2026-03-12")
    gone = role("coordinator", at(11), action=ENDED, starts="2026-03-12", ends="2026-03-11")
    assert ways(asked(OLD, given, gone)) == [(Rule.HANDLES, at(10), at(11))]
    assert ways(asked(COORDINATOR, OLD, event(CLOSED, at(12), ref=ME))) == [(Rule.HANDLES, None, at(12))]
    assert ways(asked(COORDINATOR, OLD, event(CLOSED, at(12), ref=YOU))) == [(Rule.HANDLES, None, None)]


def test_ending_one_role_leaves_the_other() -> None:
    ended = role("coordinator", at(9, 11), action=ENDED, ends="2026-03-10")
    assert ways(asked(COORDINATOR, PRINCIPAL, OLD, ended)) == [(Rule.FOLLOWS, None, None)]
    first = role("coordinator", at(1, 1), starts="2026-03-01", ends="2026-03-20")
    second = role("coordinator", at(1, 1), starts="2026-03-10")
    at_once = role("coordinator", at(9, 11), action=ENDED, starts="2026-03-01", ends="2026-03-10")
    assert ways(asked(first, second, OLD, at_once)) == [(Rule.HANDLES, None, None)]
    elsewhere = role("coordinator", at(9, 11), school="T", action=ENDED, ends="2026-03-10")
    assert ways(asked(COORDINATOR, OLD, elsewhere)) == [(Rule.HANDLES, None, None)]


def test_a_wall_goes_up_and_comes_down_on_the_day() -> None:
    up = event(Action.CASE_WALLED, at(10), case="C", details={"keeper": "", "barred": 0, "from": "S"})
    down = event(Action.CASE_UNWALLED, at(14), case="C", school="S")
    handles = Rule.HANDLES
    assert ways(asked(COORDINATOR, OLD, up, down)) == [(handles, None, at(10)), (handles, at(14), None)]
    assert ways(asked(OFFICER, OLD, up, down)) == [(Rule.BOARD, at(10), at(14))]
    kept = event(Action.CASE_WALLED, at(10), case="C", details={"keeper": ME, "barred": 0, "from": "S"})
    assert ways(asked(COORDINATOR, OLD, kept)) == [(handles, None, at(10)), (Rule.NAMED, at(10), None)]
    assert ways(asked(role("coordinator", at(1, 1), school="T"), OLD, kept)) == []
    other = event(Action.CASE_WALLED, at(10), case="C", details={"keeper": YOU, "barred": 0, "from": "S"})
    assert ways(asked(COORDINATOR, OLD, other)) == [(handles, None, at(10))]


def test_whom_it_is_about_and_who_is_barred_read_nothing() -> None:
    about = sent(at(9, 10), walled=True, personal={"about": ME})
    assert ways(asked(OFFICER, STAFF)) == [(Rule.BOARD, None, None)]
    assert ways(asked(OFFICER, about)) == []
    details = {"keeper": "", "barred": 2, "from": "S"}
    barred = event(Action.CASE_WALLED, at(8, 11), case="C", details=details, personal={"barred": f"X {ME}"})
    down = event(Action.CASE_UNWALLED, at(9, 11), case="C", school="S")
    assert ways(asked(COORDINATOR, OLD, barred, down)) == []
    again = event(Action.CASE_WALLED, at(10, 11), case="C", details={"keeper": ME, "barred": 0, "from": "S"})
    assert ways(asked(COORDINATOR, OLD, barred, down, again)) == []


@pytest.mark.parametrize("erased", ["about", "barred"])
def test_what_was_erased_is_said_and_not_guessed(erased: str) -> None:
    details = {"keeper": "", "barred": 1, "from": "S"}
    wall = event(Action.CASE_WALLED, at(8, 11), case="C", details=details, personal=None)
    events = [sent(at(9, 10), walled=True, personal=None)] if erased == "about" else [OLD, wall]
    found = asked(OFFICER, *events)
    assert ways(found) == [(Rule.BOARD, None, None)]
    assert found.rows[0].unsure
    assert not asked(OFFICER, STAFF).rows[0].unsure
    assert not asked(COORDINATOR, sent(at(9, 10), personal=None)).rows[0].unsure


def test_a_share_holds_until_its_last_day_or_until_it_is_taken_back() -> None:
    details = {"colleague": ME, "level": "read", "until": "2026-03-12"}
    share = event(Action.CASE_SHARED, at(9, 11), case="C", school="S", ref="H", details=details)
    assert ways(asked(TEACHER, OLD, share)) == [(Rule.SHARED, None, None)]
    assert ways(asked(TEACHER, OLD, share, day=date(2026, 3, 13))) == []
    back = event(Action.SHARE_ENDED, at(13), case="C", school="S", ref="H", details=details)
    found = asked(TEACHER, OLD, share, back)
    assert ways(found) == [(Rule.SHARED, None, at(13))]
    assert found.rows[0].held[0].way.by == YOU
    other = event(Action.SHARE_ENDED, at(13), case="C", school="S", ref="G", details=details)
    assert ways(asked(TEACHER, OLD, share, other)) == [(Rule.SHARED, None, None)]
    assert ways(asked(OLD, share)) == []  # without any role at the board
    assert ways(asked(TEACHER, role("administrator", at(1, 1), school=""), OLD, share)) == []


def test_a_broken_glass_is_open_for_its_minutes_also_over_midnight() -> None:
    broken = event(Action.GLASS_BROKEN, at(23.5, 11), ME, case="C", details={"minutes": 60})
    elsewhere = role("coordinator", at(1, 1), school="T")
    assert ways(asked(elsewhere, OLD, broken)) == [(Rule.GLASS, None, at(0.5))]
    assert ways(asked(elsewhere, OLD, broken, day=date(2026, 3, 11))) == [(Rule.GLASS, at(23.5, 11), None)]
    wall = event(Action.CASE_WALLED, at(10.25), case="C", details={"keeper": "", "barred": 0, "from": "S"})
    again = event(Action.GLASS_BROKEN, at(10), ME, case="C")
    assert ways(asked(elsewhere, OLD, again, wall)) == [(Rule.GLASS, at(10), at(10.25))]
    assert ways(asked(TEACHER, OLD, again)) == []  # a teacher breaks no glass
    assert ways(asked(elsewhere, OLD, event(Action.GLASS_BROKEN, at(10), YOU, case="C"))) == []


def test_a_story_is_open_for_an_hour_to_who_follows() -> None:
    opened = event(Action.CASE_STORY_OPENED, at(10), ME, case="C", school="S")
    assert set(ways(asked(PRINCIPAL, OLD, opened))) == {(Rule.FOLLOWS, None, None), (Rule.STORY, at(10), at(11))}
    assert ways(asked(TEACHER, OLD, opened)) == []


def test_a_writer_reads_their_own_report_wherever_it_went() -> None:
    mine = sent(at(9, 10), "C", writer=ME)
    assert ways(asked(TEACHER, mine)) == [(Rule.WROTE, None, None)]
    assert ways(asked(role("teacher", at(1, 1), school="T"), mine)) == []
    joined = event(Action.CASE_JOINED, at(10), case="D", school="S", details={"from": "C"})
    found = asked(COORDINATOR, mine, sent(at(9, 10), "D"), joined)
    assert ways(found, "C") == [(Rule.WROTE, None, at(10)), (Rule.HANDLES, None, at(10))]
    assert set(ways(found, "D")) == {(Rule.HANDLES, None, None), (Rule.WROTE, at(10), None)}


def test_about_follows_a_report_to_the_case_it_is_put_with() -> None:
    about = sent(at(9, 10), "D", walled=True, personal={"about": ME})
    joined = event(Action.CASE_JOINED, at(10), case="C", details={"from": "D"})
    assert ways(asked(OFFICER, STAFF, about, joined)) == [(Rule.BOARD, None, at(10))]


def test_what_was_opened_stands_beside_the_case() -> None:
    early, late = (event(Action.CASE_READ, at(hour), ME, case="C") for hour in (9, 16))
    theirs, before = event(Action.CASE_READ, at(9), YOU, case="C"), event(Action.CASE_READ, at(9, 11), ME, case="C")
    found = asked(COORDINATOR, OLD, before, early, theirs, late)
    assert [one.at for one in found.rows[0].openings] == [at(9), at(16)]
    assert found.strays == ()


def test_what_was_opened_without_a_right_is_told_apart() -> None:
    read = event(Action.CASE_READ, at(9), ME, case="C")
    assert [one.case for one in asked(OLD, read).strays] == ["C"]
    ended = role("coordinator", at(8), action=ENDED, ends="2026-03-11")
    assert [one.at for one in asked(COORDINATOR, OLD, ended, read).strays] == [at(9)]


def test_the_roles_of_the_day_are_told() -> None:
    found = asked(COORDINATOR, role("teacher", at(1, 1), school="T", ends="2026-03-02"))
    assert [(duty.role, duty.school, duty.known_at) for duty in found.duties] == [("coordinator", "S", at(1, 1))]
