"""How long ago, and how old somebody is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from signals.ages import age, by_when, moment_words, span
from signals.report import age_on


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=60), "60 days"),
        (timedelta(days=61), "2 months"),
        (timedelta(days=400), "13 months"),
        (timedelta(days=729), "23 months"),
        (timedelta(days=731), "2 years"),
    ],
)
def test_spans(length: timedelta, words: str) -> None:
    with translation.override("en"):
        assert span(length) == words
        now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        assert age(now - length, now) == words


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_whole_years(birth: date, day: date, years: int) -> None:
    assert age_on(birth, day) == years


@pytest.mark.parametrize(
    ("today", "due", "said"),
    [
        (datetime(2026, 12, 31, 12, tzinfo=UTC), "Thursday 31 December", "31 December 13:00"),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), "Thursday 31 December 2026", "31 December 2026 13:00"),
        (datetime(2025, 12, 31, 22, tzinfo=UTC), "Thursday 31 December 2026", "31 December 2026 13:00"),
        (datetime(2025, 12, 31, 23, tzinfo=UTC), "Thursday 31 December", "31 December 13:00"),  # in Amsterdam
    ],
)
def test_a_day_in_another_year_says_which(today: datetime, due: str, said: str, monkeypatch: Any) -> None:
    """Also by a process that said the same day before the year was over."""
    at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    with translation.override("en"):
        by_when("planned", at)
        monkeypatch.setattr(timezone, "now", lambda: today)
        assert by_when("planned", at) == due
        assert by_when("same_day", at.replace(hour=9)) == f"{due} before 10:00"
        assert moment_words(at) == said
