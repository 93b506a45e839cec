"""How long ago, and how old somebody is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from signals.ages import age, span
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
