"""The log and the state of every past release become today's, also out of a backup.

`query_logs/vN.sql` and `states/vN.sql` are databases as the schema's step N left them: never edited, one
added with each step.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.backups.making import make
from bot.backups.restoring import restore
from bot.log.database import connect, read_entries
from bot.log.query_log import QueryLog
from bot.migrations import LOG, STATE, NewerSchemaError, Steps, migrate, version
from bot.pseudonyms import Pseudonyms
from bot.state.curation import Curation
from bot.state.curation_prompts import CurationPrompts
from bot.state.database import StateDatabase
from bot.state.file_ids import FileIds
from bot.state.people import People

DUMPS = Path(__file__).parents[1] / "bot" / "query_logs"
STATE_DUMPS = DUMPS.with_name("states")
VERSIONS = range(1, len(LOG) + 1)
STATE_VERSIONS = range(1, len(STATE) + 1)
KEY = b"k" * 32


def restored(number: int, path: Path, dumps: Path = DUMPS) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((dumps / f"v{number}.sql").read_text(encoding="utf-8"))
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
    with closing(QueryLog(old, Pseudonyms(KEY))) as log:
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
    with closing(QueryLog(path, Pseudonyms(KEY))) as log:
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
    with closing(QueryLog(path, Pseudonyms(KEY))) as log:
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
    with closing(QueryLog(path, Pseudonyms(KEY))) as log:
        asked = log.get("v5-0")
    assert asked is not None
    row, picture = (hit.paragraph for hit in asked.answer.hits)
    assert (row.page, picture.page, picture.confidence) == (3, 4, 0.75)
    assert [row.text[cell.start : cell.end] for cell in row.cells] == ["21平方公里"]
    assert [shown.caption for shown in (*picture.pictures, *asked.answer.pictures)] == ["湖区全景"] * 2
    assert asked.answer.series is not None
    assert [point.period for point in asked.answer.series.points] == ["2019", "2020", "2021"]
    assert asked.answer.series.sources[0].page == 3


def test_the_states_schema_is_pinned(tmp_path: Path) -> None:
    """A new state has the schema of the last dump."""
    StateDatabase.open(tmp_path / "new.db").close()
    assert schema(tmp_path / "new.db") == schema(restored(len(STATE), tmp_path / "kept.db", STATE_DUMPS))


@pytest.mark.parametrize("number", STATE_VERSIONS)
def test_every_earlier_state_becomes_todays(number: int, tmp_path: Path) -> None:
    """A state of any release is brought to today's schema, and all that people set still holds."""
    old = restored(number, tmp_path / "old.db", STATE_DUMPS)
    StateDatabase.open(tmp_path / "new.db").close()
    with closing(StateDatabase.open(old)) as state:
        assert schema(old) == schema(tmp_path / "new.db")
        people = People(state, Pseudonyms(KEY), frozenset({7}), access="closed")
        assert people.chosen_language(42) == "zh-hant"
        assert people.may_ask(42, None)
        assert people.may_ask(9, -5)
        assert not people.may_ask(9, -6)
        assert {one.chat_title for one in people.invitations()} == {None, "读书会"}
        assert people.wants_digest(7)
        assert people.was_told(7, "privacy")
        prompt = CurationPrompts(state, Pseudonyms(KEY)).of(7, 12)
        assert prompt is not None
        assert prompt.words == "湖面 面积"
        assert [pin.curated.question for pin in Curation(state).pins] == ["湖有多大"]
        known = {"3f0c.png": "AgACAgUAAxkBAAI"} if number >= 2 else {}
        assert FileIds(state).known(7, "photo", ["3f0c.png"]) == known


@pytest.mark.parametrize(("number", "state_number"), [*zip_longest(VERSIONS, STATE_VERSIONS, fillvalue=1)])
def test_a_backup_of_every_earlier_release_upgrades(number: int, state_number: int, tmp_path: Path) -> None:
    """A backup that an earlier release made is restored as it is, and upgraded when the bot opens it."""
    old = tmp_path / "old"
    old.mkdir()
    restored(number, old / "queries.db")
    restored(state_number, old / "state.db", STATE_DUMPS)
    (old / "queries.key").write_bytes(KEY)
    backup = make(old, tmp_path / "backups")
    data = tmp_path / "data"
    assert restore(data, backup) is None
    assert schema(data / "queries.db") == schema(old / "queries.db")
    with closing(QueryLog.open(data / "queries.db")) as log:
        assert log.get("v1-0")
        with closing(StateDatabase.open(data / "state.db")) as state:
            assert People(state, log.pseudonyms, frozenset(), access="closed").may_ask(42, None)
    connect(tmp_path / "new.db").close()
    StateDatabase.open(tmp_path / "new-state.db").close()
    assert schema(data / "queries.db") == schema(tmp_path / "new.db")
    assert schema(data / "state.db") == schema(tmp_path / "new-state.db")


@pytest.mark.parametrize(("steps", "letter", "dumps"), [(LOG, "m", DUMPS), (STATE, "s", STATE_DUMPS)])
def test_each_step_is_numbered(steps: Steps, letter: str, dumps: Path) -> None:
    """The n-th step is the module m00n or s00n, and each version has its dump."""
    numbers = range(1, len(steps) + 1)
    assert [step.__module__.split(".")[-1][:4] for step in steps] == [f"{letter}{n:03}" for n in numbers]
    assert {file.name for file in dumps.iterdir()} == {f"v{number}.sql" for number in numbers}


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
