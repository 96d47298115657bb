"""The chart as a picture: its size, its bars, and that any counts can be drawn."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot.log.statistics import DayCount
from bot.screens.charts import ANSWERED, HEIGHT, PAPER, UNANSWERED, WIDTH, days_chart

FIRST = date(2026, 2, 9)


def drawn(counts: list[tuple[int, int]]) -> Image.Image:
    days = [DayCount(FIRST + timedelta(place), *count) for place, count in enumerate(counts)]
    return Image.open(io.BytesIO(days_chart(days))).convert("RGB")


def painted(picture: Image.Image, colour: str) -> int:
    """Return how many pixels have the colour."""
    sought = ImageColor.getrgb(colour)
    return sum(count for count, found in picture.getcolors(1 << 24) or [] if found == sought)


def test_bars() -> None:
    """What was answered and what was not are bars in their colours, as high as their counts, on white."""
    picture = drawn([(0, 0)] * 6 + [(40, 30)])
    answered, unanswered = painted(picture, ANSWERED), painted(picture, UNANSWERED)
    assert answered == pytest.approx(3 * unanswered, rel=0.05)
    assert unanswered > 1000
    assert picture.getpixel((0, 0)) == ImageColor.getrgb(PAPER)


@pytest.mark.parametrize("counts", [[(0, 0)] * 7, [(0, 0)] * 30, [(1, 0)], [(9_999_999, 1)] * 30])
def test_size(counts: list[tuple[int, int]]) -> None:
    """The picture has its size, whatever it shows."""
    assert drawn(counts).size == (WIDTH, HEIGHT)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=31))
def test_any_counts(counts: list[tuple[int, int]]) -> None:
    """Any counts make a picture, and no warning."""
    drawn([(max(pair), min(pair)) for pair in counts])
