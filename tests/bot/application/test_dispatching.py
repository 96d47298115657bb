"""How updates come to their handlers: in fair turns, and what happens to those that cannot be handled."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from bot.incoming import dispatcher
from bot.incoming.inbox import Inbox
from bot.messages import SIMPLIFIED
from retrieval.answer import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.sandbox.people import Person
    from bot.sandbox.server import Sandbox
    from bot.settings import Settings
    from retrieval.model import Answer

QUESTION = "2020年干茶产量多少吨"


def message(asker: Person, number: int, text: str) -> dict[str, Any]:
    """Return an update as Telegram would send it."""
    user = asker.user.as_json()
    chat = {"id": asker.user.id, "type": "private", "first_name": asker.user.first_name}
    content = {"message_id": number, "date": 1_800_000_000, "chat": chat, "from": user, "text": text}
    return {"update_id": number, "message": content}


async def left_behind(settings: Settings, *updates: dict[str, Any], crashes: int = 0) -> None:
    """Leave updates in the inbox, as a bot does that is killed."""
    inbox = Inbox.open(settings.inbox, 1_000_000)
    for letter in await inbox.accept(updates):
        for _ in range(crashes):
            inbox.suspect(letter.handling.update_id)
    inbox.close()


def waiting(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.inbox)) as db:
        return int(db.execute("SELECT count(*) FROM updates WHERE payload IS NOT NULL").fetchone()[0])


async def test_a_flood_is_bounded(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of too much at once the first is answered and the last is not taken, which is said once."""
    monkeypatch.setattr(dispatcher, "AT_ONCE", 1)
    monkeypatch.setattr(dispatcher, "WAITING", 3)
    begun, taken = threading.Event(), threading.Event()

    def answer_then(*given: Any, **named: Any) -> Answer:
        begun.set()
        taken.wait(120)
        return answer(*given, **named)

    monkeypatch.setattr("bot.library.answer", answer_then)
    async with running():
        await asker.say(QUESTION)
        assert await asyncio.to_thread(begun.wait, 60)  # so that the three that wait are none of before
        for _ in range(11):
            await asker.say(QUESTION)
        await sandbox.until(lambda: not len(sandbox.world.updates), timeout=60)
        taken.set()
        await sandbox.until(lambda: len(asker.replies) == 5, timeout=60)
        said = [reply.text for reply in asker.replies]
        assert said.count(SIMPLIFIED.access.flood) == 1
        assert sum("3100吨" in text for text in said) == 4
        assert "18万册" in (await asker.ask("图书馆藏书多少册", timeout=15)).text
    assert waiting(settings) == 0


async def test_one_persons_flood_delays_nobody(
    asker: Person,
    sandbox: Sandbox,
    running: Callable[..., AbstractAsyncContextManager[None]],
) -> None:
    """While somebody waits for a hundred answers, others have theirs at once."""
    async with running(questions_per_minute=1000):
        for _ in range(60):
            await asker.say(QUESTION)
        for number in range(5):
            assert "18万册" in (await sandbox.user(50 + number).ask("图书馆藏书多少册", timeout=15)).text
        assert len(asker.replies) < 60


async def test_what_was_left_is_answered_in_order(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
) -> None:
    """What a killed bot had in its inbox is answered at the next start, in order, and then it is gone."""
    asker.unblock()
    await left_behind(settings, message(asker, 5, QUESTION), message(asker, 6, "图书馆藏书多少册"))
    async with running():
        await sandbox.until(lambda: len(asker.replies) == 2 and not len(sandbox.world.updates), timeout=15)
    assert ["3100吨" in reply.text for reply in asker.replies] == [True, False]
    assert waiting(settings) == 0


@pytest.mark.parametrize("repeated", ["never", "before", "after"])
async def test_what_was_left_is_answered_once_it_can_be_read(  # noqa: PLR0917 - fixtures
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
    repeated: str,
) -> None:
    """An inbox that cannot be read at the start keeps no new question waiting, and loses no old one.

    That is answered once, also where Telegram sends it again before the inbox can be read or after it.
    """
    monkeypatch.setattr(dispatcher, "REPLAY_PAUSE", 1.0)
    asker.unblock()
    old = message(asker, 5, QUESTION)
    await left_behind(settings, old)
    aside = settings.inbox.rename(settings.data / "aside")
    settings.inbox.mkdir()
    async with running():
        if repeated == "before":
            sandbox.world.updates.repeat(old)
            assert "3100吨" in (await asker.next_reply(30)).text
        elif repeated == "never":
            assert "18万册" in (await asker.ask("图书馆藏书多少册", timeout=30)).text
        settings.inbox.rmdir()
        aside.rename(settings.inbox)
        if repeated == "after":
            sandbox.world.updates.repeat(old)
        await sandbox.until(
            lambda: "3100吨" in asker.replies[-1].text if asker.replies else False, timeout=30
        )
        while waiting(settings):  # noqa: ASYNC110 - the disk has no events
            await asyncio.sleep(0.05)
    async with running():
        assert "35公里" in (await asker.ask("盘山公路全长多少公里", timeout=30)).text
    assert sum("3100吨" in reply.text for reply in asker.replies) == 1


async def test_what_ends_the_process_each_time_is_given_up(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
) -> None:
    """An update in whose midst the process has ended too often is not tried again, and that is said."""
    asker.unblock()
    await left_behind(settings, message(asker, 5, QUESTION), crashes=dispatcher.CRASHES)
    await left_behind(settings, message(asker, 6, "图书馆藏书多少册"), crashes=dispatcher.CRASHES - 1)
    async with running():
        await sandbox.until(lambda: len(asker.replies) == 2 and not len(sandbox.world.updates), timeout=15)
    assert asker.replies[0].text == SIMPLIFIED.conversation.failed
    assert "18万册" in asker.replies[1].text
    assert waiting(settings) == 0


async def test_a_stop_is_no_crash(
    asker: Person,
    sandbox: Sandbox,
    running: Callable[..., AbstractAsyncContextManager[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often the bot is stopped while an update is handled, it is not given up."""
    monkeypatch.setattr("bot.lifecycle.FAREWELL", 0.2)
    await asker.say(QUESTION)
    sandbox.fail_next(
        "sendMessage", 429, "Too Many Requests: retry after 60", 60, times=dispatcher.CRASHES + 1
    )
    for starts in range(dispatcher.CRASHES + 1):
        async with running():
            await sandbox.until(lambda: len(sandbox.called("sendMessage")) > starts, timeout=15)  # noqa: B023 - at once
    sandbox.heal()
    async with running():
        await sandbox.until(lambda: asker.replies, timeout=15)
    assert "3100吨" in asker.replies[0].text


async def test_an_old_inline_query_is_left(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
) -> None:
    """Nobody waits any more for results of a query that was typed before a crash."""
    asker.unblock()
    query = {"id": "5", "from": asker.user.as_json(), "query": QUESTION, "offset": ""}
    await left_behind(settings, {"update_id": 5, "inline_query": query}, message(asker, 6, QUESTION))
    async with running():
        await sandbox.until(lambda: asker.replies and not len(sandbox.world.updates), timeout=15)
    assert not sandbox.called("answerInlineQuery")
    assert waiting(settings) == 0


async def test_a_disk_that_takes_nothing(
    asker: Person,
    sandbox: Sandbox,
    settings: Settings,
    running: Callable[..., AbstractAsyncContextManager[None]],
) -> None:
    """While the inbox cannot be written, answers go on, and Telegram keeps each question until its answer."""
    async with running():
        await asker.ask("/help")
        with closing(sqlite3.connect(settings.inbox, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            sandbox.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", 1)
            await asker.say(QUESTION)
            await sandbox.until(lambda: len(sandbox.called("sendMessage")) == 2, timeout=30)
            assert len(sandbox.world.updates) == 1
            await sandbox.until(lambda: len(asker.replies) == 2, timeout=30)
            await sandbox.until(lambda: not len(sandbox.world.updates), timeout=30)
            holder.execute("ROLLBACK")
        assert "18万册" in (await asker.ask("图书馆藏书多少册", timeout=30)).text
    assert "3100吨" in asker.replies[1].text
    assert len(asker.replies) == 3
