"""When a mail may leave: the rule, without a database."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.quiet import LIGHT, Weight, Wish, leaves_at

NIGHT = (time(19), time(7))
DAILY, WEEKLY = Wish("daily"), Wish("weekly")
CALM = Wish(quiet=NIGHT, weekend=True)


def at(text: str) -> datetime:
    """A day of November 2026, the 2nd being a Monday."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.mark.parametrize(
    ("wish", "written", "leaves"),
    [
        (Wish(), "03 23:10", "03 23:10"),
        (DAILY, "03 09:00", "04 08:00"),
        (DAILY, "03 07:59", "03 08:00"),
        (DAILY, "03 08:00", "04 08:00"),
        (WEEKLY, "03 09:00", "09 08:00"),
        (WEEKLY, "02 07:00", "02 08:00"),
        (Wish(quiet=NIGHT), "03 18:59", "03 18:59"),
        (Wish(quiet=NIGHT), "03 19:00", "04 07:00"),
        (Wish(quiet=NIGHT), "04 06:59", "04 07:00"),
        (Wish(quiet=NIGHT), "04 07:00", "04 07:00"),
        (Wish(quiet=(time(12), time(13))), "04 12:30", "04 13:00"),
        (Wish(weekend=True), "07 10:00", "09 00:00"),
        (CALM, "06 20:00", "09 07:00"),
        (Wish("daily", weekend=True), "06 09:00", "09 08:00"),
        (Wish("daily", quiet=(time(19), time(9))), "03 10:00", "04 09:00"),
    ],
)
def test_what_can_wait(wish: Wish, written: str, leaves: str) -> None:
    assert leaves_at(wish, LIGHT, at(written), at(written)) == at(leaves)


@pytest.mark.parametrize("wish", [DAILY, WEEKLY, CALM, Wish("weekly", NIGHT, True)])
def test_what_must_be_done_now_waits_for_nothing(wish: Wish) -> None:
    assert leaves_at(wish, Weight(now=True), at("07 23:00"), at("07 23:00")) == at("07 23:00")


def test_what_is_due_today_is_kept_for_no_digest_but_for_the_morning() -> None:
    noon, evening = at("03 12:00"), at("03 20:00")
    today, tomorrow, late = Weight(due=at("03 17:00")), Weight(due=at("04 17:00")), Weight(due=at("02 17:00"))
    assert leaves_at(WEEKLY, today, noon, noon) == noon
    assert leaves_at(WEEKLY, late, noon, noon) == noon
    assert leaves_at(WEEKLY, Weight(today=True), noon, noon) == noon
    assert leaves_at(WEEKLY, tomorrow, noon, noon) == noon, "the digest would come too late"
    assert leaves_at(CALM, late, evening, evening) == at("04 07:00")
    assert leaves_at(CALM, tomorrow, evening, evening) == at("04 07:00")


def test_nothing_waits_past_the_moment_it_is_about() -> None:
    evening = at("06 20:00")
    assert leaves_at(CALM, Weight(due=at("07 09:00")), evening, evening) == evening
    assert leaves_at(CALM, Weight(due=at("09 09:00")), evening, evening) == at("09 07:00")


def test_a_digest_that_comes_too_late_breaks_no_night_that_ends_in_time() -> None:
    night = at("03 22:00")
    assert leaves_at(Wish("weekly", NIGHT), Weight(due=at("06 17:00")), night, night) == at("04 07:00")
    assert leaves_at(Wish("daily", NIGHT), Weight(due=at("04 07:45")), night, night) == at("04 07:00")
    assert leaves_at(Wish("daily", NIGHT), Weight(due=at("04 06:45")), night, night) == night
    saturday = at("07 03:00")
    assert leaves_at(Wish("weekly", weekend=True), Weight(due=at("09 07:30")), saturday, saturday) == at("09 00:00")


def test_what_becomes_due_while_it_waits_leaves_the_same_day() -> None:
    written, due = at("02 09:00"), Weight(due=at("05 17:00"))
    assert leaves_at(Wish("daily"), due, written, at("02 09:00")) == at("03 08:00")
    assert leaves_at(WEEKLY, Weight(due=at("12 17:00")), written, at("04 09:00")) == at("09 08:00")


def test_the_clock_of_the_winter_and_of_the_summer() -> None:
    """In the night of 29 March 2026 the hour after two is skipped; the morning still begins at seven."""
    zone = timezone.get_default_timezone()
    written = datetime(2026, 3, 28, 23, 0, tzinfo=zone)
    assert leaves_at(Wish(quiet=NIGHT), LIGHT, written, written) == datetime(2026, 3, 29, 7, 0, tzinfo=zone)
