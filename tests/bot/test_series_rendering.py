"""A Series as a message: what is shown of it, and that it keeps to Telegram's limits."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageLimit

from bot.log.entry import Entry
from bot.log.rows import entry_of, query_row
from bot.messages import ENGLISH, SIMPLIFIED, TRADITIONAL, Words
from bot.sandbox.entities import parse_html, utf16_length
from bot.screens.answers import answer_page
from bot.screens.series import series_caption, series_table
from bot.series_lines import PERIODS
from retrieval.model import Answer, Hit, Paragraph, Question, Series
from tests.bot.courses import course

YEARS = {str(year): [float(year)] for year in range(2001, 2022)}


def answered(series: Series) -> Answer:
    hit = Hit(Paragraph("tea", "tea.md", 0, 0, "茶业", None, "产量逐年上升。" * 900), 9.0)
    return Answer(
        Question("历年产量", "历年产量", ()), found=True, hits=(hit, hit), figures=(), series=series
    )


def test_lines() -> None:
    """A line a period: values below each other by their point, sources by number with where they stand."""
    series = course({"2019": [98.5], "2020": [100.25, 99.0], "2021-Q2": [7.0]}, unit="吨")
    table, sources = series_table(series, SIMPLIFIED).split("\n\n")
    assert table.split("\n") == [
        "📈 <b>产量</b>（吨）",
        "2019年　\u200798.5 ①",
        "2020年　100.25 ② ／ 99 ③ ⚠",
        "2021年第2季度　\u2007\u20077 ④",
    ]
    assert re.sub("<[^>]*>", "", sources).split("\n")[0] == "① 茶业公报0 · 产量 · 第3页 · 2022-05-01"


def test_another_unit_is_written() -> None:
    """A value that is written in another unit than the others keeps it."""
    series = course({"2019": [98.5], "2020": [100.25], "2021": [7.0]}, unit="吨")
    point = series.points[0]
    figure = replace(point.statements[0].figure, text="985公担")
    other = replace(point, statements=(replace(point.statements[0], figure=figure),))
    table = series_table(replace(series, points=(other, *series.points[1:])), SIMPLIFIED)
    assert "2019年　985公担 ①" in table


def test_the_newest() -> None:
    """A long series shows its newest periods and says how many more there are."""
    table = series_table(course(YEARS), SIMPLIFIED)
    assert len(re.findall(r"^\d{4}年", table, re.MULTILINE)) == PERIODS
    assert "2021年" in table
    assert SIMPLIFIED.answers.older_periods.format(count=len(YEARS) - PERIODS) in table


def test_only_the_first_page() -> None:
    """The table stands on the first page; the others are as ever, and so is one that is to be without."""
    answer = answered(course({"2019": [1.0], "2020": [2.0], "2021": [3.0]}))
    assert answer_page(answer, 0, SIMPLIFIED).startswith("📈")
    assert "📈" not in answer_page(answer, 1, SIMPLIFIED)
    assert "📈" not in answer_page(answer, 0, SIMPLIFIED, with_course=False)


def test_traditional() -> None:
    """A traditional reader sees traditional characters."""
    answer = answered(course({"2019": [1.0], "2020": [2.0], "2021": [3.0]}, metric="茶叶产量", unit="吨"))
    assert "茶葉產量" in answer_page(answer, 0, TRADITIONAL)
    assert "篇文章" in series_caption(course(YEARS), TRADITIONAL)


@settings(max_examples=30)
@given(
    st.integers(3, 30),
    st.integers(1, 6),
    st.text(max_size=300),
    st.text(max_size=200),
    st.sampled_from([SIMPLIFIED, TRADITIONAL, ENGLISH]),
)
def test_limits(years: int, values: int, title: str, metric: str, words: Words) -> None:
    """However long titles and metrics are, the page and the caption keep to Telegram's limits."""
    points = {str(2000 + year): [float(value) for value in range(values)] for year in range(years)}
    series = course(points, metric=metric, title=title)
    page, _ = parse_html(answer_page(answered(series), 0, words, named=True))
    caption, _ = parse_html(series_caption(series, words))
    assert utf16_length(page) <= MessageLimit.MAX_TEXT_LENGTH
    assert utf16_length(caption) <= MessageLimit.CAPTION_LENGTH


@pytest.mark.parametrize("series", [None, course({"2019": [1.0, 2.5], "2020": [2.0], "2021": [-3.0]})])
def test_logged(series: Series | None) -> None:
    """A row of the log brings back the series as it was."""
    answer = replace(answered(course(YEARS)), series=series)
    entry = Entry("a" * 16, datetime(2022, 5, 1, tzinfo=UTC), answer, "x", "y", "private", "zh", "sandbox")
    row = query_row(entry)
    assert (row["series"] is None) == (series is None)
    assert entry_of(row, (), {}, (), ()).answer.series == series
    assert series is None or json.loads(row["series"])["metric"] == asdict(series)["metric"]
