"""The log's counts on real SQLite: days, shares, percentiles, groups of what stayed unanswered."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.log.database import connect, write_entry, write_vote
from bot.log.entry import Entry, Vote
from bot.log.statistics import (
    Counted,
    DayCount,
    Days,
    read_dislikes,
    read_gaps,
    read_statistics,
)
from retrieval.model import Answer, Hit, Paragraph, Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

LAST = date(2026, 3, 10)
WEEK = Days(LAST - timedelta(6), LAST)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(connect(tmp_path / "queries.db")) as db:
        yield db


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12)).astimezone()


def asked(  # noqa: PLR0917 - what a row has
    db: Database,
    log_id: str,
    question: str,
    at: datetime,
    documents: tuple[str, ...] = (),
    asker: str = "a",
    milliseconds: float = 1.0,
) -> Entry:
    """Write an entry, answered by a paragraph of each of the documents."""
    paragraphs = [Paragraph(f"{path}-p", path, 0, 0, f"《{path}》", None, "文") for path in documents]
    answer = Answer(
        Question(question, question, (question,)),
        found=bool(documents),
        hits=tuple(Hit(paragraph, 1.0) for paragraph in paragraphs),
        figures=(),
        stages={"search": milliseconds},
    )
    entry = Entry(log_id, at, answer, asker, "c", "private", "zh", "telegram")
    with db.conn:
        write_entry(db, entry)
    return entry


def test_statistics(db: Database) -> None:
    """Questions, askers, answers, votes and what is asked and used most are counted within the days."""
    asked(db, "1", "磨坊哪年建的", noon(LAST), ("mill.md", "lake.md"), "a")
    asked(db, "2", "磨坊哪年建的", noon(LAST), ("mill.md",), "b")
    asked(db, "3", "湖有多大", noon(LAST - timedelta(6)), ("lake.md",), "b")
    asked(db, "4", "有风车吗", noon(LAST), (), "b")
    asked(db, "5", "太早", noon(LAST - timedelta(7)), ("early.md",), "c")
    asked(db, "6", "太晚", noon(LAST + timedelta(1)), ("late.md",), "d")
    for log_id, verdict, day in (("1", "up", 0), ("2", "down", 0), ("3", "up", 0), ("4", "down", 7)):
        write_vote(db, Vote(log_id, "v", verdict, noon(LAST - timedelta(day))))  # type: ignore[arg-type]
    counted = read_statistics(db, WEEK)
    assert (counted.asked, counted.answered, counted.askers) == (4, 3, 2)
    assert (counted.ups, counted.downs) == (2, 1)
    assert counted.questions[0] == Counted("磨坊哪年建的", 2)
    assert counted.articles == (Counted("《mill.md》", 2), Counted("《lake.md》", 1))
    assert counted.documents == {"mill.md", "lake.md"}
    assert len(counted.by_day) == 7
    assert counted.by_day[0] == DayCount(WEEK.first or LAST, 1, 1)
    assert counted.by_day[1] == DayCount(LAST - timedelta(5), 0, 0)
    assert counted.by_day[-1] == DayCount(LAST, 3, 2)


def test_days_are_local(db: Database) -> None:
    """A day begins and ends at this machine's midnight."""
    midnight = datetime.combine(LAST, time()).astimezone()
    for number, at in enumerate((midnight - timedelta(milliseconds=1), midnight)):
        asked(db, str(number), "问", at)
    assert [day.asked for day in read_statistics(db, WEEK).by_day[-2:]] == [1, 1]
    assert read_statistics(db, Days(LAST, LAST)).asked == 1


def test_percentiles(db: Database) -> None:
    """p50 and p95 are the least times that half and 95 of a hundred answers do not exceed."""
    for number in range(100):
        asked(db, str(number), f"问{number}", noon(LAST), milliseconds=100.0 - number)
    counted = read_statistics(db, WEEK)
    assert (counted.p50, counted.p95) == (50.0, 95.0)


def test_nothing_asked(db: Database) -> None:
    """Without a question everything is nought, and there is no time."""
    counted = read_statistics(db, WEEK)
    assert (counted.asked, counted.p50, counted.p95, counted.questions) == (0, None, None, ())
    assert [day.asked for day in counted.by_day] == [0] * 7
    assert read_gaps(db, WEEK) == []


def test_gaps(db: Database) -> None:
    """Unanswered questions are grouped by likeness; the largest group is first, and its commonest wording."""
    asked(db, "1", "火星上有水吗", noon(LAST - timedelta(2)))
    asked(db, "2", "火星上有水吗", noon(LAST - timedelta(1)))
    asked(db, "3", "请问火星上有水吗", noon(LAST))
    asked(db, "4", "月亮有多重", noon(LAST))
    asked(db, "5", "磨坊哪年建的", noon(LAST), ("mill.md",))
    asked(db, "6", "火星上有水吗", noon(LAST - timedelta(30)))
    mars, moon = read_gaps(db, WEEK)
    assert [(wording.id, wording.text, wording.count) for wording in mars.wordings] == [
        ("2", "火星上有水吗", 2),
        ("3", "请问火星上有水吗", 1),
    ]
    assert (mars.count, mars.at) == (3, noon(LAST))
    assert moon.count == 1
    assert [gap.count for gap in read_gaps(db, Days(None, LAST))] == [4, 1]


def test_a_gap_shows_the_question_as_it_was_read(db: Database) -> None:
    """A follow-up is grouped by what it was completed to."""
    entry = asked(db, "1", "那重量呢", noon(LAST))
    question = replace(entry.answer.question, normal="月亮有多重", read_as="月亮有多重")
    with db.conn:
        write_entry(db, replace(entry, answer=replace(entry.answer, question=question)))
    asked(db, "2", "月亮有多重", noon(LAST))
    (gap,) = read_gaps(db, WEEK)
    assert (gap.wordings[0].text, gap.count) == ("月亮有多重", 2)


def test_dislikes(db: Database) -> None:
    """The latest 👎 of the days come with their questions, reasons and comments."""
    asked(db, "1", "磨坊哪年建的", noon(LAST - timedelta(30)), ("mill.md",))
    for voter, day in (("a", 0), ("b", 1), ("c", 9)):
        write_vote(db, Vote("1", voter, "down", noon(LAST - timedelta(day)), 0, "figure", f"{voter}说"))
    write_vote(db, Vote("1", "d", "up", noon(LAST)))
    first, second = read_dislikes(db, WEEK, 5)
    assert (first.question, first.vote.reason, first.vote.comment) == ("磨坊哪年建的", "figure", "a说")
    assert second.vote.voter == "b"
    assert len(read_dislikes(db, WEEK, 1)) == 1


def test_counts_of_some_days_never_read_the_whole_log(db: Database) -> None:
    """Each statement finds its span by an index, whatever the log holds beside it."""
    statements: list[str] = []
    db.conn.set_trace_callback(statements.append)
    read_statistics(db, WEEK)
    read_gaps(db, WEEK)
    read_dislikes(db, WEEK, 5)
    db.conn.set_trace_callback(None)
    selects = [statement for statement in statements if "SELECT" in statement]
    assert len(selects) >= 8
    for statement in selects:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if step.startswith(("SCAN queries", "SCAN hits", "SCAN votes"))], (
            statement
        )
