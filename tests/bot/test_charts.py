"""The charts as pictures: their size, their bars and points, and that anything can be drawn."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot.log.statistics import DayCount
from bot.screens.charts import ANSWERED, HEIGHT, PAPER, UNANSWERED, WIDTH, course_chart, days_chart
from tests.bot.courses import course

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


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=31))
def test_any_counts(counts: list[tuple[int, int]]) -> None:
    """Any counts make a picture, and no warning."""
    drawn([(max(pair), min(pair)) for pair in counts])


def course_drawn(points: dict[str, list[float]]) -> Image.Image:
    return Image.open(io.BytesIO(course_chart(course(points)))).convert("RGB")


def test_points() -> None:
    """A point that the articles agree on is filled, one that they contradict each other in is hollow."""
    agreed = course_drawn({"2019": [1.0], "2020": [3.0], "2021": [2.0]})
    contradicted = course_drawn({"2019": [1.0], "2020": [3.0, 3.0], "2021": [2.0]})
    assert painted(agreed, ANSWERED) > painted(contradicted, ANSWERED) > 1000
    assert agreed.size == contradicted.size == (WIDTH, HEIGHT)


def test_no_word() -> None:
    """The metric and its unit are no part of the picture, which has no font for them."""
    points = {"2019": [1.0], "2020": [3.0], "2021": [2.0]}
    assert course_chart(course(points, metric="产量", unit="吨")) == course_chart(course(points, metric="a"))


@settings(max_examples=10)
@given(
    st.dictionaries(
        st.one_of(
            st.integers(1000, 2999).map(str),
            st.builds("{}-{:02}".format, st.integers(1900, 2100), st.integers(1, 12)),
            st.builds("{}-Q{}".format, st.integers(1900, 2100), st.integers(1, 4)),
        ),
        st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=4),
        min_size=3,
        max_size=40,
    )
)
def test_any_course(points: dict[str, list[float]]) -> None:
    """Any amounts over any periods make a picture of the size, and no warning."""
    assert course_drawn(dict(sorted(points.items()))).size == (WIDTH, HEIGHT)
