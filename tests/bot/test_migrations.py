"""`query_logs/vN.sql` is a log as release N left it: never edited, one added with each migration."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.log.database import connect, read_entries
from bot.log.query_log import QueryLog
from bot.migrations import LOG, NewerSchemaError, migrate, version
from bot.pseudonyms import Pseudonyms

DUMPS = Path(__file__).parent / "query_logs"
VERSIONS = range(1, len(LOG) + 1)


def restored(number: int, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DUMPS / f"v{number}.sql").read_text(encoding="utf-8"))
    return path


def schema(path: Path) -> set[tuple[str, str, str | None]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT type, name, sql FROM sqlite_master"))


def test_the_schema_is_pinned(tmp_path: Path) -> None:
    """A new log has, to the letter, the schema of the last dump: a released step cannot be edited unseen."""
    connect(tmp_path / "new.db").close()
    assert schema(tmp_path / "new.db") == schema(restored(len(LOG), tmp_path / "kept.db"))


@pytest.mark.parametrize("number", VERSIONS)
def test_every_earlier_log_becomes_todays(number: int, tmp_path: Path) -> None:
    """A log of any release is brought to today's schema and its answers can still be shown."""
    connect(tmp_path / "new.db").close()
    old = restored(number, tmp_path / "old.db")
    with closing(QueryLog(old, Pseudonyms(b"k" * 32))) as log:
        connect(old).close()
        assert schema(old) == schema(tmp_path / "new.db")
        answered = log.get("v1-0")
        unanswered = log.get("v1-1")
    assert answered is not None
    assert unanswered is not None
    assert answered.answer.found
    assert answered.answer.hits[0].paragraph.text == "湖面约20平方公里。"
    assert answered.answer.figures[0].value == 20.0
    assert answered.answer.question.wanted.kinds == ("measure",)
    assert [(vote.rank, vote.verdict) for vote in answered.votes] == [(0, "up")]
    assert answered.reply == 7
    assert not unanswered.answer.found


@pytest.mark.parametrize("number", VERSIONS[1:])
def test_what_the_second_version_added_can_be_read(number: int, tmp_path: Path) -> None:
    """A log then holds how a question was read, what was suggested, more of a hit, and the vote's place."""
    path = restored(number, tmp_path / "log.db")
    connect(path).close()
    with closing(QueryLog(path, Pseudonyms(b"k" * 32))) as log:
        followed = log.get("v2-0")
    assert followed is not None
    assert followed.answer.question.read_as == "湖的面积有多大？"
    assert followed.answer.suggestion == "湖面有多大？"
    lake, copy = followed.answer.hits
    assert lake.answering == ((0, 9),)
    assert [paragraph.text for paragraph in lake.continued] == ["其中水深超过5米的约8平方公里。"]
    assert copy.same_as == lake.paragraph.id
    assert [(vote.rank, vote.verdict) for vote in followed.votes] == [(1, "down")]


@pytest.mark.parametrize("number", VERSIONS[2:])
def test_what_the_third_version_added_can_be_read(number: int, tmp_path: Path) -> None:
    """A log then holds the message that asked, what an admin checked, and why somebody disliked it."""
    path = restored(number, tmp_path / "log.db")
    connect(path).close()
    with closing(QueryLog(path, Pseudonyms(b"k" * 32))) as log:
        followed = log.get("v2-0")
    assert followed is not None
    assert followed.message == 21
    assert [hit.checked for hit in followed.answer.hits] == [True, False]
    [vote] = followed.votes
    assert (vote.reason, vote.comment, vote.prompt) == ("paragraph", "说的是另一个湖", 23)


@pytest.mark.parametrize("number", VERSIONS[4:])
def test_what_the_fifth_version_added_can_be_read(number: int, tmp_path: Path) -> None:
    """A log then holds pages, the cells of rows, pictures, how surely a text was read, and series."""
    path = restored(number, tmp_path / "log.db")
    connect(path).close()
    with closing(QueryLog(path, Pseudonyms(b"k" * 32))) as log:
        asked = log.get("v5-0")
    assert asked is not None
    row, picture = (hit.paragraph for hit in asked.answer.hits)
    assert (row.page, picture.page, picture.confidence) == (3, 4, 0.75)
    assert [row.text[cell.start : cell.end] for cell in row.cells] == ["21平方公里"]
    assert [shown.caption for shown in (*picture.pictures, *asked.answer.pictures)] == ["湖区全景"] * 2
    assert asked.answer.series is not None
    assert [point.period for point in asked.answer.series.points] == ["2019", "2020", "2021"]
    assert asked.answer.series.sources[0].page == 3


def test_each_step_is_numbered() -> None:
    """The n-th step is the module m00n, and each version has its dump."""
    assert [step.__module__.split(".")[-1][:4] for step in LOG] == [f"m{number:03}" for number in VERSIONS]
    assert {file.name for file in DUMPS.iterdir()} == {f"v{number}.sql" for number in VERSIONS}


def test_a_step_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps or none: a failing one leaves the schema and the version as they were."""
    path = restored(len(LOG), tmp_path / "log.db")
    before = schema(path)

    def broken(db: Database) -> None:
        db.table("half").create({"id": int}, pk="id")
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr("bot.log.database.LOG", (*LOG, broken))
    with pytest.raises(sqlite3.OperationalError, match="disk full"):
        connect(path)
    assert schema(path) == before
    with closing(sqlite3.connect(path)) as connection:
        assert version(Database(connection)) == len(LOG)


def test_a_newer_log_is_refused(tmp_path: Path) -> None:
    """A log of a later release raises an error that says which version it has."""
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        connection.execute(f"PRAGMA user_version = {len(LOG) + 3}")
        with pytest.raises(NewerSchemaError) as caught:
            migrate(Database(connection), LOG)
    assert caught.value.found == len(LOG) + 3


def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    """The bot and the review open a new log together: both succeed and the steps are taken once."""
    code = "from pathlib import Path; from bot.log.database import connect; connect(Path('log.db'))"
    together = [subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) for _ in range(4)]
    assert [process.wait(30) for process in together] == [0, 0, 0, 0]
    with closing(connect(tmp_path / "log.db")) as db:
        assert version(db) == len(LOG)
        assert list(read_entries(db)) == []
