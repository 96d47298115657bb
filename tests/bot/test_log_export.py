"""The log as files: a workbook of texts only, parts where it is large, names that say what is in them."""

from __future__ import annotations

import csv
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.log import export as log_export
from bot.log import workbook as log_workbook
from bot.log.database import connect, write_entry
from bot.log.entry import Entry, Vote
from bot.log.export import export_log, file_name, remove_leftovers
from bot.log.listing import BOM, HEADINGS, as_json, csv_lines
from bot.log.selection import Selection
from bot.log.workbook import CELL, write_workbook
from retrieval.model import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def entry_of(question: str, log_id: str = "x", at: datetime = NOON) -> Entry:
    asked = Question(question, question, ())
    answer = Answer(asked, found=False, hits=(), figures=(), stages={"search": 1.25})
    return Entry(log_id, at, answer, "a1b2", "c", "private", "zh", "telegram")


def voted(entry: Entry) -> Entry:
    votes = (
        Vote(entry.id, "v", "down", NOON, 1, "figure", "=cmd"),
        Vote(entry.id, "w", "down", NOON, 0, "other", "旧的"),
        Vote(entry.id, "x", "up", NOON),
    )
    return replace(entry, votes=votes)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A log of 25 questions, each a minute later than the one before."""
    with closing(connect(tmp_path / "queries.db")) as db:
        with db.conn:
            for number in range(25):
                at = NOON + timedelta(minutes=number)
                write_entry(db, entry_of(f"第{number}问", f"id{number:02}", at))
        yield db


def questions(path: Path) -> list[str]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row["问题"] for row in csv.DictReader(file)]
    book = load_workbook(path, read_only=True)
    with closing(book):
        rows = [row for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    return [str(row[1]) for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_parts(db: Database, tmp_path: Path, form: str) -> None:
    """A large selection is cut into parts, each a whole file with its head; no row is lost or doubled."""
    export = export_log(db, Selection(), form, tmp_path, part_bytes=300)  # type: ignore[arg-type]
    assert not export.cut
    assert len(export.parts) > 2
    read = [questions(part.path) for part in export.parts]
    assert [len(rows) for rows in read] == [part.count for part in export.parts]
    assert sum(read, []) == [f"第{number}问" for number in range(24, -1, -1)]  # noqa: RUF017 - a few rows


def test_one_part(db: Database, tmp_path: Path) -> None:
    """What fits is one file, of the selection only; nothing gives none."""
    (part,) = export_log(db, Selection(word="第2"), "csv", tmp_path).parts
    assert questions(part.path) == ["第24问", "第23问", "第22问", "第21问", "第20问", "第2问"]
    assert export_log(db, Selection(word="没有"), "csv", tmp_path).parts == ()


def test_too_many_parts(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more parts than are sent, the newest rows are in them, and it is said."""
    monkeypatch.setattr(log_export, "PARTS", 2)
    export = export_log(db, Selection(), "csv", tmp_path, part_bytes=1)
    assert export.cut
    assert [questions(part.path) for part in export.parts] == [["第24问"], ["第23问"]]


def test_workbook(tmp_path: Path) -> None:
    """The workbook has the columns of the CSV, a time that is a time, and numbers that are numbers."""
    write_workbook([voted(entry_of("磨坊哪年建的"))], tmp_path / "log.xlsx")
    sheet = load_workbook(tmp_path / "log.xlsx").worksheets[0]
    head, row = sheet.iter_rows(values_only=True)
    assert head == HEADINGS
    values = dict(zip(head, row, strict=True))
    assert values["时间"] == NOON.astimezone().replace(tzinfo=None)
    assert (values["问题"], values["赞"], values["踩"], values["毫秒"]) == ("磨坊哪年建的", 1, 2, 1.2)
    assert (values["理由"], values["留言"]) == ("数字不对；其他", "=cmd；旧的")
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("question", ["=1+1", "=cmd|' /C calc'!A0", "#N/A", "+1", "@SUM(A1)"])
def test_workbook_holds_no_formula(tmp_path: Path, question: str) -> None:
    """What looks like a formula or an error is stored as the text that it is."""
    write_workbook([entry_of(question)], tmp_path / "log.xlsx")
    cell = load_workbook(tmp_path / "log.xlsx").worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == (question, "s")


@settings(max_examples=30)
@given(question=st.text() | st.sampled_from(["\x00\x0b", "\ufffe", "𠮷" * CELL, "_x0041_", " a "]))
def test_any_question_fits_a_cell(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    """Any text makes a workbook that opens again."""
    path = tmp_path_factory.mktemp("book") / "log.xlsx"
    write_workbook([entry_of(question)], path)
    assert len(questions(path)) == 1


def test_a_full_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than a sheet takes go on in the next one, under their head."""
    monkeypatch.setattr(log_workbook, "ROWS", 2)
    write_workbook((entry_of(f"第{number}问") for number in range(5)), tmp_path / "log.xlsx")
    sheets = load_workbook(tmp_path / "log.xlsx").worksheets
    assert [sheet["A1"].value for sheet in sheets] == ["时间"] * 3
    assert questions(tmp_path / "log.xlsx") == [f"第{number}问" for number in range(5)]


def test_votes_are_exported() -> None:
    """CSV and JSON have each vote with its reason and comment; a comment is no formula either."""
    entry = voted(entry_of("问"))
    head, row = csv.reader([line.removeprefix(BOM) for line in csv_lines([entry])], strict=True)
    values = dict(zip(head, row, strict=True))
    assert (values["赞"], values["踩"]) == ("1", "2")
    assert (values["理由"], values["留言"]) == ("数字不对；其他", "'=cmd；旧的")
    first = as_json(entry)["votes"][0]
    assert (first["verdict"], first["rank"]) == ("down", 1)
    assert (first["reason"], first["comment"]) == ("figure", "=cmd")


def test_leftovers(tmp_path: Path) -> None:
    """What a killed bot has left of an export is removed, and nothing else."""
    for name in ("export-x1", "snapshots"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.csv").touch()
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["snapshots"]


@given(st.text(max_size=60))
def test_file_names(word: str) -> None:
    """A file is named by day and selection, safely whatever the word."""
    name = file_name(Selection("week", unanswered=True, asker="a1b2c3d4e5", word=word), "csv", 2, 3)
    assert name.startswith(f"wenju-{datetime.now().astimezone():%Y-%m-%d}-7天-未答-a1b2c3d4")
    assert name.endswith("-2.csv") or len(name.encode()) >= 200
    assert not set(name) & set('/\\:*?"<>|\n\x00')
