"""The log as text: a table that keeps its columns, JSON lines, and a CSV that a spreadsheet takes as data."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.log.database import QueryLogError
from bot.log.entry import Entry
from bot.log.listing import BOM, NOTHING, as_json, csv_lines, filter_of, lines, table
from bot.log.query_log import QueryLog
from bot.terminal import columns, fit
from retrieval.model import Answer, Figure, Hit, Paragraph, Question

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.database import Filter

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def entry(log_id: str, question: str, *, found: bool = True, at: datetime = NOON) -> Entry:
    paragraph = Paragraph("p1", "mill.md", 0, 0, "水磨坊", None, "磨坊建于1890年。")
    figure = Figure("1890年", "date", "1890", None, 4, 9, paragraph="p1")
    answer = Answer(
        Question(question, question.lower(), (question,)),
        found=found,
        hits=(Hit(paragraph, -2.5),) if found else (),
        figures=(figure,) if found else (),
        stages={"search": 1.25},
    )
    return Entry(log_id, at, answer, "asker", "chat", "private", "zh", "telegram")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "queries.db"
    log = QueryLog.open(path)
    log.record(entry("old", "磨坊哪年建的", at=NOON - timedelta(days=30)))
    log.record(entry("new", "Mill 在哪", at=NOON))
    log.record(entry("miss", "有风车吗", found=False, at=NOON - timedelta(days=1)))
    log.vote("old", 1, "down")
    log.vote("new", 1, "up")
    log.close()
    return path


def ids(path: Path, chosen: Filter, limit: int | None = None) -> list[str]:
    return [json.loads(line)["id"] for line in lines(path, chosen, form="jsonl", limit=limit)]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (filter_of(), ["new", "miss", "old"]),
        (filter_of(unanswered=True), ["miss"]),
        (filter_of(downvoted=True), ["old"]),
        (filter_of(since=NOON - timedelta(days=1)), ["new", "miss"]),
        (filter_of(until=NOON), ["miss", "old"]),
        (filter_of(word="磨坊"), ["old"]),
        (filter_of(word="mill"), ["new"]),
        (filter_of(word="%"), []),
        (filter_of(unanswered=True, word="磨坊"), []),
    ],
)
def test_filters(path: Path, chosen: Filter, expected: list[str]) -> None:
    """Each condition picks its entries, newest first, and all given conditions hold together."""
    assert ids(path, chosen) == expected


def test_limit(path: Path) -> None:
    """A limit keeps the newest."""
    assert ids(path, filter_of(), limit=2) == ["new", "miss"]


def test_days_count_back_from_now() -> None:
    """`days` and `since` together: the later one holds."""
    week = filter_of(days=7).since
    assert week is not None
    assert abs(datetime.now(UTC) - timedelta(days=7) - week) < timedelta(seconds=5)
    assert filter_of(days=7, since=datetime(2001, 1, 1, tzinfo=UTC)).since != datetime(2001, 1, 1, tzinfo=UTC)


def test_until_a_date_includes_that_day(path: Path) -> None:
    """A bare date means the whole day, in local time."""
    local = NOON.astimezone().replace(tzinfo=None)
    day = local.replace(hour=0)
    assert ids(path, filter_of(until=day)) == ["new", "miss", "old"]
    assert ids(path, filter_of(since=day)) == ["new"]
    assert ids(path, filter_of(until=day - timedelta(days=1))) == ["miss", "old"]


def test_no_log_is_one_clear_line(tmp_path: Path) -> None:
    """Where there is no log the error says so, and none is made."""
    with pytest.raises(QueryLogError, match="还没有查询日志"):
        list(lines(tmp_path / "queries.db", filter_of()))
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_log_is_one_clear_line(tmp_path: Path) -> None:
    """A file that is no database is named as unreadable and left alone."""
    path = tmp_path / "queries.db"
    path.write_bytes(b"these are no rows" * 100)
    with pytest.raises(QueryLogError, match="读不了"):
        list(lines(path, filter_of()))
    assert path.exists()


def test_the_table(path: Path) -> None:
    """The table has a head, a row an entry, and its columns stand under each other."""
    head, *rows = lines(path, filter_of(), width=100)
    assert len(rows) == 3
    assert "找到" in rows[0]
    assert "1890年" in rows[0]
    assert "👍1" in rows[0]
    assert "没有" in rows[1]
    assert "👎1" in rows[2]
    start = columns(head.partition("问题")[0])
    assert [columns(row.partition(q)[0]) for row, q in zip(rows, ("Mill", "有风", "磨坊"), strict=True)] == [
        start
    ] * 3


def test_an_empty_table_says_so(path: Path) -> None:
    """No entry gives one sentence; JSON lines give nothing and CSV its head."""
    none = filter_of(word="没有这个词")
    assert list(lines(path, none)) == [NOTHING]
    assert list(lines(path, none, form="jsonl")) == []
    assert len(list(lines(path, none, form="csv"))) == 1


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(84, 200))
def test_no_question_breaks_the_table(question: str, width: int) -> None:
    """Any question stays on its row within the width, and no control character reaches the terminal."""
    head, row = table([entry("x", question)], width)
    assert columns(row) <= width
    assert all(character.isprintable() for character in head + row)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 40))
def test_fit_gives_exactly_its_width(text: str, width: int) -> None:
    """A cut or padded text takes its columns exactly, wide characters counting two."""
    assert columns(fit(text, width)) == width


def test_columns() -> None:
    """Han and full-width count two, combining marks none."""
    assert [columns(text) for text in ("abc", "磨坊", "Ａ", "e\u0301", "👍")] == [3, 4, 2, 1, 2]


def test_jsonl_holds_the_whole_entry(path: Path) -> None:
    """A JSON line has the question, the paragraphs, the figures and the votes."""
    newest = json.loads(next(lines(path, filter_of(), form="jsonl")))
    assert newest["question"] == "Mill 在哪"
    assert newest["at"] == "2026-03-10T12:00:00.000Z"
    assert newest["found"] is True
    assert newest["figures"][0]["value"] == "1890"
    assert newest["paragraphs"][0]["score"] == -2.5
    assert (newest["up"], newest["down"], newest["milliseconds"]) == (1, 0, 1.25)


def test_a_completed_follow_up_is_listed_with_its_reading() -> None:
    """Table, JSON and CSV show what was asked and how it was read."""
    asked = entry("x", "那建成呢")
    question = replace(asked.answer.question, read_as="磨坊哪年建成")
    asked = replace(asked, answer=replace(asked.answer, question=question))
    assert "那建成呢 → 磨坊哪年建成" in list(table([asked], 140))[1]
    assert as_json(asked)["read_as"] == "磨坊哪年建成"
    head, row = csv.reader([line.removeprefix(BOM) for line in csv_lines([asked])], strict=True)
    assert (row[head.index("问题")], row[head.index("读作")]) == ("那建成呢", "磨坊哪年建成")


@pytest.mark.parametrize(
    "question", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", " =1", "＝1+1", "\n@x", "\r-1"]
)
def test_csv_holds_no_formula(question: str) -> None:
    """What a spreadsheet would run gets an apostrophe in front."""
    head, row = csv.reader(csv_lines([entry("x", question)]), strict=True)
    assert row[head.index("问题")] == f"'{question}"


def test_csv_opens_in_a_spreadsheet(path: Path) -> None:
    """The CSV starts with a byte-order mark, quotes what needs it, and leaves numbers as numbers."""
    text = "\n".join(lines(path, filter_of(), form="csv"))
    assert text.encode().startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(text.removeprefix(BOM).splitlines())
    assert len(rows) == 3
    assert rows[0][head.index("得分")] == "-2.5"
    assert rows[0][head.index("赞")] == "1"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")))
def test_csv_keeps_any_text(question: str) -> None:
    """Commas, quotes and anything else come back as they were, but for the apostrophe."""
    head, row = csv.reader(
        [line.removeprefix(BOM) for line in csv_lines([entry("x", question)])], strict=True
    )
    assert row[head.index("问题")].removeprefix("'") == question.removeprefix("'")


def test_many_entries_stream(tmp_path: Path) -> None:
    """A log longer than one load comes out whole and in order."""
    path = tmp_path / "queries.db"
    log = QueryLog.open(path)
    for number in range(450):
        at = NOON + timedelta(seconds=number)
        log.record(replace(entry(f"q{number:03}", "问", found=False), at=at))
    assert log.flush(20)
    log.close()
    assert ids(path, filter_of()) == [f"q{number:03}" for number in range(449, -1, -1)]
