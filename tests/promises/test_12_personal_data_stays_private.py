"""What is kept of people is under keyed hashes, and goes in time or when they want it: from every file."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.backups.making import backups_in, make
from bot.backups.manifest import check
from bot.backups.restoring import restore
from bot.erasure import Erasure
from bot.keyboards.curation import ChoicePress
from bot.log import database, query_log
from bot.log.database import reading
from bot.log.query_log import QueryLog
from bot.messages import SIMPLIFIED
from bot.pseudonyms import Pseudonyms
from bot.sandbox.server import SANDBOX_ADMIN_ID
from bot.state.curation_prompts import KEPT, CurationPrompts, Origin
from bot.state.database import StateDatabase
from bot.state.people import People
from retrieval.model import Answer, Question
from tests.kills import killed_at_each_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

    Running = Callable[..., AbstractAsyncContextManager[None]]

WORDS = SIMPLIFIED.access
ID, NAME = 7_316_402_951, "欧阳若溪"
QUESTION = "2020年干茶产量多少吨"
ASKED, COMMENT, SEARCHED = "顺便祝您生日快乐", "这句评语以后要消失", "这个找法以后要消失"
OTHER = "最长的隧道有多长"


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    return sandbox.user(ID, name=NAME)


@pytest.fixture
def other(sandbox: Sandbox) -> Person:
    return sandbox.user(3003, name="过客")


def traces(data: Path, user_id: int = ID) -> dict[str, set[str]]:
    """Return what the files hold of a person, by the files that hold something, with their folder."""
    keys = {path.read_bytes() for path in data.rglob("queries.key")}
    hashes = [made(user_id) for key in keys for made in (Pseudonyms(key).user, Pseudonyms(key).chat)]
    texts = [str(user_id), NAME, ASKED, COMMENT, SEARCHED, *hashes]
    marks = {text.encode(): text for text in texts} | {
        json.dumps(text)[1:-1].encode(): text for text in texts
    }
    marks[user_id.to_bytes(6)] = "the id in SQLite's form"
    found = {}
    for folder, _, names in os.walk(data):  # which bears it that files go meanwhile
        for path in (Path(folder, name) for name in names):
            with suppress(FileNotFoundError):
                content = path.read_bytes()
                if held := {name for mark, name in marks.items() if mark in content}:
                    found[f"{path.parent.name}/{path.name}"] = held
    return found


async def until_gone(data: Path) -> None:
    """Wait for the inbox, which erases an update a moment after its answer."""
    for _ in range(200):
        if not traces(data):
            return
        await asyncio.sleep(0.1)
    assert traces(data) == {}


async def use(person: Person, sandbox: Sandbox, settings: Settings) -> None:
    """Leave all that a person can leave: questions, votes, comments, settings, an admin's search."""
    await sandbox.user(3003).ask(OTHER)
    answer = await person.ask(f"{QUESTION}，{ASKED}")
    await (await person.press(answer, "👎")).wait()
    await sandbox.until(lambda: SIMPLIFIED.feedback.reasons["other"] in str(answer.buttons))
    await (await person.press(answer, SIMPLIFIED.feedback.reasons["other"])).wait()
    await person.say(COMMENT, reply_to=await person.next_reply())
    assert (await person.next_reply()).text == SIMPLIFIED.feedback.comment_taken
    choice = await person.ask("/language")
    await person.press(choice, "简体中文")
    await sandbox.until(lambda: choice.edited)
    await person.ask("/digest")
    with reading(settings.query_log) as log:
        row = next(log.query("SELECT id FROM queries WHERE question LIKE ?", [f"%{ASKED}"]))["id"]
    await person.forge(choice, str(ChoicePress("offer", Origin("log", row))))
    await (await person.press(await person.next_reply(), SIMPLIFIED.curation.search)).wait()
    await person.say(SEARCHED, reply_to=await person.next_reply())
    await person.next_reply()


def keep_copies(data: Path, backups: Path) -> Path:
    """Make what is kept of the databases beside those in use; return the backup."""
    backup = make(data, backups)
    shutil.copytree(backup, data / "replaced-20260101T000000000000Z")
    (data / "replaced-20260101T000000000000Z" / "backup.json").unlink()
    aside = data / "queries.db.corrupt-20260101T000000000000"
    shutil.copy(backup / "queries.db", aside)
    with closing(sqlite3.connect(aside)) as log, log:
        log.execute("PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(data / "inbox.db")) as inbox:
        inbox.execute("VACUUM INTO ?", [str(data / "inbox.db.corrupt-20260101T000000000000")])
    with closing(sqlite3.connect(data / "inbox.db.corrupt-20260101T000000000000")) as inbox, inbox:
        payload = json.dumps({"message": {"from": {"id": ID, "first_name": NAME}, "text": ASKED}})
        inbox.execute("INSERT INTO updates VALUES (9000, 1, 9000, '2020-01-01', ?, 0)", [payload])
        inbox.execute("INSERT INTO sent VALUES (1, 9000, 'sendMessage', ?)", [payload])
    return backup


async def forget(person: Person, sandbox: Sandbox, button: str = WORDS.forget_yes) -> str:
    """Have the person forgotten; return what the bot says then."""
    sure = await person.ask("/forget")
    assert sure.text == WORDS.forget_sure
    await person.press(sure, button)
    await sandbox.until(lambda: sure.edited, timeout=60)
    return sure.text


async def test_a_forgotten_person_is_in_no_file(
    running: Running, settings: Settings, sandbox: Sandbox, person: Person, tmp_path: Path
) -> None:
    """Neither id, name, hash nor words are in a database, its log, a backup or what was moved aside."""
    data = settings.data
    async with running(admins=frozenset({ID, SANDBOX_ADMIN_ID})):
        await use(person, sandbox, settings)
        backup = await asyncio.to_thread(keep_copies, data, settings.backups)
        assert await forget(person, sandbox, WORDS.forget_no) == WORDS.forget_kept
        left = traces(data)
        assert {ASKED, COMMENT} <= left.get("data/queries.db", set()) | left.get("data/queries.db-wal", set())
        for name in (backup.name, "replaced-20260101T000000000000Z"):
            assert {ASKED, COMMENT} <= left[f"{name}/queries.db"]
            assert SEARCHED in left[f"{name}/state.db"]
        assert ASKED in left["data/queries.db.corrupt-20260101T000000000000"]
        assert {NAME, ASKED} <= left["data/inbox.db.corrupt-20260101T000000000000"]
        assert await forget(person, sandbox) == WORDS.forget_done.format(count=1)
        await until_gone(data)
    assert traces(data) == {}
    assert traces(data, 3003).keys() >= {f"{backup.name}/queries.db", "data/queries.db"}
    assert check(backup).files["queries.db"].rows["queries"] == 1
    restore(tmp_path / "restored", backup)


async def test_retention_reaches_every_copy(
    running: Running, settings: Settings, person: Person, other: Person
) -> None:
    """Questions older than the settings allow are deleted from every file, and only these."""
    data = settings.data
    async with running():
        await person.ask(f"{QUESTION}，{ASKED}")
        await other.ask(OTHER)
    with closing(sqlite3.connect(settings.query_log)) as log, log:
        log.execute("UPDATE queries SET at = '2020-01-01T00:00:00.000Z' WHERE question LIKE ?", [f"%{ASKED}"])
    backup = keep_copies(data, settings.backups)
    async with running(retention_days=365):
        await until_gone(data)
    assert OTHER.encode() in (backup / "queries.db").read_bytes()
    assert OTHER.encode() in settings.query_log.read_bytes()
    check(backup)


async def test_a_forgetting_that_cannot_end_says_so(
    running: Running,
    settings: Settings,
    sandbox: Sandbox,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While somebody reads the log, what is deleted stays on the disk: that is said, and the next ends it."""
    monkeypatch.setattr(database, "CHECKPOINTS", 2)
    monkeypatch.setattr(query_log, "DELETE_WAIT", 0.2)
    async with running(admins=frozenset({ID})):
        await use(person, sandbox, settings)
        with closing(sqlite3.connect(settings.query_log)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM queries").fetchone()
            assert await forget(person, sandbox) == WORDS.forget_failed
            assert ASKED in str(traces(settings.data))
        assert await forget(person, sandbox) == WORDS.forget_done.format(count=0)
        await until_gone(settings.data)


# Without the bot, on its files


def fill(data: Path) -> None:
    with closing(QueryLog.open(data / "queries.db")) as log:
        for asker, text in ((ID, ASKED), (3003, OTHER)):
            answer = Answer(Question(text, text, (text,)), found=False, hits=(), figures=())
            entry = log.new_entry(
                answer, asker_id=asker, chat_id=asker, chat_kind="private", language="zh", source="telegram"
            )
            log.record(entry)
        assert log.flush(20)
    with closing(StateDatabase.open(data / "state.db")) as state:
        pseudonyms = Pseudonyms.open(data / "queries.key")
        People(state, pseudonyms, frozenset()).choose_language(ID, "en")
        prompts = CurationPrompts(state, pseudonyms)
        for message, person, words in ((1, ID, SEARCHED), (2, 3003, OTHER)):
            prompts.add(-5, message, "search", Origin("log", "x"))
            prompt = prompts.of(-5, message)
            assert prompt is not None
            prompts.reply(prompt.id, words, person)


ERASURE = """
from contextlib import closing
from pathlib import Path
from bot.erasure import Erasure
from bot.log.query_log import QueryLog
from bot.state.curation_prompts import CurationPrompts
from bot.state.database import StateDatabase
from bot.state.people import People

def work():
    data = Path("data")
    with closing(QueryLog.open(data / "queries.db")) as log:
        with closing(StateDatabase.open(data / "state.db")) as state:
            people = People(state, log.pseudonyms, frozenset())
            Erasure(data, log, people, CurationPrompts(state, log.pseudonyms)).forget(%d)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill(tmp_path / "library" / "data")
    return tmp_path / "library" / "data"


@contextmanager
def erasing(data: Path) -> Iterator[Erasure]:
    with (
        closing(QueryLog.open(data / "queries.db")) as log,
        closing(StateDatabase.open(data / "state.db")) as state,
    ):
        people = People(state, log.pseudonyms, frozenset())
        yield Erasure(data, log, people, CurationPrompts(state, log.pseudonyms))


@pytest.fixture
def erasure(data: Path) -> Iterator[Erasure]:
    with erasing(data) as made:
        yield made


def test_a_forgetting_killed_at_any_step_is_repeated(data: Path, tmp_path: Path) -> None:
    """Whenever it is killed, the backups can be restored; the next forgetting leaves nothing."""
    shutil.copy(
        make(data, data / "backups") / "queries.db", data / "queries.db.corrupt-20260101T000000000000"
    )
    *killed, done = killed_at_each_step(data.parent, tmp_path / "killed", ERASURE % ID)
    assert len(killed) > 20
    assert traces(done) == {}
    for folder in killed:
        [backup] = backups_in(folder / "data" / "backups")
        check(backup)
    for folder in killed[::2]:
        with erasing(folder / "data") as erasure:
            erasure.forget(ID)
        assert traces(folder) == {}


def test_what_cannot_be_read_is_named(data: Path, erasure: Erasure, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged copy keeps what it holds; the operator is told, and the rest is deleted."""
    damaged = make(data, data / "backups") / "queries.db"
    aside = data / "queries.db.corrupt-20260101T000000000000"
    content = damaged.read_bytes()
    aside.write_bytes(content[:4096] + b"\xa5" * 8192 + content[12288:])
    damaged.write_bytes(content.replace("隧道".encode(), "遂道".encode()))
    with caplog.at_level(logging.WARNING):
        assert erasure.forget(ID) == 1
    assert str(damaged) in caplog.text
    assert str(aside) in caplog.text
    assert traces(data).keys() <= {f"{damaged.parent.name}/queries.db", f"data/{aside.name}"}


def test_people_are_found_under_an_older_key(data: Path, erasure: Erasure) -> None:
    """A backup from before the key was lost has other hashes: it is searched with its own key."""
    older = data.parent / "older"
    fill(older)
    make(older, data / "backups")
    assert traces(data)
    erasure.forget(ID)
    assert traces(data) == {}


def test_prompts_go_after_a_week(data: Path, erasure: Erasure) -> None:
    """What admins replied is deleted after a week, from backups too, also where questions stay for ever."""
    old = (datetime.now(UTC) - KEPT - timedelta(hours=1)).isoformat()
    with closing(sqlite3.connect(data / "state.db")) as state, state:
        state.execute("UPDATE curation_prompts SET at = ? WHERE words = ?", [old, SEARCHED])
    backup = make(data, data / "backups")
    erasure.expire(None)
    for folder in (data, backup):
        assert SEARCHED.encode() not in b"".join(path.read_bytes() for path in folder.glob("state.db*"))
        assert OTHER.encode() in b"".join(path.read_bytes() for path in folder.glob("state.db*"))
        assert ASKED.encode() in (folder / "queries.db").read_bytes()
