from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import next_digest

TODAY, NINE = date(2026, 12, 31), time(9)


def local(day: date, at: time) -> datetime:
    return datetime.combine(day, at).astimezone()


@pytest.mark.parametrize(
    ("now", "days"), [(time(), 0), (time(8, 59, 59), 0), (NINE, 1), (time(12), 1), (time(23, 59), 1)]
)
def test_the_next_one(now: time, days: int) -> None:
    """The digest is due at its time today, or tomorrow once that has come."""
    assert next_digest(local(TODAY, now), NINE) == local(TODAY + timedelta(days), NINE)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.times(), st.times())
def test_it_is_always_ahead(day: date, now: time, at: time) -> None:
    """The next digest lies ahead, by little more than a day at most."""
    moment = local(day, now)
    assert timedelta(0) < next_digest(moment, at) - moment <= timedelta(hours=26)
