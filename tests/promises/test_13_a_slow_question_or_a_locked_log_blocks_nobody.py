"""A slow question, a flood, a rebuild or a locked log holds up nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import threading
import time
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot import lifecycle
from bot.library import SEARCHERS, Library
from bot.log import query_log
from bot.messages import SIMPLIFIED
from retrieval.index import Index

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings

with_bot = pytest.mark.usefixtures("bot")

QUESTION = "2020年干茶产量多少吨"
DOCUMENTS = SIMPLIFIED.documents
REPORT = DOCUMENTS.reindex_done.split("，")[0]
EVERY = 0.005  # seconds
LOCKED = 5.0  # seconds
FLOOD = 300  # messages
CROWD = 30
ASKER = 5000  # the number of the first of many people
PATIENCE = 60  # seconds


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """People here ask for as long as something takes."""
    return replace(settings, questions_per_minute=1000)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the database as another program that writes does."""
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")


@asynccontextmanager
async def lag() -> AsyncIterator[list[float]]:
    """Measure by how many seconds the event loop is late, over and over."""
    late: list[float] = []

    async def measure() -> None:
        while True:
            due = time.perf_counter() + EVERY
            await asyncio.sleep(EVERY)
            late.append(time.perf_counter() - due)

    measuring = asyncio.create_task(measure())
    try:
        yield late
    finally:
        measuring.cancel()


def rows(database: Path, condition: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute(f"SELECT count(*) FROM {condition}").fetchone()[0]
    return count


async def logged(settings: Settings, count: int, condition: str) -> None:
    """Wait until the log has so many rows."""
    async with asyncio.timeout(PATIENCE):
        while rows(settings.query_log, condition) != count:  # noqa: ASYNC110 - another thread writes
            await asyncio.sleep(0.1)


@with_bot
async def test_a_locked_log(settings: Settings, asker: Person, admin: Person, sandbox: Sandbox) -> None:
    """While another program holds the log, all is answered: questions, edits, presses, votes, admins' pages.

    What was asked meanwhile is in the log once it is free.
    """
    first = await asker.say(QUESTION)
    answer = await asker.next_reply()
    await logged(settings, 1, "queries WHERE reply")
    until = time.monotonic() + LOCKED
    async with lag() as late:
        with locked(settings.query_log):
            await (await asker.press(answer, "👍")).wait()
            await (await asker.press(answer, SIMPLIFIED.answers.context)).wait()
            await sandbox.until(lambda: answer.edited)
            await asker.edit(first, "图书馆藏书多少册")
            await sandbox.until(lambda: "18万册" in answer.text)
            for command in ("/logs", "/unanswered", "/stats", "/documents"):
                assert (await admin.ask(command)).text
            asked = 0
            while asked == 0 or time.monotonic() < until:
                asked += 1
                assert "35公里" in (await sandbox.user(ASKER + asked).ask("盘山公路全长多少公里")).text
            assert rows(settings.query_log, "queries WHERE question LIKE '盘山公路%'") == 0
    assert statistics.median(late) < 0.05
    await logged(settings, asked, "queries WHERE question LIKE '盘山公路%'")
    await logged(settings, 1, "votes WHERE verdict = 'up'")


@with_bot
async def test_waits_for_a_locked_log(
    settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many wait for the log, here with edits, others are answered in the meantime."""
    monkeypatch.setattr(query_log, "SHOWN_AFTER", PATIENCE)
    crowd = [sandbox.user(ASKER + number) for number in range(CROWD)]
    asked = [await person.say(QUESTION) for person in crowd]
    answers = [await person.next_reply(timeout=PATIENCE) for person in crowd]
    await logged(settings, CROWD, "queries WHERE reply")
    other = sandbox.user(ASKER - 1)
    with locked(settings.query_log):
        await other.ask(QUESTION)  # what is yet to be written is waited for
        for person, message in zip(crowd, asked, strict=True):
            await person.edit(message, "图书馆藏书多少册")
        assert "35公里" in (await other.ask("盘山公路全长多少公里", timeout=PATIENCE)).text
        assert not any("18万册" in answer.text for answer in answers)
    await sandbox.until(lambda: all("18万册" in answer.text for answer in answers), timeout=PATIENCE)


@with_bot
async def test_a_rebuild(settings: Settings, asker: Person, admin: Person) -> None:
    """While an index is built anew and swapped, all is answered, and the event loop late by moments."""
    for number in range(80):
        text = "\n\n".join(f"第{number}村第{line}组种稻{number + line}亩，养鱼两塘。" for line in range(30))
        (settings.documents / f"{number}.md").write_text(f"# 第{number}村\n\n{text}\n", encoding="utf-8")
    while (report := await admin.ask("/reindex full")).text == DOCUMENTS.reindex_running:  # noqa: ASYNC110 - only asking tells
        await asyncio.sleep(2)
    async with lag() as late:
        answered = 0
        while REPORT not in report.text:
            assert "3100吨" in (await asker.ask(QUESTION)).text
            answered += 1
            await asyncio.sleep(1)
    assert answered > 1
    assert statistics.median(late) < 0.05
    assert max(late) < 0.25
    assert "79亩" in (await asker.ask("第79村第0组种稻多少亩")).text


@with_bot
async def test_a_flood(asker: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends hundreds of questions and presses at once waits for them alone; what is too much is told."""
    monkeypatch.setattr(lifecycle, "FAREWELL", 0.5)  # the last of them are for the next start
    flooder = sandbox.user(ASKER)
    answer = await flooder.ask(QUESTION)
    for number in range(FLOOD):
        await flooder.say(f"第{number}次问：{QUESTION}")
        await flooder.press(answer, SIMPLIFIED.answers.context)
    for _ in range(3):
        assert "3100吨" in (await asker.ask(QUESTION)).text
    assert len(flooder.replies) < FLOOD // 2
    await sandbox.until(
        lambda: any(reply.text == SIMPLIFIED.access.flood for reply in flooder.replies), timeout=PATIENCE
    )


async def test_a_slow_search(settings: Settings) -> None:
    """Searches that take long leave the others theirs."""
    library = Library(Index(settings.snapshots), settings.documents)
    release = threading.Event()
    slow = [asyncio.create_task(library._search(release.wait)) for _ in range(SEARCHERS - 1)]
    try:
        assert (await library.answer(QUESTION)).found
        assert not any(search.done() for search in slow)
    finally:
        release.set()
        await library.close()


def test_an_index_being_opened(settings: Settings) -> None:
    """While one thread opens the index that has taken the place of another, the others use that one."""
    index = Index(settings.snapshots, recognised=settings.recognised)
    before = index.current().name
    newer = Index(settings.snapshots).build(settings.documents, full=True).snapshot
    with index._opening:
        assert index.current().name == before
    assert index.current().name == newer
